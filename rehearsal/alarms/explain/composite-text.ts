/** A composite alarm moment by moment: which child changed, and the rule with the truth of each part. */
import { localTime } from '../backtest/nights';
import { harmless, wrap } from '../backtest/words';
import type { CompositeMoment } from './composite-moments';
import { type ExplainTextOptions, width } from './text-options';

/** More moments than these at which the alarm stayed as it was are counted, not shown. */
const mostQuiet = 40;

export function compositeLines(moments: readonly CompositeMoment[], options: ExplainTextOptions): string[] {
  const quiet = moments.filter(isQuiet).length;
  const showsQuiet = options.all || quiet <= mostQuiet || moments.length === 1;
  const lines: string[] = [];
  let skipped = 0;
  const flush = (): void => {
    if (skipped > 0)
      lines.push(
        options.paint(
          'soft',
          `${' '.repeat(18)}... ${skipped} changes of children, the rule stayed as it was`,
        ),
        '',
      );
    skipped = 0;
  };
  for (const moment of moments) {
    if (isQuiet(moment) && !showsQuiet) skipped += 1;
    else {
      flush();
      lines.push(...momentLines(moment, options, moments.length === 1));
    }
  }
  flush();
  return lines;
}

/** Nothing but children changed. */
function isQuiet({ from, to, withheld, actions }: CompositeMoment): boolean {
  return from === to && withheld.length === 0 && actions.length === 0;
}

function momentLines(moment: CompositeMoment, options: ExplainTextOptions, isOnly: boolean): string[] {
  const { at, from, to, changes, truth, reason, withheld, actions } = moment;
  const { zone, all, paint } = options;
  const changed = from !== to;
  const tone = to === 'ALARM' ? 'bad' : to === 'OK' ? 'good' : 'soft';
  const state = paint(tone, changed ? `${from} -> ${to}` : `stays ${to}`);
  const children = changes.map(({ name, from: before, to: after }) =>
    harmless(`${name}: ${before} -> ${after}`),
  );
  const head = `${localTime(at, zone)}  ${state}`;
  if (isQuiet(moment) && !all && !isOnly && children.length === 1) return [`${head}   ${children[0]}`];
  return [
    head,
    ...children.flatMap((text) => wrap(text, width, '  ')),
    ...(changed || all || isOnly ? truth.map(truthLine) : []),
    ...(reason === undefined
      ? []
      : wrap(`AWS says: ${harmless(reason)}`, width, '  ').map((line) => paint('soft', line))),
    ...withheld.map(({ state: whose, by }) => `  ${whose} actions held back by ${harmless(by)}`),
    ...actions.map((arn) => `  action ${harmless(arn)}`),
    '',
  ];
}

function truthLine({ depth, isTrue, text, alarms }: CompositeMoment['truth'][number]): string {
  const [only, ...others] = alarms;
  const states =
    only === undefined
      ? ''
      : others.length === 0
        ? `   is ${only.state}`
        : `   ${alarms.map(({ alarm, state }) => `${alarm} is ${state}`).join(', ')}`;
  return harmless(`    ${isTrue ? 'true ' : 'false'}  ${'  '.repeat(depth)}${text}${states}`);
}
