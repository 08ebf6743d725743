/** How the terminal wants to be written to, for the commands that print reports. */
import { styleText } from 'node:util';
import type { TextStyle } from '../rehearsal/alarms/scenario/text-style';

const colours = { good: 'green', bad: 'red', dim: 'dim' } as const;

/** Standard output's terminal; a pipe gets neither colours nor boxes. */
export function standardTerminal(): TextStyle {
  const { TERM, NO_COLOR, LC_ALL, LC_CTYPE, LANG } = process.env;
  const isTerminal = process.stdout.isTTY === true && TERM !== 'dumb';
  const useColour = isTerminal && NO_COLOR === undefined;
  return {
    useUnicode: isTerminal && /utf-?8/i.test(LC_ALL ?? LC_CTYPE ?? LANG ?? 'utf-8'),
    paint: (tone, text) => (useColour ? styleText(colours[tone], text, { validateStream: false }) : text),
  };
}
