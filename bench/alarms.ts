/**
 * How fast alarms are evaluated: days through all alarms of the app, how cost and memory grow with the data, and equal
 * rules beside `promtool test rules` where that is installed. Run with `npm run bench:alarms`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measured } from './alarms-run';
import { describeMachine, median } from './machine';

/** An odd number, so that one run is the middle. */
const runs = 3;
const month = 30;
/** Once, ten times and a hundred times as much. */
const growth = [1, 10, 100];

/** Rules that both can express: a series below one for three evaluations in a row. */
const equalRules = 10;
const equalHours = 24;
const stepSeconds = 10;

/** The app of vigia.config.ts, synthesised as people do it. */
function synthesise(directory: string): void {
  const cdk = join(__dirname, '..', 'node_modules', '.bin', 'cdk');
  const child = spawnSync(cdk, ['synth', '--quiet', '--output', directory], {
    encoding: 'utf8',
    cwd: join(__dirname, '..'),
  });
  if (child.status !== 0) throw new Error(`bench: cdk synth failed: ${child.stdout}${child.stderr}`);
}

function measure(assembly: string, days: number): Measured {
  const program = join(__dirname, 'alarms-run.ts');
  const child = spawnSync(
    process.execPath,
    ['--expose-gc', '--import', 'tsx', program, assembly, String(days)],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  if (child.status !== 0)
    throw new Error(`bench: a run of ${days} days failed with exit code ${child.status}`);
  return JSON.parse(child.stdout) as Measured;
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function row(days: number, measured: readonly Measured[]): string {
  const [first] = measured;
  const seconds = median(measured.map((run) => run.seconds));
  const datapoints = first?.datapoints ?? 0;
  const peak = median(measured.map((run) => run.peakMegabytes));
  const kept = median(measured.map((run) => run.heapAfterMegabytes - run.heapBeforeMegabytes));
  return [
    `${days} days`.padStart(9),
    thousands(datapoints).padStart(12),
    `${seconds.toFixed(2)} s`.padStart(9),
    `${thousands(datapoints / seconds)}/s`.padStart(12),
    `${thousands((seconds * 1e9) / datapoints)} ns`.padStart(10),
    `${peak} MB`.padStart(8),
    `${kept} MB`.padStart(10),
    thousands(first?.transitions ?? 0).padStart(11),
  ].join('  ');
}

/** The wall time of a whole process, in seconds. */
function timed(command: string, args: readonly string[]): number {
  const seconds = Array.from({ length: runs }, () => {
    const startedAt = performance.now();
    const child = spawnSync(command, args, { encoding: 'utf8' });
    if (child.status !== 0) throw new Error(`bench: ${command} failed: ${child.stdout}${child.stderr}`);
    return (performance.now() - startedAt) / 1000;
  });
  return median(seconds);
}

/** One day of good values, three bad ones in the middle. */
const half = (equalHours * 3600) / stepSeconds / 2;

function prometheusFiles(directory: string): string {
  const names = Array.from({ length: equalRules }, (_, index) => `m${index}`);
  const rules = names.map((name) => ({
    alert: `${name}Low`,
    expr: `${name} < 1`,
    for: `${2 * stepSeconds}s`,
  }));
  const tests = {
    rule_files: ['rules.json'],
    evaluation_interval: `${stepSeconds}s`,
    tests: [
      {
        interval: `${stepSeconds}s`,
        input_series: names.map((series) => ({ series, values: `1x${half} 0x3 1x${half}` })),
        alert_rule_test: names.map((name) => ({
          eval_time: `${equalHours}h`,
          alertname: `${name}Low`,
          exp_alerts: [],
        })),
      },
    ],
  };
  // JSON is YAML too.
  writeFileSync(join(directory, 'rules.json'), JSON.stringify({ groups: [{ name: 'g', rules }] }));
  writeFileSync(join(directory, 'tests.json'), JSON.stringify(tests));
  return join(directory, 'tests.json');
}

function vigiaFiles(directory: string): string[] {
  const names = Array.from({ length: equalRules }, (_, index) => `m${index}`);
  const alarm = (name: string): object => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${name}Low`,
      Namespace: 'Bench',
      MetricName: name,
      Statistic: 'Minimum',
      Period: stepSeconds,
      EvaluationPeriods: 3,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'notBreaching',
    },
  });
  const template = { Resources: Object.fromEntries(names.map((name) => [name, alarm(name)])) };
  const tests = {
    tests: [
      {
        name: 'a day',
        series: names.map((metric) => ({
          namespace: 'Bench',
          metric,
          resolution: 1,
          step: `${stepSeconds}s`,
          values: `1x${half} 0x3 1x${half}`,
        })),
        expect: names.map((name) => ({ at: `${equalHours}h`, [`${name}Low`]: 'OK' })),
      },
    ],
  };
  writeFileSync(join(directory, 'template.json'), JSON.stringify(template));
  writeFileSync(join(directory, 'vigia.yaml'), JSON.stringify(tests));
  const program = join(__dirname, '..', 'bin', 'vigia.js');
  return [
    program,
    'alarms',
    'test',
    join(directory, 'vigia.yaml'),
    '--template',
    join(directory, 'template.json'),
  ];
}

function comparePromtool(): string[] {
  if (spawnSync('promtool', ['--version']).status !== 0)
    return ['promtool is not installed: nothing to compare with'];
  const directory = mkdtempSync(join(tmpdir(), 'vigia-bench-'));
  try {
    const theirs = timed('promtool', ['test', 'rules', prometheusFiles(directory)]);
    const ours = timed(process.execPath, vigiaFiles(directory));
    const evaluations = (equalRules * equalHours * 3600) / stepSeconds;
    return [
      `${equalRules} equal rules, ${equalHours} h at ${stepSeconds} s, ${thousands(evaluations)} evaluations, whole processes, median of ${runs}:`,
      `  promtool test rules  ${theirs.toFixed(2)} s`,
      `  vigia alarms test    ${ours.toFixed(2)} s   ${(theirs / ours).toFixed(1)} times as fast`,
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function main(): void {
  const assembly = mkdtempSync(join(tmpdir(), 'vigia-bench-'));
  try {
    synthesise(assembly);
    console.log(describeMachine());
    const header = [
      '       of',
      '  datapoints',
      '     time',
      '  datapoints',
      '      each',
      '  memory',
      '  kept after',
      'transitions',
    ];
    console.log(`\nAll alarms of the app, one process on one core, median of ${runs} runs\n`);
    console.log(header.join('  '));
    for (const days of [month, ...growth]) {
      console.log(
        row(
          days,
          Array.from({ length: runs }, () => measure(assembly, days)),
        ),
      );
      if (days === month) console.log('');
    }
    console.log(`\n${comparePromtool().join('\n')}`);
  } finally {
    rmSync(assembly, { recursive: true, force: true });
  }
}

main();
