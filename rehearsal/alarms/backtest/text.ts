/** A backtest for a terminal: what to distrust first, the table that takes ten seconds, then each episode and each what-if. */
import {
  byLoudness,
  distrustOf,
  figuresOf,
  isNoDifference,
  listed,
  noticesOf,
  refusals,
  type Short,
  sideEffects,
  valueText,
} from './figures';
import { localTime, nightOf } from './nights';
import type { Backtest, PlayedVariant, PlayedWhatIf } from './run';
import type { AlarmSummary, PeakedEpisode } from './summary';
import { counted, duration, harmless, percent, sharedPrefix, shortNumber, table, wrap } from './words';

export type Paint = (tone: 'bad' | 'good' | 'soft' | 'strong', text: string) => string;

/** What an ordinary terminal is wide. */
const width = 80;
/** More of an alarm's episodes than this say nothing new; the JSON has all. */
const shownEpisodes = 10;
/** So that the numbers stay on an ordinary screen. */
const longestName = 36;
/** A template may have hundreds of alarms that did nothing. */
const shownQuiet = 20;

/** Lines without their ends; `paint` leaves the text as it is where there is no colour. */
export function toText(backtest: Backtest, paint: Paint): string[] {
  const prefix = sharedPrefix(backtest.alarms.map(({ name }) => name));
  const short = (name: string): string =>
    harmless(name.startsWith(prefix) ? name.slice(prefix.length) : name);
  const { start, end, night } = backtest;
  const time = (at: number): string => localTime(at, night.zone);
  return [
    `Backtest of ${counted(backtest.alarms.length, 'alarm')} over ${duration(end - start)}`,
    paint('soft', `${time(start)} to ${time(end)} ${night.zone}`),
    ...distrust(backtest, short, paint),
    ...(prefix === '' ? [''] : ['', paint('soft', `names begin with ${harmless(prefix)}`)]),
    ...summaryTable(backtest, short, paint),
    ...byLoudness(backtest).flatMap((alarm) => episodes(alarm, backtest, short, paint)),
    ...backtest.whatIfs.flatMap((whatIf) => whatIfTable(whatIf, backtest, short, paint)),
    ...section('Notices', noticesOf(backtest, short), paint),
    ...section('What AWS does not publish, and this run assumed', backtest.assumptions, paint),
    ...section('Words', backtest.definitions, paint),
  ];
}

/** What the numbers below do not mean stands above them. */
function distrust(backtest: Backtest, short: Short, paint: Paint): string[] {
  const sentences = distrustOf(backtest);
  if (sentences.length === 0) return [];
  return [
    '',
    ...wrap(`! ${sentences.join(' ')}`, width).map((line) => paint('bad', line)),
    ...wrap(listed(backtest.blind.map(short)), width, '  '),
  ];
}

function summaryTable(backtest: Backtest, short: Short, paint: Paint): string[] {
  const { totals, blind } = backtest;
  const isQuiet = ({ episodes: own, pages, name }: AlarmSummary): boolean =>
    own.length === 0 && pages.length === 0 && !blind.includes(name);
  const sorted = byLoudness(backtest);
  const quiet = sorted.filter(isQuiet);
  const hidden = new Set(quiet.slice(shownQuiet));
  const shown = sorted.filter((alarm) => !hidden.has(alarm));
  const head = ['alarm', 'pages', 'nights', 'in ALARM', 'longest', 'flaps', 'no data'];
  const all = [
    'all',
    String(totals.pages),
    String(totals.nights.length),
    inAlarm(totals.secondsInAlarm),
    '',
    String(totals.flaps),
    '',
  ];
  const [first = '', ...others] = table([
    head,
    ...shown.map((alarm) => summaryRow(alarm, backtest, short)),
    all,
  ]);
  const painted = others.map((line, index) => {
    if (index === shown.length) return paint('strong', line);
    return (shown[index]?.pages.length ?? 0) > 0 ? line : paint('soft', line);
  });
  return [
    paint('soft', first),
    ...painted,
    ...(hidden.size > 0 ? [paint('soft', `  ${hidden.size} more were never in ALARM`)] : []),
  ];
}

function summaryRow(alarm: AlarmSummary, { blind }: Backtest, short: Short): string[] {
  const { pages, nights, secondsInState, longestAlarmSeconds, flaps, shareWithoutData } = alarm;
  return [
    `${blind.includes(alarm.name) ? '! ' : ''}${clipped(short(alarm.name))}`,
    String(pages.length),
    String(nights.length),
    inAlarm(secondsInState.ALARM),
    inAlarm(longestAlarmSeconds),
    String(flaps),
    shareWithoutData === undefined ? '' : percent(shareWithoutData),
  ];
}

