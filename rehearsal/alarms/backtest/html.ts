/** A backtest as one self-contained page: it needs no network, and one look at it says how loud the alarms would have been. */
import { escapeHtml } from '../../report/escape';
import { byLoudness, distrustOf, noticesOf, type Short } from './figures';
import { type PageData, pageData } from './html-data';
import { band, episodeTable, pagesByHour, summaryTable, whatIfSection } from './html-sections';
import { patterns, style } from './html-style';
import { localTime } from './nights';
import type { Backtest } from './run';
import type { AlarmSummary } from './summary';
import { counted, duration, sharedPrefix, shortNumber } from './words';

/** Scripts and styles that are read from disk at the edge and put into the page. */
export interface PageAssets {
  readonly uplotScript: string;
  readonly uplotStyle: string;
  readonly pageScript: string;
}

/** Whatever a name or a reason may smuggle in, the page loads nothing and sends nothing. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

export function toHtml(backtest: Backtest, assets: PageAssets): string {
  const prefix = sharedPrefix(backtest.alarms.map(({ name }) => name));
  const short: Short = (name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
  const data = pageData(backtest);
  const settings = backtest.whatIfs.filter(({ alarm }) => alarm === undefined);
  const body = [
    heading(backtest, prefix),
    warning(backtest, short),
    numbers(backtest),
    summaryTable(backtest, short),
    key,
    pagesByHour(backtest),
    ...byLoudness(backtest).map((alarm) => alarmSection(alarm, backtest, data, short)),
    settings.length === 0 ? '' : '<h2>What AWS does not publish: does it matter here?</h2>',
    ...settings.map((whatIf) => whatIfSection(whatIf, backtest, short)),
    list('Notices', noticesOf(backtest, short)),
    list('What AWS does not publish, and this run assumed', backtest.assumptions),
    list('Words', backtest.definitions),
  ];
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1"><title>Backtest of alarms</title>',
    `<style>${assets.uplotStyle}${style}</style></head><body>${patterns}`,
    body.join('\n'),
    `<script type="application/json" id="data">${jsonInHtml(data)}</script>`,
    `<script>${assets.uplotScript}\nwindow.uPlot=uPlot;\n${assets.pageScript}</script></body></html>\n`,
  ].join('');
}

/** JSON that cannot end the element it stands in. */
function jsonInHtml(data: PageData): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c');
}

function heading({ start, end, night, totals, alarms }: Backtest, prefix: string): string {
  const time = (at: number): string => localTime(at, night.zone);
  const names = prefix === '' ? '' : ` Names begin with ${escapeHtml(prefix)}.`;
  return [
    `<h1>${totals.pages === 0 ? 'Nobody' : `<span class="bad">▲ ${counted(totals.pages, 'page')}</span>`} in ${duration(end - start)}</h1>`.replace(
      'Nobody in',
      'Nobody would have been paged in',
    ),
    `<p class="soft">What ${counted(alarms.length, 'alarm')} would have done with recorded data, ${time(start)} to ${time(end)} ${escapeHtml(night.zone)}.${names}</p>`,
  ].join('');
}

function warning(backtest: Backtest, short: Short): string {
  const [first, ...others] = distrustOf(backtest);
  if (first === undefined) return '';
  const names = backtest.blind.map(short).join(', ');
  return `<div class="warning"><b>${escapeHtml(first)}</b> ${escapeHtml([...others, names].join(' '))}</div>`;
}

function numbers({ totals, end, start }: Backtest): string {
  const days = (end - start) / 86_400_000;
  const perWeek = days < 7 ? undefined : (totals.pages / days) * 7;
  const tiles: [string, string][] = [
    [String(totals.pages), perWeek === undefined ? 'pages' : `pages, ${shortNumber(perWeek)} a week`],
    [String(totals.nights.length), totals.nights.length === 1 ? 'night woken' : 'nights woken'],
    [
      totals.secondsInAlarm === 0 ? '–' : duration(totals.secondsInAlarm * 1000),
      'with at least one alarm on',
    ],
    [String(totals.flaps), totals.flaps === 1 ? 'flap' : 'flaps'],
  ];
  return `<ul class="numbers">${tiles.map(([value, words]) => `<li><b>${value}</b>${words}</li>`).join('')}</ul>`;
}

