/** The live timeline on a terminal or in a pipe: lines are printed once and never redrawn; one status line on a terminal. */
import { styleText } from 'node:util';
import type { RehearsalEvent } from './events';
import type { Outcome } from './expectations';
import { offset, type Row, rowOf, type Tone } from './timeline';
import type { Run } from './verdict';

export interface Console {
  event(scenario: string, event: RehearsalEvent): void;
  /** What is being waited for; shown on a terminal only, in place. */
  status(text: string): void;
  run(run: Run, reportFile: string): void;
  line(text: string): void;
}

export interface ConsoleOptions {
  readonly write: (text: string) => void;
  /** Where the status line goes, or undefined where there is no terminal. */
  readonly writeStatus: ((text: string) => void) | undefined;
  readonly isTerminal: boolean;
  readonly useColour: boolean;
  readonly useUnicode: boolean;
  /** Several scenarios at once need their name on each line. */
  readonly nameEachLine: boolean;
}

const colours: Readonly<Record<Tone, 'red' | 'green' | 'blue' | 'dim' | undefined>> = {
  bad: 'red',
  good: 'green',
  act: 'blue',
  plain: undefined,
};

/** Shape says the same as colour. */
const marks: Readonly<Record<Tone, readonly [unicode: string, ascii: string]>> = {
  bad: ['▲', '!'],
  good: ['●', 'o'],
  act: ['▶', '>'],
  plain: ['·', '.'],
};

export function createConsole(options: ConsoleOptions): Console {
  const faults = new Map<string, number>();
  const paint = (tone: Tone, text: string): string => {
    const colour = colours[tone];
    return options.useColour && colour !== undefined
      ? styleText(colour, text, { validateStream: false })
      : text;
  };
  const clearStatus = (): void => options.writeStatus?.('\r\u001b[2K');
  const print = (text: string): void => {
    clearStatus();
    options.write(`${text}\n`);
  };
  return {
    event: (scenario, event) => {
      if (event.kind === 'fault' && event.what === 'start' && !faults.has(scenario))
        faults.set(scenario, event.at);
      const row = rowOf(event);
      if (row === undefined || !row.isKey) return;
      const faultAt = faults.get(scenario);
      const since = faultAt === undefined ? undefined : row.at - faultAt;
      print(options.isTerminal ? terminalLine(row, since, scenario) : pipeLine(row, since, scenario));
    },
    status: (text) => options.writeStatus?.(`\r\u001b[2K  ${text.slice(0, 76)}`),
    line: print,
    run: (run, reportFile) => {
      for (const line of options.isTerminal ? summary(run, reportFile) : pipeSummary(run)) print(line);
    },
  };

  function terminalLine(row: Row, since: number | undefined, scenario: string): string {
    const name = options.nameEachLine ? `${scenario.padEnd(22)} ` : '';
    const mark = marks[row.tone][options.useUnicode ? 0 : 1];
    const when = since === undefined ? 'quiet ' : offset(since);
    return `${name}  ${when}  ${row.kind.padEnd(9)} ${paint(row.tone, mark)}  ${harmless(row.text)}`;
  }

  function pipeLine(row: Row, since: number | undefined, scenario: string): string {
    const name = options.nameEachLine ? `${scenario} ` : '';
    const when = since === undefined ? 'T-quiet ' : `T${offset(since)} `;
    const fields = Object.entries(row.fields).map(([key, value]) => `${key}=${field(String(value))}`);
    return `${name}${when} ${row.kind.padEnd(8)} ${row.what.padEnd(9)} ${fields.join(' ')}`.trimEnd();
  }

  function summary(run: Run, reportFile: string): string[] {
    const met = run.outcomes.filter((outcome) => outcome.met).length;
    const verdict = run.expectationsMet ? paint('good', 'PASS') : paint('bad', 'FAIL');
    const took = `${((run.endedAt - run.startedAt) / 1000).toFixed(0)} s`;
    return [
      '',
      `  ${verdict}  ${run.scenario}: ${met} of ${run.outcomes.length} expectations   ${took}`,
      ...durationLines(run),
      ...run.outcomes.filter((outcome) => !outcome.met).map((outcome) => failure(outcome)),
      ...(run.hints.length === 0
        ? []
        : ['', '  What the rehearsal saw', ...run.hints.map((hint) => `    ${harmless(hint)}`)]),
      `  report  ${reportFile}`,
      '',
    ];
  }

  function failure(outcome: Outcome): string {
    return `  ${paint('bad', options.useUnicode ? '✗' : 'x')} ${outcome.words}: ${harmless(outcome.detail)}`;
  }

  function pipeSummary(run: Run): string[] {
    const met = run.outcomes.filter((outcome) => outcome.met).length;
    return [
      `result ${run.expectationsMet ? 'PASS' : 'FAIL'} scenario=${run.scenario} expectations=${met} of=${run.outcomes.length} closed=${run.closed}`,
      ...run.outcomes
        .filter((outcome) => !outcome.met)
        .map((outcome) => `unmet ${outcome.words}: ${harmless(outcome.detail)}`),
      ...run.hints.map((hint) => `hint ${harmless(hint)}`),
    ];
  }
}

/** Mails, logs and outputs are untrusted: one line each, and no code that a terminal would obey. */
const harmless = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');

/** A field's value in quotes where a reader that splits at blanks would cut it. */
const field = (value: string): string => (/[\s"=\p{Cc}]/u.test(value) ? JSON.stringify(value) : value);

function durationLines({ durations, expectationsMet }: Run): string[] {
  const { faultToAlarmSeconds, faultToMailSeconds, alarmToCommandSeconds, faultToRecoveredSeconds } =
    durations;
  const parts = [
    ['fault to alarm', faultToAlarmSeconds],
    ['to mail', faultToMailSeconds],
    ['alarm to command', alarmToCommandSeconds],
    ['fault to recovered', faultToRecoveredSeconds],
  ] as const;
  const known = parts
    .filter(([, seconds]) => seconds !== null)
    .map(([words, seconds]) => `${words} ${seconds} s`);
  return known.length === 0 || !expectationsMet ? [] : [`        ${known.join(', ')}`];
}
