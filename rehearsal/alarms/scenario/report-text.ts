/** The outcome of alarm tests as text: one line a file, failures with what they were judged by, the summary last. */
import { defaultSettings, type EvaluationSettings } from '../../cloudwatch/settings';
import { visible } from '../../excerpt';
import { drawChart } from './chart';
import type { Coverage } from './coverage';
import { describeCoverage } from './coverage-text';
import { formatDuration } from './duration';
import { chartPoints, explainFailure } from './evidence';
import type { Failure } from './judge';
import type { FileResult, TestResult } from './run';
import type { TextStyle } from './text-style';

export interface TextOptions extends TextStyle {
  readonly elapsedMs: number;
  readonly coverage: Coverage | undefined;
}

/** Lines of the report. */
export function describeResults(files: readonly FileResult[], options: TextOptions): string[] {
  const tests = files.flatMap((file) => file.tests);
  const failed = tests.filter(({ failures }) => failures.length > 0);
  return [
    ...files.flatMap((file) => describeFile(file, options)),
    '',
    ...describeAssumptions(files, options),
    ...(options.coverage === undefined ? [] : [...describeCoverage(options.coverage, options), '']),
    summary(tests.length, failed.length, files, options),
  ];
}

function describeFile({ path, tests }: FileResult, options: TextOptions): string[] {
  const failed = tests.filter(({ failures }) => failures.length > 0);
  const count = tests.length === 1 ? '1 test' : `${tests.length} tests`;
  if (failed.length === 0) return [`${options.paint('good', 'PASS')}  ${path}  ${count}`];
  return [
    `${options.paint('bad', 'FAIL')}  ${path}  ${failed.length} of ${count}`,
    ...failed.flatMap((test) => describeTest(path, test, options)),
  ];
}

function describeTest(path: string, test: TestResult, options: TextOptions): string[] {
  return [
    '',
    `  ${options.paint('bad', options.useUnicode ? '✗' : 'x')} ${visible(test.name)}`,
    ...test.failures.flatMap((failure) =>
      ['', ...describeFailure(path, failure, test, options)].map((line) => `    ${line}`.trimEnd()),
    ),
    '',
  ];
}

/** One failure with its evidence; lines without indent. */
export function describeFailure(
  path: string,
  failure: Failure,
  test: TestResult,
  options: Pick<TextOptions, 'useUnicode'>,
): string[] {
  const { start } = test.span;
  const { alarm, at, what, expected, got, line } = failure;
  // One chart of each alarm shows all that is wrong with it.
  const isFirst = test.failures.find((each) => each.alarm === alarm) === failure;
  const chart =
    alarm === undefined || !isFirst
      ? []
      : drawChart(chartPoints(alarm, test), { start, mark: at, useUnicode: options.useUnicode });
  const evidence = explainFailure(failure, test);
  return [
    `${alarm ?? 'mails'} at ${formatDuration(at - start)} (${clockText(at)})  ${path}:${line}`,
    `  expected  ${what === 'state' || what === 'quiet' ? '' : `${what} `}${expected}`,
    `  got       ${got}`,
    ...(evidence.length === 0 ? [] : ['', ...evidence.map((text) => `  ${text}`)]),
    ...(chart.length === 0 ? [] : ['', ...chart]),
  ];
}

/** `2026-01-05 00:01:30 UTC` */
export function clockText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** What AWS leaves open, by the names that `settings` of a test file takes; the JSON has it in sentences. */
function describeAssumptions(files: readonly FileResult[], { paint }: TextOptions): string[] {
  const own = files.flatMap(({ path, tests }) => {
    const words = settingWords(tests[0]?.settings ?? {});
    return words.length === 0 ? [] : [`  ${path} sets ${words.join(', ')}`];
  });
  const lines = [
    'Assumed, because AWS does not publish it (--json says it in sentences):',
    ...wrapped(settingWords(defaultSettings)),
    ...own,
  ];
  return [...lines.map((line) => paint('dim', line)), ''];
}

function settingWords(settings: Partial<EvaluationSettings>): string[] {
  return Object.entries(settings).map(([name, value]) => `${name} ${value}`);
}

/** Fits a terminal of 100 columns. */
const lineWidth = 98;

function wrapped(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const joined = `${last}, ${word}`;
    if (last === undefined || joined.length > lineWidth) lines.push(`  ${word}`);
    else lines[lines.length - 1] = joined;
  }
  return lines;
}

function summary(
  count: number,
  failed: number,
  files: readonly FileResult[],
  { paint, elapsedMs, coverage }: TextOptions,
): string {
  const playedMs = files
    .flatMap(({ tests }) => tests)
    .reduce((sum, { span }) => sum + span.end - span.start, 0);
  const verdict =
    failed > 0
      ? paint('bad', `${failed} of ${count} tests failed`)
      : paint('good', count === 1 ? '1 test passed' : `${count} tests passed`);
  const lacking = coverage?.alarms.filter(({ isComplete }) => !isComplete).length ?? 0;
  const covered =
    coverage === undefined
      ? ''
      : lacking === 0
        ? `, ${coverage.alarms.length} alarms covered`
        : `, ${paint('bad', `${lacking} of ${coverage.alarms.length} alarms lack a case`)}`;
  return `${verdict}${covered}; ${formatDuration(playedMs)} of the alarms' time in ${(elapsedMs / 1000).toFixed(2)} s`;
}
