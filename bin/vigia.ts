/** The command line. Each command is one file beside this one; here are only names, options and exit codes. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { ConfigError } from '../lib/config/config';
import { AssetError } from '../lib/render/cloudformation/asset-error';
import { BacktestError } from '../rehearsal/alarms/backtest/backtest-error';
import { UnknownAlarm } from '../rehearsal/alarms/find-alarm';
import { AlarmTestError } from '../rehearsal/alarms/scenario/read';
import { SeriesError } from '../rehearsal/alarms/series/series-error';
import { TemplateError } from '../rehearsal/alarms/template/template-error';
import { AssemblyError } from '../rehearsal/assembly';
import { FaultRefused } from '../rehearsal/faults';
import { NotRehearsable } from '../rehearsal/not-rehearsable';
import { ScenarioError } from '../rehearsal/scenario';
import { addAlarmsCommands } from './alarms-commands';
import type { CostOptions } from './cost';
import { defaultScenario } from './default-scenario';
import { addDriftCommands } from './drift-commands';
import type { ModelCheckOptions } from './model-check';
import type { RehearseOptions } from './rehearse';
import type { ReleaseOptions } from './release';
import { UsageError } from './usage-error';

/** Bad input or usage, as DESIGN and every shell tool have it. */
const usageExitCode = 2;

const usersMistakes = [
  AlarmTestError,
  BacktestError,
  SeriesError,
  TemplateError,
  UnknownAlarm,
  ConfigError,
  AssetError,
  AssemblyError,
  FaultRefused,
  NotRehearsable,
  ScenarioError,
  UsageError,
];

function wholeNumber(name: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(
      `${name}: not usable, got '${text}', expected a whole number from ${least} to ${most}.`,
    );
  };
}

function amount(name: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value) && value >= 0) return value;
    throw new InvalidArgumentError(`${name}: not usable, got '${text}', expected a number from 0 on.`);
  };
}

function program(setExitCode: (code: number) => void): Command {
  const vigia = new Command('vigia')
    .description(
      'An ML inference host that watches itself, repairs what it safely can, and is rehearsed before it is deployed.',
    )
    .exitOverride()
    // Options after the name of a command are that command's: `drift` and `drift baseline` have some of the same name.
    .enablePositionalOptions()
    .showHelpAfterError('(vigia --help shows every command)');

  vigia
    .command('rehearse')
    .description('rehearses scenarios on this machine: fault, alarm, mail, remediation, recovery')
    .argument('[scenario...]', `names from scenarios/; ${defaultScenario} when none is given`)
    .option('--json', 'one JSON document on standard output, everything else on standard error', false)
    .option('--plain', 'plain lines even on a terminal', false)
    .option('--keep', 'stays up afterwards, and keeps the sandbox directory', false)
    .option(
      '--port <number>',
      'port of the AWS endpoint; a free one when absent',
      wholeNumber('--port', 0, 65_535),
      0,
    )
    .option('--assembly <directory>', 'a cloud assembly; synthesised from vigia.config.ts when absent')
    .option('--stage <name>', 'stage to synthesise; the first one when absent')
    .option('--out <directory>', 'where reports are written', 'out')
    .option('--jobs <number>', 'scenarios at the same time', wholeNumber('--jobs', 1, 16))
    .option('--capabilities', 'lists what the rehearsal honours and what it ignores, and ends', false)
    .addHelpText('after', '\nExample:\n  npx vigia rehearse error-burst crash --json > runs.json')
    .action(async (names: string[], options: RehearseOptions & { capabilities: boolean }) => {
      if (options.capabilities) {
        const { capabilities }: typeof import('../rehearsal/capabilities') =
          require('../rehearsal/capabilities');
        process.stdout.write(`${JSON.stringify(capabilities(), null, 2)}\n`);
        return;
      }
      // Each command loads what it needs: a test of alarms must not wait for mail servers and the CDK.
      const { rehearse }: typeof import('./rehearse') = require('./rehearse');
      setExitCode(await rehearse(names, options));
    });

  vigia
    .command('render')
    .description('writes agent-config/, generated/ and docs/runbooks/ from the catalog')
    .option('--check', 'writes nothing; exit 1 when a file differs', false)
    .addHelpText('after', '\nExample:\n  npx vigia render --check')
    .action(async (options: { check: boolean }) => {
      const { render }: typeof import('./render') = require('./render');
      setExitCode(await render(options));
    });

  vigia
    .command('release')
    .description('builds the service as a release, and prints the commands that bring it onto the host')
    .option('--stage <name>', 'stage to build for; the first one when absent')
    .option('--out <directory>', 'where the archive is written', 'out')
    .option('--json', 'one JSON document on standard output', false)
    .addHelpText('after', '\nExample:\n  npx vigia release --stage prod --out out/releases')
    .action(async (options: ReleaseOptions) => {
      const { release }: typeof import('./release') = require('./release');
      setExitCode(await release(options));
    });

  vigia
    .command('cost')
    .description('what a stage costs in a month, line by line, and how near it comes to quotas')
    .option('--stage <name>', 'stage to price; the first one when absent')
    .option(
      '--requests-per-second <number>',
      'mean over the month; 10 when absent',
      amount('--requests-per-second'),
    )
    .option('--budget <usd>', 'exit 1 when a month costs more', amount('--budget'))
    .option(
      '--host-usd-per-hour <usd>',
      'what you pay for the host; its list price when absent',
      amount('--host-usd-per-hour'),
    )
    .option('--json', 'one JSON document on standard output', false)
    .addHelpText('after', '\nExample:\n  npx vigia cost --stage prod --requests-per-second 100 --budget 250')
    .action((options: CostOptions) => {
      const { cost }: typeof import('./cost') = require('./cost');
      setExitCode(cost(options));
    });

  vigia
    .command('model')
    .description('looks at models of your own')
    .command('check')
    .description('loads a model as the service would, asks it its probe, and shows what it takes and answers')
    .argument('<directory>', 'where model.onnx and model.json lie')
    .option('--json', 'one JSON document on standard output', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 it can be served, 2 it cannot, with the reason.\n\nExample:\n  npx vigia model check models/churn',
    )
    .action(async (directory: string, options: ModelCheckOptions) => {
      const { modelCheck }: typeof import('./model-check') = require('./model-check');
      setExitCode(await modelCheck(directory, options));
    });

  addAlarmsCommands(vigia, setExitCode);
  addDriftCommands(vigia, setExitCode);
  return vigia;
}

/** Whoever read the output may have seen enough: `vigia ... | head`. Anything else that keeps it from being written is told. */
function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    process.stderr.write(
      `output: cannot be written, got ${error.code ?? error.message}, expected room for it; redirect it elsewhere\n`,
    );
    process.exit(usageExitCode);
  });
}

async function main(): Promise<void> {
  watchOutput();
  try {
    await program((code) => {
      process.exitCode = code;
    }).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : usageExitCode;
      return;
    }
    const isUsersMistake = usersMistakes.some((kind) => error instanceof kind);
    console.error(isUsersMistake ? (error as Error).message : error);
    process.exitCode = isUsersMistake ? usageExitCode : 1;
  }
}

void main();
