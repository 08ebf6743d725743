/** The parts of a backtest's page that need no script: table with state bands, pages by the hour, episodes, what-if tables. */
import { DateTime } from 'luxon';
import { escapeHtml } from '../../report/escape';
import type { StateSpan } from './episodes';
import {
  byLoudness,
  figuresOf,
  isNoDifference,
  refusals,
  type Short,
  sideEffects,
  valueText,
} from './figures';
import { localTime, nightOf } from './nights';
import type { Backtest, PlayedVariant, PlayedWhatIf } from './run';
import type { AlarmSummary } from './summary';
import { counted, duration, percent, shortNumber } from './words';

const cell = (text: string | number, css = ''): string =>
  `<td${css === '' ? '' : ` class="${css}"`}>${escapeHtml(String(text))}</td>`;
const headings = (names: readonly (readonly [text: string, css?: string])[]): string =>
  `<tr>${names.map(([text, css = '']) => `<th class="${css}">${escapeHtml(text)}</th>`).join('')}</tr>`;
const inAlarm = (seconds: number): string => (seconds === 0 ? '–' : duration(seconds * 1000));

/** Width of a band in its own units. */
const bandUnits = 1000;
/** Half a pixel on most screens: what was short must still be seen. */
const leastUnits = 2;

const bandCss = { OK: 'ok', ALARM: 'alarm', INSUFFICIENT_DATA: 'unknown' } as const;

/** The states of an alarm over the whole range as one line of a picture. */
export function band(spans: readonly StateSpan[], { start, end }: { start: number; end: number }): string {
  const scale = bandUnits / (end - start);
  const order = ({ state }: StateSpan): number => (state === 'ALARM' ? 1 : 0);
  const rects = [...spans]
    .sort((left, right) => order(left) - order(right))
    .map((span) => {
      const x = (span.start - start) * scale;
      const width = Math.max(span.state === 'ALARM' ? leastUnits : 0, (span.end - span.start) * scale);
      const fill = span.state === 'ALARM' && width > 12 ? ' style="fill:url(#hatch)"' : '';
      return `<rect class="${bandCss[span.state]}"${fill} x="${x.toFixed(1)}" y="1" width="${width.toFixed(1)}" height="14"/>`;
    });
  return `<svg class="band" viewBox="0 0 ${bandUnits} 16" preserveAspectRatio="none" aria-hidden="true">${rects.join('')}</svg>`;
}

/** All alarms in one table, the loudest first, each with its states as a band. */
export function summaryTable(backtest: Backtest, short: Short): string {
  const { totals } = backtest;
  const rows = byLoudness(backtest).map((alarm) => summaryRow(alarm, backtest, short));
  const head = headings([
    ['alarm'],
    ['pages'],
    ['nights'],
    ['in ALARM'],
    ['longest', 'wide'],
    ['flaps', 'wide'],
    ['no data', 'wide'],
    ['state over the whole range', 'left'],
  ]);
  const all = `<tr class="total"><td>all</td>${cell(totals.pages)}${cell(totals.nights.length)}${cell(inAlarm(totals.secondsInAlarm))}<td class="wide"></td>${cell(totals.flaps, 'wide')}<td class="wide"></td><td></td></tr>`;
  return `<div class="scroll"><table>${head}${rows.join('')}${all}</table></div>`;
}

function summaryRow(alarm: AlarmSummary, backtest: Backtest, short: Short): string {
  const { pages, nights, secondsInState, longestAlarmSeconds, flaps, shareWithoutData } = alarm;
  const isBlind = backtest.blind.includes(alarm.name);
  const quiet = pages.length === 0 && alarm.episodes.length === 0;
  const name = `<td><a href="#${escapeHtml(alarm.name)}">${escapeHtml(short(alarm.name))}</a></td>`;
  return [
    `<tr${quiet ? ' class="quiet"' : ''}>`,
    name,
    cell(pages.length, pages.length > 0 ? 'bad' : ''),
    cell(nights.length),
    cell(inAlarm(secondsInState.ALARM)),
    cell(inAlarm(longestAlarmSeconds), 'wide'),
    cell(flaps, 'wide'),
    cell(shareWithoutData === undefined ? '' : percent(shareWithoutData), isBlind ? 'wide bad' : 'wide'),
    `<td class="band">${band(alarm.spans, backtest)}</td></tr>`,
  ].join('');
}

/** A longer range than this gets no picture by the hour: it would be longer than the rest of the page. */
const mostDays = 62;

