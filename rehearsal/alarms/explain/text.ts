/** An explanation for a terminal of 80 columns: what the alarm asks, then evaluation by evaluation what it found and decided. */
import type { Evaluation } from '../../cloudwatch/evaluation';
import { localTime } from '../backtest/nights';
import { counted, duration, harmless, wrap } from '../backtest/words';
import { because } from './because';
import { compositeLines } from './composite-text';
import type { Step } from './digest';
import { evaluationBlock, markOf, marks } from './evaluation-block';
import { questionOf, resultIdOf } from './question';
import type { Explanation } from './run';
import { type ExplainTextOptions, timeText, width } from './text-options';

/** Marks of a range that one line has room for; the newest are the ones that decide. */
const shownMarks = 24;

/** Lines without their ends. */
export function toText(explanation: Explanation, options: ExplainTextOptions): string[] {
  const { alarm, steps, moments, playback, notices } = explanation;
  const body =
    playback.kind === 'composite'
      ? compositeLines(moments, options)
      : [
          options.paint('soft', `  ${marks.ok} ok   ${marks.breaching} breaching   ${marks.missing} missing`),
          '',
          ...steps.flatMap((step) => stepLines(step, resultIdOf(alarm.resource), options)),
          ...(steps.length === 0 ? changes(explanation, options) : []),
        ];
  return [
    ...heading(explanation, options),
    ...body,
    ...since(explanation, options),
    ...(notices.length === 0 ? [] : ['']),
    ...notices.flatMap(({ text }) => wrap(`! ${harmless(text)}`, width)),
  ];
}

function heading(explanation: Explanation, { zone, paint }: ExplainTextOptions): string[] {
  const { alarm, playback, start, end, evaluations, first } = explanation;
  const entered = playback.transitions.filter(({ to }) => to === 'ALARM').length;
  const looked = playback.kind === 'composite' ? '' : `, ${counted(evaluations, 'evaluation')}`;
  return [
    paint('strong', harmless(alarm.name)),
    ...questionOf(alarm.resource, first).flatMap((sentence) => wrap(harmless(sentence), width, '  ')),
    paint(
      'soft',
      `  ${localTime(start, zone)} to ${localTime(end, zone)} ${zone}${looked}, ${counted(entered, 'time')} in ALARM`,
    ),
    '',
  ];
}

/** An alarm that is not judged point by point, as one on a PromQL query, has nothing but its changes to show. */
function changes({ playback }: Explanation, { zone }: ExplainTextOptions): string[] {
  return playback.transitions.flatMap(({ at, from, to, reason }) => [
    `${localTime(at, zone)}  ${from} -> ${to}`,
    ...wrap(harmless(reason), width, '  '),
  ]);
}

/** For one moment: how it came into the state that it is in. */
function since({ playback, at }: Explanation, { zone }: ExplainTextOptions): string[] {
  const last = at === undefined ? undefined : playback.transitions.findLast((each) => each.at <= at);
  if (last === undefined || last.at === at) return [];
  return wrap(`${last.to} since ${localTime(last.at, zone)}: ${harmless(last.reason)}`, width);
}

function stepLines(step: Step, resultId: string | undefined, options: ExplainTextOptions): string[] {
  if (step.kind === 'full') return evaluationBlock(step.evaluation, resultId, options);
  if (step.kind === 'line') return evaluationLine(step.evaluation, options);
  const { count, from, to } = step;
  const many = count === 1 ? 'one more evaluation' : `${count} more evaluations`;
  const span = count === 1 ? '' : `, ${duration(to - from)}`;
  return [options.paint('soft', `${' '.repeat(18)}... ${many} like this${span}`)];
}

/** `2026-11-03 02:06  OK     ...!  OK: 1 of 3 judged breaches, 2 of 3 are needed` */
function evaluationLine(evaluation: Evaluation, { zone, paint }: ExplainTextOptions): string[] {
  const { at, points } = evaluation;
  const strip = points.slice(-shownMarks).map((_, index, shown) => {
    const mark = markOf(evaluation, points.length - shown.length + index);
    return mark === marks.breaching ? paint('bad', mark) : mark;
  });
  const hidden = points.length > shownMarks ? '..' : '';
  const time = timeText(at, evaluation, zone);
  const headWidth = time.length + hidden.length + strip.length + 4;
  const [first = ''] = wrap(because(evaluation), width - headWidth);
  const rest = because(evaluation).slice(first.length).trimStart();
  return [
    `${time}  ${hidden}${strip.join('')}  ${first}`,
    ...(rest === '' ? [] : wrap(rest, width, ' '.repeat(time.length + 4))),
  ];
}
