/** Coverage as text: a table of ticks, and for each case that is lacking an example to begin with. */
import { type AlarmCoverage, type Coverage, type CoverageCase, coverageCases } from './coverage';
import { exampleOf } from './coverage-example';
import type { TextStyle } from './text-style';

const headings: Readonly<Record<CoverageCase, string>> = {
  fires: 'fires',
  staysQuiet: 'stays quiet',
  missingData: 'missing data',
};

const lacking: Readonly<Record<CoverageCase, string>> = {
  fires: 'a case in which it must fire: an expectation of ALARM',
  staysQuiet:
    'a case in which it must stay quiet: not ALARM over a whole test, with data at half of its evaluations or more, and not zeros alone unless a single 1 fires it',
  missingData:
    'a case with missing data: a state at a moment at which a newest period has none after there was some',
};

/** A case that the alarm cannot meet. */
const notApplicable = '-';

/** Lines of the table, then what is lacking and an example for each. */
export function describeCoverage({ alarms, refused }: Coverage, { useUnicode, paint }: TextStyle): string[] {
  const nameWidth = Math.max('alarm'.length, ...alarms.map(({ name }) => name.length));
  const [yes, no] = useUnicode ? ['✓', '✗'] : ['yes', 'no'];
  const cell = (has: boolean | undefined, name: string): string => {
    const tick = has === undefined ? notApplicable : has ? yes : no;
    const tone = has === undefined ? 'dim' : has ? 'good' : 'bad';
    return paint(tone, tick) + ' '.repeat(Math.max(0, name.length - tick.length));
  };
  const rows = alarms.map(({ name, has }) => {
    const cells = coverageCases.map((each) => cell(has[each], headings[each]));
    return `  ${name.padEnd(nameWidth)}  ${cells.join('  ')}`.trimEnd();
  });
  return [
    `  ${'alarm'.padEnd(nameWidth)}  ${coverageCases.map((each) => headings[each]).join('  ')}`,
    ...rows,
    ...refused.map(({ name, reason }) => `  ${name.padEnd(nameWidth)}  cannot be tested: ${reason}`),
    ...alarms.filter(({ isComplete }) => !isComplete).flatMap(describeLack),
  ];
}

function describeLack(alarm: AlarmCoverage): string[] {
  const missing = coverageCases.filter((each) => alarm.has[each] === false);
  return [
    '',
    `  ${alarm.name} lacks`,
    ...missing.map((each) => `    ${lacking[each]}`),
    '  for example',
    ...missing.flatMap((each) => exampleOf(alarm, each)).map((line) => `    ${line}`),
  ];
}