/** One row a day, one cell an hour: when people would have been called. */
export function pagesByHour({ alarms, start, end, night }: Backtest): string {
  const pages = alarms.flatMap((alarm) => alarm.pages);
  const first = DateTime.fromMillis(start, { zone: night.zone }).startOf('day');
  const days = Math.ceil(DateTime.fromMillis(end, { zone: night.zone }).diff(first, 'days').days);
  if (pages.length === 0 || days > mostDays) return '';
  const counts = new Map<string, number>();
  const keyOf = (at: number): string =>
    DateTime.fromMillis(at, { zone: night.zone }).toFormat('yyyy-MM-dd HH');
  for (const at of pages) counts.set(keyOf(at), (counts.get(keyOf(at)) ?? 0) + 1);
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  const head = `<u></u>${hours.map((hour) => `<u>${hour % 3 === 0 ? hour : ''}</u>`).join('')}`;
  const rows = Array.from({ length: days }, (_, index) => first.plus({ days: index })).map((day) => {
    const cells = hours.map((hour) => {
      const moment = day.set({ hour });
      const count = counts.get(moment.toFormat('yyyy-MM-dd HH')) ?? 0;
      const isNight = nightOf(moment.toMillis(), night) !== undefined;
      const title = `${moment.toFormat('yyyy-MM-dd HH')}:00, ${counted(count, 'page')}`;
      if (count > 0) return `<i class="page" title="${title}">${count}</i>`;
      return isNight ? '<i class="night"></i>' : '<i></i>';
    });
    return `<span>${day.toFormat('ccc')} <span class="year">${day.toFormat('yyyy-')}</span>${day.toFormat('MM-dd')}</span>${cells.join('')}`;
  });
  return `<h2>Pages by the hour</h2><p class="soft small">Local time in ${escapeHtml(night.zone)}; night hours are shaded.</p><div class="hours">${head}${rows.join('')}</div>`;
}

/** Stays in ALARM, each with its peak and AWS's reason. */
export function episodeTable(alarm: AlarmSummary, { night }: Backtest): string {
  if (alarm.episodes.length === 0) return '';
  const rows = alarm.episodes.map(({ start, end, isOpen, isFlap, peak, reason }) => {
    const pages = alarm.pages.filter((at) => at >= start && (at < end || isOpen));
    const notes = [
      pages.length === 0 ? 'no page' : '▲ page',
      ...(pages.some((at) => nightOf(at, night) !== undefined) ? ['at night'] : []),
      ...(isFlap ? ['flap'] : []),
      ...(isOpen ? ['still on at the end'] : []),
    ].join(', ');
    const value = peak === undefined ? '' : shortNumber(peak);
    return `<tr>${cell(localTime(start, night.zone))}${cell(duration(end - start))}${cell(value)}${cell(notes, 'left')}${cell(reason, 'text small soft wide')}</tr>`;
  });
  const head = headings([
    ['start'],
    ['duration'],
    ['peak'],
    ['', 'left'],
    ['why it went into ALARM', 'left wide'],
  ]);
  const title = `<summary><b>${counted(alarm.episodes.length, 'time')} in ALARM</b></summary>`;
  return `<details>${title}<div class="scroll"><table>${head}${rows.join('')}</table></div></details>`;
}

/** What each value would have meant, side by side. */
export function whatIfSection(whatIf: PlayedWhatIf, backtest: Backtest, short: Short): string {
  const { properties, asIs, variants } = whatIf;
  const title = properties.join(' / ');
  const played = [asIs, ...variants].filter(({ refused }) => refused === undefined);
  const head = headings([
    [title],
    ['pages'],
    ['nights'],
    ['in ALARM'],
    ['flaps'],
    ['first page'],
    ['other alarms', 'left wide'],
  ]);
  const rows = played.map((variant) => whatIfRow(variant, whatIf, backtest, short));
  const notes = [
    ...refusals(variants),
    ...(isNoDifference(whatIf) ? ['None of these values makes a difference here.'] : []),
  ];
  const list = notes.map((note) => `<p class="soft small">${escapeHtml(note)}</p>`).join('');
  return `<h3>What if ${escapeHtml(title)} were different</h3><div class="scroll"><table>${head}${rows.join('')}</table></div>${list}`;
}

function whatIfRow(variant: PlayedVariant, whatIf: PlayedWhatIf, { night }: Backtest, short: Short): string {
  const isAsIs = variant === whatIf.asIs;
  const { pages, nights, secondsInAlarm, flaps, firstPageAt } = figuresOf(variant, whatIf.alarm);
  const others = isAsIs ? [] : sideEffects(variant, whatIf, short);
  return [
    `<tr${isAsIs ? ' class="total"' : ''}>`,
    cell(`${valueText(variant.set)}${isAsIs ? ' (as is)' : ''}`),
    cell(pages),
    cell(nights.length),
    cell(inAlarm(secondsInAlarm)),
    cell(flaps),
    cell(firstPageAt === undefined ? 'never' : localTime(firstPageAt, night.zone)),
    `${cell(others.join(', '), 'text small soft wide')}</tr>`,
  ].join('');
}
