/** How reports are written to where they are read. */

export type Tone = 'good' | 'bad' | 'dim';

export interface TextStyle {
  readonly useUnicode: boolean;
  /** Colours the text where the terminal wants that. */
  readonly paint: (tone: Tone, text: string) => string;
}