/** A name's end tells more than its middle. */
function clipped(name: string): string {
  if (name.length <= longestName) return name;
  const half = Math.floor(longestName / 2) - 1;
  return `${name.slice(0, half)}..${name.slice(-half)}`;
}

const inAlarm = (seconds: number): string => (seconds === 0 ? '-' : duration(seconds * 1000));

function episodes(alarm: AlarmSummary, backtest: Backtest, short: Short, paint: Paint): string[] {
  if (alarm.episodes.length === 0) return [];
  const shown = alarm.episodes.slice(0, shownEpisodes);
  const rest = alarm.episodes.length - shown.length;
  const head = `${short(alarm.name)}: ${counted(alarm.episodes.length, 'time')} in ALARM`;
  return [
    '',
    paint('strong', head),
    ...shown.flatMap((episode) => episodeLines(episode, alarm, backtest, paint)),
    ...(rest > 0 ? [paint('soft', `  ... ${rest} more; --json has all`)] : []),
  ];
}

function episodeLines(
  episode: PeakedEpisode,
  alarm: AlarmSummary,
  backtest: Backtest,
  paint: Paint,
): string[] {
  const { night } = backtest;
  const { start, end, isOpen, isFlap, peak } = episode;
  const pages = alarm.pages.filter((at) => at >= start && (at < end || isOpen));
  const woken = pages.some((at) => nightOf(at, night) !== undefined);
  const notes = [
    pages.length === 0 ? 'no page' : woken ? 'page at night' : 'page',
    ...(isFlap ? ['flap'] : []),
    ...(isOpen ? ['still on at the end'] : []),
  ];
  const value = peak === undefined ? '' : `  peak ${shortNumber(peak)}`;
  const line = `  ${localTime(start, night.zone)}  ${duration(end - start).padStart(10)}${value}  ${notes.join(', ')}`;
  return [
    pages.length > 0 ? paint('bad', line) : line,
    ...wrap(harmless(episode.reason), width, '      ').map((text) => paint('soft', text)),
  ];
}

function whatIfTable(whatIf: PlayedWhatIf, backtest: Backtest, short: Short, paint: Paint): string[] {
  const { alarm, properties, asIs, variants } = whatIf;
  const title =
    alarm === undefined ? properties.join(', ') : `${short(alarm)}.${properties.join(`, ${short(alarm)}.`)}`;
  const head = ['value', 'pages', 'nights', 'in ALARM', 'flaps', 'first page'];
  const played = [asIs, ...variants].filter(({ refused }) => refused === undefined);
  const rows = played.map((variant) => whatIfRow(variant, whatIf, backtest));
  const [first = '', ...others] = table([head, ...rows]);
  return [
    '',
    paint('strong', `What if ${title}`),
    paint('soft', first),
    ...others,
    ...variants.flatMap((variant) => {
      const changes = sideEffects(variant, whatIf, short);
      const sentence = `with ${valueText(variant.set)} also: ${listed(changes)}`;
      return changes.length === 0 ? [] : wrap(sentence, width, '  ').map((line) => paint('soft', line));
    }),
    ...refusals(variants).flatMap((sentence) => wrap(sentence, width, '  ')),
    ...(isNoDifference(whatIf) ? wrap('None of these values makes a difference here.', width, '  ') : []),
  ];
}

function whatIfRow(variant: PlayedVariant, { alarm, asIs }: PlayedWhatIf, { night }: Backtest): string[] {
  const { pages, nights, secondsInAlarm, flaps, firstPageAt } = figuresOf(variant, alarm);
  return [
    `${valueText(variant.set)}${variant === asIs ? ' (as is)' : ''}`,
    String(pages),
    String(nights.length),
    inAlarm(secondsInAlarm),
    String(flaps),
    firstPageAt === undefined ? 'never' : localTime(firstPageAt, night.zone),
  ];
}

function section(title: string, sentences: readonly string[], paint: Paint): string[] {
  if (sentences.length === 0) return [];
  return ['', paint('strong', title), ...sentences.flatMap((sentence) => bullet(sentence))];
}

function bullet(sentence: string): string[] {
  const [first = '', ...others] = wrap(sentence, width, '    ');
  return [`  - ${first.slice(4)}`, ...others];
}
