/** The names and options of `vigia alarms ...`; what the commands do is in the files beside this one. */
import { type Command, InvalidArgumentError } from 'commander';
import {
  type AlarmsBacktestOptions,
  alarmsBacktest,
  defaultFlapMinutes,
  defaultNight,
} from './alarms-backtest';
import { type AlarmsExplainOptions, alarmsExplain } from './alarms-explain';
import { type AlarmsTestOptions, alarmsTest } from './alarms-test';

type Pairs = Readonly<Record<string, string>>;

/** `Name=value`, given several times. */
function pair(text: string, before: Pairs): Pairs {
  const at = text.indexOf('=');
  if (at > 0) return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
  throw new InvalidArgumentError(`not usable, got '${text}', expected Name=value.`);
}

function list(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

function minutes(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError(`not usable, got '${text}', expected a number of minutes from 0 on.`);
}

/** What all three need to find the alarms. */
function withTemplate(command: Command): Command {
  return command
    .option(
      '--template <file>',
      'CloudFormation template (JSON or YAML), cloud assembly, or output of describe-alarms; several times for several; the stacks of vigia.config.ts when absent',
      list,
      [],
    )
    .option('--parameter <Name=value>', 'value of a template parameter', pair, {})
    .option('--resource <LogicalId=id>', 'what Ref, or with LogicalId.Attribute what GetAtt gives', pair, {})
    .option('--region <region>', 'region of the template')
    .option('--account <id>', 'account of the template')
    .option('--skip <alarm>', 'leaves an alarm out; several times for several', list, [])
    .option('--stage <name>', 'stage to synthesise; the first one when absent');
}

/** What backtest and explain need to find the data. */
function withSeries(command: Command): Command {
  return withTemplate(command)
    .option(
      '--series <file>',
      'recorded data: CSV, output of get-metric-data, Prometheus range answer, or a recording of a rehearsal; several times for several',
      list,
      [],
    )
    .option(
      '--from-cloudwatch',
      "asks CloudWatch for the data, with the AWS SDK's credentials and region",
      false,
    )
    .option('--queries <file>', 'the queries that get-metric-data was asked')
    .option('--namespace <namespace>', 'namespace of Prometheus series')
    .option('--mapping <file>', 'which metric each Prometheus series is')
    .option('--from <time>', 'when the alarms are created, ISO 8601; data before it is known to them')
    .option('--to <time>', 'the last evaluation, ISO 8601')
    .option('--timezone <zone>', 'zone for nights and for times in text', 'UTC');
}

interface Common {
  readonly parameter: Pairs;
  readonly resource: Pairs;
  readonly account?: string | undefined;
}

/** Options under the names that people type, as the names that the commands use. */
function named<T extends Common>({ parameter, resource, account, ...rest }: T) {
  return { ...rest, parameters: parameter, resources: resource, accountId: account };
}

type Typed<T> = Omit<T, 'parameters' | 'resources' | 'accountId'> & Common;

/** Adds `alarms test`, `alarms backtest` and `alarms explain`. */
export function addAlarmsCommands(vigia: Command, setExitCode: (code: number) => void): void {
  const alarms = vigia
    .command('alarms')
    .description('tests the alarms of a template, plays recorded data through them, explains their states');

  withTemplate(alarms.command('test'))
    .description('runs tests of alarms on a virtual clock: series in, states, actions and mails out')
    .argument('[files...]', 'test files or folders; scenarios/alarms when none is given')
    .option('--coverage', 'fails when an alarm lacks a firing, a quiet or a missing-data case', false)
    .option('--json', 'one JSON document on standard output', false)
    .option('--junit <file>', 'writes a JUnit report')
    .option('--watch', 'runs again when a test, template or series file changes', false)
    .addHelpText(
      'after',
      '\nExample:\n  npx vigia alarms test alarms.test.yaml --template template.yaml --coverage',
    )
    .action(async (files: string[], options: Typed<AlarmsTestOptions>) =>
      setExitCode(await alarmsTest(files, named(options))),
    );

  withSeries(alarms.command('backtest'))
    .description(
      'recorded data through the alarms: every page they would have sent, and what other limits would have done',
    )
    .option(
      '--set <ALARM.property=values>',
      'compares values side by side, as errorRateHigh.threshold=2,3,5',
      list,
      [],
    )
    .option('--alarm <name>', 'shows this alarm only; several times for several', list, [])
    .option(
      '--pages-to <text>',
      'only actions whose ARN holds this text are pages; all are when absent',
      list,
      [],
    )
    .option('--night <hours>', 'when a page wakes somebody', defaultNight)
    .option('--flap-minutes <number>', 'an ALARM shorter than this is a flap', minutes, defaultFlapMinutes)
    .option('--json', 'one JSON document on standard output', false)
    .option('--html <file>', 'where the page is written; out/backtest/report.html when absent')
    .addHelpText(
      'after',
      '\nExample:\n  npx vigia alarms backtest --series march.csv --set errorRateHigh.threshold=2,3,5',
    )
    .action(async (options: Typed<AlarmsBacktestOptions>) =>
      setExitCode(await alarmsBacktest(named(options))),
    );

  withSeries(alarms.command('explain'))
    .description('why an alarm is in its state, evaluation by evaluation')
    .argument('<alarm>', 'its name, its logical id, or the end of its name')
    .option('--at <time>', 'only the last evaluation not after this time, ISO 8601')
    .option('--all', 'every evaluation, not only those at which something is new', false)
    .option('--json', 'one JSON document on standard output', false)
    .addHelpText(
      'after',
      '\nExample:\n  npx vigia alarms explain errorRateHigh --series march.csv --at 2026-03-04T10:00:00Z',
    )
    .action(async (alarm: string, options: Typed<AlarmsExplainOptions>) =>
      setExitCode(await alarmsExplain(alarm, named(options))),
    );
}
