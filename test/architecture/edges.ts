/** The calls that reach out of a pure program, and the only files that may make them. The list may only shrink. */

export interface BannedCall {
  readonly name: string;
  readonly pattern: RegExp;
  readonly instead: string;
  /** Path of each file that may, with the reason. */
  readonly exceptions: Readonly<Record<string, string>>;
}

const clockOf = 'the one clock of its runtime';

export const bannedCalls: readonly BannedCall[] = [
  {
    name: 'Date.now',
    pattern: /\bDate\.now\b/,
    instead: 'take the time as an argument, or a Clock and call now()',
    exceptions: {
      'service/clock.ts': clockOf,
      'rehearsal/clock.ts': clockOf,
      'lambda/remediation/aws.ts': clockOf,
    },
  },
  {
    name: 'new Date()',
    pattern: /\bnew Date\(\s*\)/,
    instead: 'take the time as an argument; new Date(number) is for formatting',
    exceptions: {},
  },
  {
    name: 'setTimeout, setInterval',
    pattern: /(?<!\.)\bset(Timeout|Interval)\b/,
    instead: "take a Clock and call after(), or everyAligned() and everyPeriod() of the runtime's clock",
    exceptions: {
      'bin/rehearse.ts': 'looks whether npm, which started it, is still there',
      'service/clock.ts': clockOf,
      'rehearsal/clock.ts': clockOf,
      'lambda/remediation/aws.ts': 'the pause between two tries of one call',
    },
  },
  {
    name: 'node:timers',
    pattern: /\bnode:timers\b/,
    instead: "take a Clock of the runtime's own clock module",
    exceptions: {},
  },
  {
    name: 'AbortSignal.timeout',
    pattern: /\bAbortSignal\.timeout\b/,
    instead: 'take a Clock and abort from after()',
    exceptions: {
      'lambda/remediation/aws.ts': 'the limit of one call to AWS, in the adapter that makes it',
      'service/ready.ts': 'the limit of one request, in a program that is nothing but that request',
      'rehearsal/faults.ts': 'the limit of one request to the service under test',
      'rehearsal/traffic.ts': 'the patience of one client, which is what is being rehearsed',
      'bench/service-load.ts': 'the limit of one request to the service that is measured',
    },
  },
  {
    name: 'performance.now, process.hrtime',
    pattern: /\b(performance\.now|process\.hrtime)\b/,
    instead: 'take a Clock and call elapsedMs()',
    exceptions: {
      'service/clock.ts': clockOf,
      'bench/alarms.ts': 'measures',
      'bench/drift.ts': 'measures',
      'bench/alarms-run.ts': 'measures',
      'bin/check.js': 'prints how long each check took; runs before anything is installed',
    },
  },
  {
    name: 'Math.random',
    pattern: /\bMath\.random\b/,
    instead: 'take a function that returns the next random number',
    exceptions: {},
  },
  {
    name: 'node:crypto randomness',
    pattern: /\brandom(UUID|Int|Bytes)\b/,
    instead: 'take a function that returns a new id or number',
    exceptions: {
      'service/main.ts': 'hands ids and randomness to the application',
      'rehearsal/world.ts': 'hands ids to every part of the rehearsal',
      'rehearsal/endpoint/endpoint.ts': 'a request id that nothing decides by',
    },
  },
  {
    name: 'process.env',
    pattern: /\bprocess\.env\b/,
    instead: 'take the value as an argument from bin/ or from the entry of the runtime',
    exceptions: {
      'bin/rehearse.ts': 'how the terminal wants to be written to',
      'bin/terminal.ts': 'how the terminal wants to be written to',
      'bin/vigia.js': 'silences a warning of the AWS SDK before it is loaded',
      'bin/setup.js': 'runs npm with the environment of the caller',
      'bin/test.js': 'runs the tests with the environment of the caller',
      'service/main.ts': 'the entry of the service',
      'service/ready.ts': 'a program of its own, started by the unit',
      'lambda/remediation/handler.ts': 'the entry of the function',
      'rehearsal/world.ts': 'passes PATH on to what it starts',
      'rehearsal/host/host.ts': 'passes PATH on to what it starts',
      'rehearsal/lambda/bootstrap.ts':
        'the entry of the Lambda process, told by its environment as AWS tells it',
      'rehearsal/lambda/runtime-console.ts': 'runs inside the Lambda process',
    },
  },
  {
    name: 'import() or require() of a computed name',
    pattern: /\b(import|require)\s*\(\s*(?!["'`)])/,
    instead: 'import by a literal name, so that the arrows can be checked',
    exceptions: {
      'bin/load-config.ts': "loads the user's own file when a command needs it, to tell its mistakes well",
      'rehearsal/lambda/bootstrap.ts': 'loads the shipped bundle, whose path is known when it runs',
    },
  },
];
