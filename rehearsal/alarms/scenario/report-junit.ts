/** The outcome of alarm tests in the XML that CI systems read: a suite a file, a case a test. */
import type { Coverage } from './coverage';
import { describeFailure } from './report-text';
import type { FileResult, TestResult } from './run';

/** One document. Coverage, where it was asked for, is a suite of its own. */
export function resultsToJunit(files: readonly FileResult[], coverage: Coverage | undefined): string {
  const suites = [
    ...files.map(({ path, tests }) =>
      suite(
        path,
        tests.map((test) => testCase(path, test)),
      ),
    ),
    ...(coverage === undefined ? [] : [suite('coverage', coverageCases(coverage))]),
  ];
  const counts = total(suites);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="vigia alarms test" ${counts}>`,
    ...suites.map(({ xml }) => xml),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Case {
  readonly xml: string;
  readonly hasFailed: boolean;
  readonly seconds: number;
}

interface Suite {
  readonly xml: string;
  readonly cases: readonly Case[];
}

function suite(name: string, cases: readonly Case[]): Suite {
  const open = `  <testsuite name="${attribute(name)}" ${total([{ cases }])}>`;
  return { xml: [open, ...cases.map(({ xml }) => xml), '  </testsuite>'].join('\n'), cases };
}

function total(suites: readonly Pick<Suite, 'cases'>[]): string {
  const cases = suites.flatMap((each) => each.cases);
  const failures = cases.filter(({ hasFailed }) => hasFailed).length;
  const seconds = cases.reduce((sum, each) => sum + each.seconds, 0);
  return `tests="${cases.length}" failures="${failures}" errors="0" skipped="0" time="${seconds.toFixed(3)}"`;
}

function testCase(path: string, test: TestResult): Case {
  const [first] = test.failures;
  const seconds = test.elapsedMs / 1000;
  const head = `    <testcase classname="${attribute(path)}" name="${attribute(test.name)}" file="${attribute(path)}" line="${test.line}" time="${seconds.toFixed(3)}"`;
  if (first === undefined) return { xml: `${head}/>`, hasFailed: false, seconds };
  const details = test.failures.map((failure) =>
    describeFailure(path, failure, test, { useUnicode: false }).join('\n'),
  );
  const message = `${first.alarm ?? 'mails'}: expected ${first.expected}, got ${first.got}`;
  const failure = `      <failure message="${attribute(message)}" type="${first.what}">${content(details.join('\n\n'))}</failure>`;
  return { xml: [`${head}>`, failure, '    </testcase>'].join('\n'), hasFailed: true, seconds };
}

function coverageCases({ alarms }: Coverage): Case[] {
  return alarms.map(({ name, isComplete, has }) => {
    const head = `    <testcase classname="coverage" name="${attribute(name)}" time="0.000"`;
    if (isComplete) return { xml: `${head}/>`, hasFailed: false, seconds: 0 };
    const lacking = Object.entries(has).flatMap(([each, isThere]) => (isThere === false ? each : []));
    const failure = `      <failure message="${attribute(`lacks ${lacking.join(', ')}`)}" type="coverage"/>`;
    return { xml: [`${head}>`, failure, '    </testcase>'].join('\n'), hasFailed: true, seconds: 0 };
  });
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A parser would make blanks of them in an attribute.
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** What XML 1.0 cannot hold at all becomes the replacement character: nobody is helped by a report that does not open. */
function allowed(text: string): string {
  return text.replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}');
}

function attribute(text: string): string {
  return allowed(text).replaceAll(/[&<>"\n\r\t]/g, (char) => entities[char] ?? char);
}

function content(text: string): string {
  return allowed(text).replaceAll(/[&<>]/g, (char) => entities[char] ?? char);
}
