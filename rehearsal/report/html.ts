/** The report of one run: a single HTML file without scripts, made from the same events as timeline and JSON. */
import { offset, type Row, rowOf } from '../timeline';
import type { Run } from '../verdict';
import { chart, type Flag } from './chart';
import { escapeHtml } from './escape';
import { patterns, style } from './style';

export function renderReport(run: Run): string {
  const rows = run.events.map(rowOf).filter((row) => row !== undefined);
  const flags = flagsOf(run);
  const body = [
    '<p class="banner">Rehearsal: real processes and the shipped artefacts on one machine. Nobody was mailed.</p>',
    verdictLine(run),
    numbers(run),
    ...run.watched.map((series) =>
      chart({
        series,
        events: run.events,
        flags,
        range: { start: run.startedAt, end: run.endedAt },
        faultAt: run.faultAt,
      }),
    ),
    flagList(flags, run.faultAt),
    section('What had to happen', expectations(run)),
    run.hints.length === 0 ? '' : section('What the rehearsal saw', list(run.hints)),
    section('Timeline', timeline(rows, run.faultAt)),
    section('Why the alarms changed', alarmReasons(run)),
    section('Mails', mails(run)),
    section('Commands', commands(run)),
    section('Assumptions', list(run.assumptions)),
    `<p class="soft">Reproduce: <code>npx vigia rehearse ${escapeHtml(run.scenario)}</code>. Started ${new Date(run.startedAt).toISOString()}.</p>`,
  ];
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(run.scenario)}: rehearsal report</title><style>${style}</style></head><body>${patterns}${body.join('\n')}</body></html>\n`;
}

/** Two verdicts that are not the same: how the service is in the end, and whether the run went as the scenario demands. */
function verdictLine(run: Run): string {
  const [mark, css, words] = run.expectationsMet
    ? ['●', 'good', 'As expected']
    : ['▲', 'bad', 'Not as expected'];
  const left = stillOn(run);
  const service =
    left.length === 0
      ? ''
      : `<p class="bad">▲ Not fixed: ${escapeHtml(left.join(', '))} still in ALARM when the rehearsal ended.</p>`;
  const clock = `Fault at ${new Date(run.faultAt).toISOString().slice(11, 19)} UTC, which is +00:00 below.`;
  return `<h1><span class="${css}">${mark} ${words}</span> · ${escapeHtml(run.title)}</h1>${service}<p>${escapeHtml(run.story)} ${escapeHtml(ending(run))} ${clock}</p>`;
}

/** One sentence on how it ended, from the events alone. */
function ending(run: Run): string {
  const last = run.events.filter(({ kind }) => kind === 'incident').at(-1);
  if (last?.kind !== 'incident') return 'No incident was opened.';
  return `Incident ${last.id} ended ${last.to}: ${last.reason}.`;
}

/** Alarms whose last change was to ALARM. */
function stillOn(run: Run): string[] {
  const states = new Map<string, string>();
  for (const event of run.events) if (event.kind === 'alarm') states.set(event.name, event.to);
  return [...states].filter(([, state]) => state === 'ALARM').map(([name]) => name);
}

function numbers({ durations, calls }: Run): string {
  const entries: [string, string][] = [
    ['from fault to alarm', inSeconds(durations.faultToAlarmSeconds)],
    ['from fault to mail', inSeconds(durations.faultToMailSeconds)],
    ['from alarm to command', inSeconds(durations.alarmToCommandSeconds)],
    ['from fault to recovered', inSeconds(durations.faultToRecoveredSeconds)],
    [`of ${calls.answered + calls.failed} calls failed`, String(calls.failed)],
  ];
  return `<ul class="numbers">${entries.map(([words, value]) => `<li><b>${value}</b>${words}</li>`).join('')}</ul>`;
}

const inSeconds = (seconds: number | null): string => (seconds === null ? 'never' : `${seconds} s`);

/** What was done, in order: the numbers in the figures. */
function flagsOf(run: Run): Flag[] {
  return run.events
    .filter(({ at }) => at >= run.faultAt)
    .flatMap((event): Flag[] => {
      if (event.kind === 'alarm' && event.to !== 'INSUFFICIENT_DATA' && event.from !== 'INSUFFICIENT_DATA') {
        return [{ at: event.at, words: `${event.name} ${event.to}` }];
      }
      if (event.kind === 'mail') return [{ at: event.at, words: `mail: ${event.subject}` }];
      if (event.kind === 'command' && event.status !== 'Pending') {
        return [{ at: event.at, words: `${event.document} ${event.status}` }];
      }
      return [];
    });
}

function flagList(flags: readonly Flag[], faultAt: number): string {
  const items = flags.map(({ at, words }) => `<li>${offset(at - faultAt)} ${escapeHtml(words)}</li>`);
  return `<ol>${items.join('')}</ol>`;
}

function expectations(run: Run): string {
  const rows = run.outcomes.map(
    ({ met, words, detail }) =>
      `<tr><td class="mark ${met ? 'good' : 'bad'}">${met ? '✓ met' : '✗ not met'}</td><td>${escapeHtml(words)}</td><td class="soft">${escapeHtml(detail)}</td></tr>`,
  );
  return `<table>${rows.join('')}</table>`;
}

function timeline(rows: readonly Row[], faultAt: number): string {
  const key = rows.filter(({ isKey }) => isKey);
  const table = (some: readonly Row[]): string =>
    `<table>${some.map((row) => timelineRow(row, faultAt)).join('')}</table>`;
  return `${table(key)}<details><summary>Every event (${rows.length})</summary>${table(rows)}</details>`;
}

function timelineRow(row: Row, faultAt: number): string {
  const css = row.tone === 'plain' ? '' : row.tone;
  return `<tr><td class="time">${offset(row.at - faultAt)}</td><td class="who">${row.who}</td><td class="${css}">${escapeHtml(row.kind)}</td><td class="text">${escapeHtml(row.text)}</td></tr>`;
}

/** A new alarm's first judgement is no news, so it is folded. */
function alarmReasons(run: Run): string {
  const changes = run.events.flatMap((event) => (event.kind === 'alarm' ? [event] : []));
  const isFirst = ({ from, to }: (typeof changes)[number]): boolean =>
    from === 'INSUFFICIENT_DATA' && to !== 'ALARM';
  const show = (some: typeof changes): string =>
    some
      .map(
        ({ at, name, from, to, reason }) =>
          `<h3>${offset(at - run.faultAt)} ${escapeHtml(name)}: ${from} to ${to}</h3><p>${escapeHtml(reason)}</p>`,
      )
      .join('');
  const first = changes.filter(isFirst);
  return `${show(changes.filter((change) => !isFirst(change)))}<details><summary>First judgements (${first.length})</summary>${show(first)}</details>`;
}

function mails(run: Run): string {
  const sent = run.events.filter((event) => event.kind === 'mail');
  if (sent.length === 0) return '<p>No mail was sent.</p>';
  return sent
    .map((event) =>
      event.kind === 'mail'
        ? `<details open><summary>${offset(event.at - run.faultAt)} to ${escapeHtml(event.to)}: <b>${escapeHtml(event.subject)}</b></summary><pre>${escapeHtml(event.text)}</pre></details>`
        : '',
    )
    .join('');
}

function commands(run: Run): string {
  const ended = run.events.filter((event) => event.kind === 'command' && event.output !== undefined);
  if (ended.length === 0) return '<p>No command was run.</p>';
  return ended
    .map((event) =>
      event.kind === 'command'
        ? `<h3>${offset(event.at - run.faultAt)} ${escapeHtml(event.document)}: ${event.status}, exit code ${event.exitCode ?? 'unknown'}</h3><pre>${escapeHtml(event.output ?? '')}</pre>`
        : '',
    )
    .join('');
}

const list = (items: readonly string[]): string =>
  `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;

function section(title: string, content: string): string {
  return `<section><h2>${escapeHtml(title)}</h2>${content}</section>`;
}
