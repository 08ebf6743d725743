/** `vigia alarms backtest`: recorded data through the alarms of a template; what would have paged, when, how often. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { BacktestError } from '../rehearsal/alarms/backtest/backtest-error';
import { defaultFlapMinutes } from '../rehearsal/alarms/backtest/episodes';
import { type PageAssets, toHtml } from '../rehearsal/alarms/backtest/html';
import { toJson } from '../rehearsal/alarms/backtest/json';
import { defaultNight, readNight } from '../rehearsal/alarms/backtest/nights';
import { defaultColumns } from '../rehearsal/alarms/backtest/observe';
import { runBacktest } from '../rehearsal/alarms/backtest/run';
import { toText } from '../rehearsal/alarms/backtest/text';
import { evaluable } from '../rehearsal/alarms/template/skip-alarms';
import { suppliedIn } from '../rehearsal/cloudwatch/supplied';
import { type AlarmInputOptions, readAlarmInputs, reportPaint } from './alarm-inputs';
import { projectRoot } from './load-config';
import { claimOutput } from './output-file';

export { defaultFlapMinutes, defaultNight };

export interface AlarmsBacktestOptions extends AlarmInputOptions {
  /** `ALARM.property=value,value` and `settings.name=value,value`. */
  readonly set: readonly string[];
  /** Alarms to show; all when empty. */
  readonly alarm: readonly string[];
  /** Parts of the ARNs of targets that count as pages; all ALARM actions do when empty. */
  readonly pagesTo: readonly string[];
  readonly timezone: string;
  readonly night: string;
  readonly flapMinutes: number;
  readonly json: boolean;
  /** Where the page goes; without it one is written unless the JSON is asked for. */
  readonly html?: string | undefined;
}

const defaultPage = join('out', 'backtest', 'report.html');

/** Returns the exit code, which is 0: a backtest has no verdict. Mistakes of the person are thrown. */
export async function alarmsBacktest(options: AlarmsBacktestOptions): Promise<number> {
  const night = readNight(options.night, options.timezone);
  const wanted = options.html ?? (options.json ? undefined : defaultPage);
  const inputFiles = [...options.template, ...options.series];
  const page = wanted === undefined ? undefined : claimOutput('--html', wanted, inputFiles);
  const inputs = await readAlarmInputs(options);
  const { source } = inputs.series;
  const template = evaluable(inputs.template, options.skip, suppliedIn(source.metrics()));
  const backtest = runBacktest({
    resources: template.resources,
    place: template.place,
    source,
    from: inputs.from,
    to: inputs.to,
    sets: options.set,
    shown: options.alarm,
    night,
    flapMs: flapMs(options.flapMinutes),
    pagesTo: options.pagesTo,
    columns: page === undefined ? 0 : defaultColumns,
    remarks: inputs.remarks,
  });
  if (options.json) process.stdout.write(`${JSON.stringify(toJson(backtest), null, 2)}\n`);
  else process.stdout.write(`${toText(backtest, reportPaint()).join('\n')}\n`);
  if (page !== undefined) {
    writeFileSync(page, toHtml(backtest, readAssets()));
    process.stderr.write(`\nreport ${relative(process.cwd(), page)}\n`);
  }
  return 0;
}

function flapMs(minutes: number): number {
  if (Number.isFinite(minutes) && minutes >= 0) return minutes * 60_000;
  throw new BacktestError(
    `--flap-minutes: not usable, got ${minutes}, expected a number from 0 on; correct it`,
  );
}

function readAssets(): PageAssets {
  const uplot = join(dirname(require.resolve('uplot/package.json')), 'dist');
  return {
    uplotScript: readFileSync(join(uplot, 'uPlot.iife.min.js'), 'utf8'),
    uplotStyle: readFileSync(join(uplot, 'uPlot.min.css'), 'utf8'),
    pageScript: readFileSync(join(projectRoot, 'rehearsal/alarms/backtest/page-script.js'), 'utf8'),
  };
}