const key = `<div class="key"><span><svg viewBox="0 0 22 12"><rect class="ok" width="22" height="12"/></svg>OK</span><span><svg viewBox="0 0 22 12"><rect style="fill:url(#hatch)" width="22" height="12"/></svg>ALARM</span><span><svg viewBox="0 0 22 12"><rect class="unknown" x=".5" y=".5" width="21" height="11"/></svg>INSUFFICIENT_DATA</span><span><span class="bad">▼</span> page</span><span class="screen">Drag over a chart to zoom all of them, double click to go back.</span></div>`;

function alarmSection(alarm: AlarmSummary, backtest: Backtest, data: PageData, short: Short): string {
  const title = escapeHtml(short(alarm.name));
  const whatIfs = backtest.whatIfs.filter((whatIf) => whatIf.alarm === alarm.name);
  const isQuiet = alarm.episodes.length === 0 && whatIfs.length === 0;
  const content = [
    figure(alarm, backtest, data),
    ...whatIfs.map((whatIf) => whatIfSection(whatIf, backtest, short)),
    episodeTable(alarm, backtest),
    withheldList(alarm, backtest),
  ].join('');
  const head = `<section class="alarm" id="${escapeHtml(alarm.name)}">`;
  if (isQuiet)
    return `${head}<details><summary><b>${title}</b> was never in ALARM</summary>${content}</details></section>`;
  return `${head}<h2>${title}</h2>${content}</section>`;
}

function figure(alarm: AlarmSummary, backtest: Backtest, data: PageData): string {
  const observed = backtest.observations.get(alarm.name);
  const index = data.charts.findIndex(({ name }) => name === alarm.name);
  if (observed === undefined || index < 0) {
    return `<figure>${band(alarm.spans, backtest)}<figcaption>${alarm.kind === 'composite' ? 'A composite alarm follows the states of its children.' : 'It was never evaluated.'}</figcaption></figure>`;
  }
  const words = describeChart(alarm, observed.threshold, observed.comparison);
  return `<figure><div class="chart" data-chart="${index}" role="img" aria-label="${escapeHtml(words)}"></div><figcaption>${escapeHtml(words)}</figcaption></figure>`;
}

/** The chart in one sentence, for whoever cannot see it. */
function describeChart(alarm: AlarmSummary, threshold: number | undefined, comparison: string): string {
  const [first] = alarm.episodes;
  const words = comparison.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  const limit =
    threshold === undefined
      ? `ALARM when ${words}`
      : `ALARM when ${words.replace(/ ?(to )?threshold$/, ' $1').trim()} ${shortNumber(threshold)}`;
  const times =
    first === undefined
      ? 'never in ALARM'
      : `${counted(alarm.episodes.length, 'time')} in ALARM, ${counted(alarm.pages.length, 'page')}`;
  return `${limit}: ${times}. Each point is a judged datapoint, at the end of its period.`;
}

function withheldList({ withheld }: AlarmSummary, { night }: Backtest): string {
  if (withheld.length === 0) return '';
  const items = withheld.map(
    ({ at, state, by }) =>
      `<li>${localTime(at, night.zone)} ${state} actions held back by ${escapeHtml(by)}</li>`,
  );
  return `<details><summary>${counted(withheld.length, 'time')} actions were held back</summary><ul class="notes">${items.join('')}</ul></details>`;
}

function list(title: string, sentences: readonly string[]): string {
  if (sentences.length === 0) return '';
  return `<h2>${title}</h2><ul class="notes">${sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join('')}</ul>`;
}
