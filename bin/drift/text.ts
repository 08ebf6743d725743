/** A drift report for the terminal. */
import type { TextStyle } from '../../rehearsal/alarms/scenario/text-style';
import { visible } from '../../rehearsal/excerpt';
import type { JudgedFeature } from '../../service/drift/judge';
import type { Judgement, Verdict } from '../../service/drift/verdict';
import { psiText } from '../../service/drift/words';

/** More lines than these are scrolled past; the page has all features. */
const mostQuietLines = 5;

const titles: Readonly<Record<Verdict, string>> = {
  none: 'NO DRIFT',
  'cannot tell': 'CANNOT TELL',
  monitor: 'MONITOR',
  investigate: 'INVESTIGATE',
  retrain: 'RETRAIN',
};

export function toText(
  judgement: Judgement,
  remarks: readonly string[],
  { paint }: TextStyle,
): readonly string[] {
  const { verdict, reason, todo, features } = judgement;
  const drifted = features.filter((feature) => feature.drifted);
  const others = features.filter((feature) => !feature.drifted);
  const shown = [...drifted, ...others.slice(0, mostQuietLines)];
  const width = Math.max(0, ...shown.map(({ name }) => visible(name).length));
  const tone = verdict === 'none' ? 'good' : judgement.drift ? 'bad' : 'dim';
  const told = features.filter(({ size }) => size !== 'cannot tell').length;
  return [
    `${paint(tone, titles[verdict])}${told === 0 ? '' : `  ${drifted.length} of ${told} features drifted`}`,
    `  why    ${visible(reason)}`,
    `  to do  ${visible(todo)}`,
    '',
    ...shown.map((feature) => line(feature, width, paint)),
    ...(others.length > mostQuietLines
      ? [paint('dim', `  and ${others.length - mostQuietLines} more without drift`)]
      : []),
    ...(remarks.length === 0 ? [] : ['', ...remarks.map((remark) => paint('dim', `  ${visible(remark)}`))]),
  ];
}

function line(
  { name, psi, drifted, reason }: JudgedFeature,
  width: number,
  paint: TextStyle['paint'],
): string {
  const mark = drifted ? paint('bad', '!') : ' ';
  // The reason begins with the number that already stands in its column.
  const words = visible(reason).replace(/^PSI [\d.]+[,:]? ?/, '');
  return `${mark} ${visible(name).padEnd(width)}  ${psiText(psi).padStart(6)}  ${words}`;
}
