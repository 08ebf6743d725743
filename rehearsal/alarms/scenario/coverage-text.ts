/** Coverage as text: a table of ticks, and for each case that is lacking an example to begin with. */
import { type AlarmCoverage, type Coverage, type CoverageCase, coverageCases } from './coverage';
import { formatDuration } from './duration';
import { inputsOf } from './inputs';
import type { TextStyle } from './text-style';

const headings: Readonly<Record<CoverageCase, string>> = {
  fires: 'fires',
  staysQuiet: 'stays quiet',
  missingData: 'missing data',
};

const lacking: Readonly<Record<CoverageCase, string>> = {
  fires: 'a case in which it must fire: an expectation of ALARM',
  staysQuiet:
    'a case in which it must stay quiet: not ALARM over a whole test, with data other than zeros alone',
  missingData: 'a case with missing data: an expectation at a moment at which a newest period has none',
};

/** Lines of the table, then what is lacking and an example for each. */
export function describeCoverage({ alarms, refused }: Coverage, { useUnicode, paint }: TextStyle): string[] {
  const nameWidth = Math.max('alarm'.length, ...alarms.map(({ name }) => name.length));
  const tick = (has: boolean): string => (has ? (useUnicode ? '✓' : 'yes') : useUnicode ? '✗' : 'no');
  const cell = (has: boolean, name: string): string =>
    paint(has ? 'good' : 'bad', tick(has)) + ' '.repeat(Math.max(0, name.length - tick(has).length));
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
  const missing = coverageCases.filter((each) => !alarm.has[each]);
  return [
    '',
    `  ${alarm.name} lacks`,
    ...missing.map((each) => `    ${lacking[each]}`),
    '  for example',
    ...missing.flatMap((each) => exampleOf(alarm, each)).map((line) => `    ${line}`),
  ];
}

/** A test to paste; its values are for the person to fill in, and the file tells where they are missing. */
function exampleOf({ name, kind, entry }: AlarmCoverage, lack: CoverageCase): string[] {
  const title: Readonly<Record<CoverageCase, string>> = {
    fires: 'fires when ...',
    staysQuiet: 'stays quiet while ...',
    missingData: 'with a gap in its data',
  };
  const values: Readonly<Record<CoverageCase, string>> = {
    fires: '0x5 100x10',
    staysQuiet: '1x15',
    missingData: '1x5 _x5 1x5',
  };
  const periodSeconds = kind === 'metric' ? (inputsOf(entry)[0]?.periodSeconds ?? 60) : 60;
  const endMs = 15 * periodSeconds * 1000;
  const series = inputsOf(entry).map(
    ({ id }) => `      - { input: ${name}${id === undefined ? '' : `.${id}`}, values: ${values[lack]} }`,
  );
  const children = ['      # the series of its children'];
  const expectation: Readonly<Record<CoverageCase, string>> = {
    fires: `{ at: ${formatDuration(endMs)}, ${name}: ALARM }`,
    staysQuiet: `{ ${name}: not ALARM }`,
    missingData: `{ at: ${formatDuration((endMs * 2) / 3)}, ${name}: OK }`,
  };
  return [
    `- name: ${title[lack]}`,
    '  series:',
    ...(series.length > 0 ? series : children),
    '  expect:',
    `      - ${expectation[lack]}`,
  ];
}
