/** Lines into one short plain text: phones show it in a proportional font, so there are no columns and no wrapped URLs. */
import { ascii, cut, lineLength } from './words';

/** iOS mail clips long texts, and nobody reads more at night. */
export const mostBytes = 2_000;

export interface Block {
  readonly heading?: string;
  readonly lines: readonly string[];
  /** Blocks with the highest number go first when the text is too long; 0 always stays. */
  readonly rank: number;
}

/** Breaks between words only where a sentence does not fit. A word alone that is too long is cut. */
export function wrap(line: string): string[] {
  const text = ascii(line);
  if (text.length <= lineLength || verbatim(text)) return [text];
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > lineLength) {
      lines.push(current);
      current = '';
    }
    current = cut(current === '' ? word : `${current} ${word}`, lineLength);
  }
  return [...lines, current];
}

/** A link that is broken over two lines is no link. */
function verbatim(line: string): boolean {
  return /^https:\/\/\S+$/.test(line) && line.length <= 200;
}

function render(blocks: readonly Block[]): string {
  return `${blocks
    .map((block) =>
      [...(block.heading === undefined ? [] : [block.heading]), ...block.lines.flatMap(wrap)].join('\n'),
    )
    .join('\n\n')}\n`;
}

/** The whole text, without its least important blocks if it would be too long. */
export function layOut(blocks: readonly Block[]): string {
  let kept = blocks.filter((block) => block.lines.length > 0);
  for (;;) {
    const text = render(kept);
    const least = Math.max(...kept.map((block) => block.rank));
    // ASCII only, so characters are bytes.
    if (text.length <= mostBytes || least === 0) return text;
    const last = kept.findLastIndex((block) => block.rank === least);
    kept = kept.filter((_, index) => index !== last);
  }
}
