/** A drift report as one self-contained page: the verdict first, then the features by how far they moved. */
import { escapeHtml } from '../../rehearsal/report/escape';
import type { Column } from '../../service/drift/columns';
import { missingIn } from '../../service/drift/comparison';
import { total } from '../../service/drift/counts';
import { defaultRules, type JudgedFeature } from '../../service/drift/judge';
import { type Judgement, largestPsi, type Verdict } from '../../service/drift/verdict';
import { counted, percent, psiText, pText, shortNumber } from '../../service/drift/words';
import { binRows, categoryChart, distributionChart, psiBar } from './charts';
import { histogramOf } from './histogram';
import { style } from './page-style';

export interface Report {
  readonly judgement: Judgement;
  readonly reference: { readonly name: string; readonly rows: number; readonly columns: readonly Column[] };
  readonly current: { readonly name: string; readonly rows: number; readonly columns: readonly Column[] };
  readonly remarks: readonly string[];
}

/** Whatever a name may smuggle in, the page loads nothing, runs nothing and sends nothing. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const faces: Readonly<
  Record<Verdict, { readonly css: string; readonly mark: string; readonly title: string }>
> = {
  none: { css: 'ok', mark: '●', title: 'No drift' },
  'cannot tell': { css: 'none', mark: '○', title: 'Cannot tell' },
  monitor: { css: 'act', mark: '▶', title: 'Monitor' },
  investigate: { css: 'alarm', mark: '▲', title: 'Investigate' },
  retrain: { css: 'alarm', mark: '▲', title: 'Retrain' },
};

export function toPage(report: Report): string {
  const { judgement } = report;
  const { css, mark, title } = faces[judgement.verdict];
  const drifted = judgement.features.filter((feature) => feature.drifted);
  const others = judgement.features.filter((feature) => !feature.drifted);
  const body = [
    `<h1 class="${css}"><span aria-hidden="true">${mark}</span> ${title}</h1>`,
    `<p class="soft">${escapeHtml(report.current.name)} (${counted(report.current.rows, 'row')}) beside the reference ${escapeHtml(report.reference.name)} (${counted(report.reference.rows, 'row')})</p>`,
    `<div class="verdict ${css}"><p><b>Why</b> ${escapeHtml(judgement.reason)}</p><p><b>What to do</b> ${escapeHtml(judgement.todo)}</p></div>`,
    tiles(judgement, drifted.length),
    table(judgement.features),
    key,
    group('Drifted', drifted, report),
    group(drifted.length === 0 ? 'Features' : 'The others', others, report),
    notes('Remarks', report.remarks),
    notes('How it was judged', method),
  ];
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}: drift report</title>`,
    `<style>${style}</style></head><body>`,
    body.join('\n'),
    '</body></html>\n',
  ].join('');
}

const method = [
  `A feature drifted when three things come together: PSI of at least ${defaultRules.moderatePsi} (${defaultRules.majorPsi} is far), more than chance alone reaches with so many rows, and a test that rules chance out at ${defaultRules.significance} over all features together (Kolmogorov-Smirnov for numbers, chi-square for categories, Holm's correction).`,
  `With fewer than ${defaultRules.minimumRows} rows on either side nothing is said.`,
  'Bins are deciles of the reference; missing values and new categories are bins of their own. KS compares the values that are there.',
];

function tiles(judgement: Judgement, drifted: number): string {
  const { features, driftShare } = judgement;
  const told = features.filter(({ size }) => size !== 'cannot tell').length;
  const items: [string, string][] = [
    [`${drifted} of ${told}`, 'features drifted'],
    [percent(driftShare), 'of the features'],
    [psiText(largestPsi(judgement)), 'largest PSI'],
    [String(features.filter(({ size }) => size === 'major').length), 'far from the reference'],
  ];
  return `<ul class="numbers">${items.map(([value, words]) => `<li><b>${value}</b>${words}</li>`).join('')}</ul>`;
}

function table(features: readonly JudgedFeature[]): string {
  const rows = features.map((feature) => {
    const { name, kind, psi, ks, drifted, size } = feature;
    const word =
      size === 'cannot tell'
        ? '○ not judged'
        : drifted
          ? `▲ ${size === 'major' ? 'far' : 'moderate'}`
          : '● no drift';
    return [
      `<tr><td><a href="#${anchor(name)}">${escapeHtml(name)}</a></td>`,
      `<td class="left wide">${kind}</td><td>${psiText(psi)}</td>`,
      `<td class="bar">${psiBar(psi, Math.max(defaultRules.moderatePsi, feature.comparison.noise), drifted)}</td>`,
      `<td class="wide">${ks === null ? '–' : shortNumber(ks.statistic)}</td><td class="wide">${pText(feature.comparison.pValue)}</td>`,
      `<td class="left ${drifted ? 'alarm' : 'soft'}">${word}</td></tr>`,
    ].join('');
  });
  return `<div class="scroll"><table><tr><th>feature</th><th class="left wide">kind</th><th>PSI</th><th class="left bar">PSI and its limit</th><th class="wide">KS</th><th class="wide">chance</th><th class="left"></th></tr>${rows.join('')}</table></div>`;
}

const key =
  '<div class="key"><span><svg viewBox="0 0 26 12" aria-hidden="true"><rect class="before" width="26" height="12"/></svg>reference, filled</span><span><svg viewBox="0 0 26 12" aria-hidden="true"><path class="now" d="M1 10V3H25V10"/></svg>current, as a line</span></div>';

const anchor = (name: string): string => `feature-${encodeURIComponent(name)}`;

function group(title: string, features: readonly JudgedFeature[], report: Report): string {
  if (features.length === 0) return '';
  return `<h2>${title}</h2><div class="features">${features.map((feature) => card(feature, report)).join('')}</div>`;
}

function card(feature: JudgedFeature, { reference, current }: Report): string {
  const { name, comparison, reason, drifted, psi } = feature;
  const label = `${name}, reference and current rows. ${reason}`;
  const [before, now] = [reference, current].map(({ columns }) =>
    columns.find((column) => column.name === name),
  );
  const histogram = before === undefined || now === undefined ? undefined : histogramOf(before, now);
  const missing = [comparison.reference, comparison.current].map((rows) => missingIn(rows) / total(rows));
  const gap =
    comparison.bins.kind === 'number' && missing.some((share) => share > 0)
      ? `<div class="small soft">missing: ${percent(missing[0] ?? 0)} in the reference, ${percent(missing[1] ?? 0)} now</div>`
      : '';
  return [
    `<section class="feature${drifted ? ' drifted' : ''}" id="${anchor(name)}">`,
    `<header><h3>${escapeHtml(name)}</h3><span class="${drifted ? 'alarm' : 'soft'}">${drifted ? '▲ ' : ''}PSI ${psiText(psi)}</span></header>`,
    `<p>${escapeHtml(reason)}</p>`,
    histogram === undefined ? categoryChart(comparison, label) : distributionChart(histogram, label),
    gap,
    binTable(feature),
    '</section>',
  ].join('');
}

function binTable({ comparison }: JudgedFeature): string {
  const rows = binRows(comparison)
    .filter(({ before, now }) => before + now > 0)
    .map(
      ({ text, before, now, adds }) =>
        `<tr><td>${escapeHtml(text)}</td><td>${percent(before)}</td><td>${percent(now)}</td><td>${adds.toFixed(3)}</td></tr>`,
    );
  return `<details><summary>table</summary><div class="scroll"><table><tr><th>values</th><th>reference</th><th>current</th><th>adds to PSI</th></tr>${rows.join('')}</table></div></details>`;
}

function notes(title: string, sentences: readonly string[]): string {
  if (sentences.length === 0) return '';
  return `<h2>${title}</h2><ul class="notes small">${sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join('')}</ul>`;
}
