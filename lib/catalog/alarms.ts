/**
 * Every alarm: what is wrong, for how long, what silence means, how bad it is, and what may be done about it.
 * Names, runbook links and descriptions are derived from the key; none is typed here.
 */
import type { Alarm } from './alarm';
import { keyed } from './keyed';
import { modelAlarms } from './model-alarms';

export type { Alarm, MathSignal, MetricSignal, Reading, Severity, Statistic } from './alarm';

export const alarms = keyed({
  errorRateHigh: {
    summary: 'Too many predictions fail.',
    signal: {
      kind: 'math',
      expression: 'IF(total >= {minimumSamples}, 100 * errors / total)',
      label: 'error rate, percent',
      inputs: {
        errors: { metric: 'predictionErrors', statistic: 'Sum' },
        total: { metric: 'predictionCount', statistic: 'Sum' },
      },
    },
    periodSeconds: 10,
    breaches: { above: 5 },
    because:
      'One failed call in twenty is what clients with a single retry begin to notice; usual is below 0.1 percent.',
    // Three of four: a spike shorter than ten seconds touches at most two periods and must not page.
    datapoints: { toAlarm: 3, outOf: 4 },
    minimumSamples: 20,
    whenMissing: {
      treat: 'notBreaching',
      because: 'Too little traffic is no evidence of errors; silence itself is watched by serviceDown.',
    },
    severity: 'page',
    remedy: 'recoverService',
    route: 'remediation',
    owner: 'observation',
    reading: { noun: 'error rate', unit: '%', decimals: 1 },
  },
  latencyP95High: {
    summary: 'Predictions are slow.',
    signal: {
      kind: 'math',
      expression: 'IF(total >= {minimumSamples}, latency)',
      label: 'p95 latency, ms',
      inputs: {
        latency: { metric: 'predictionLatency', statistic: 'p95' },
        total: { metric: 'predictionCount', statistic: 'Sum' },
      },
    },
    periodSeconds: 10,
    breaches: { above: 250 },
    because: 'Callers of an online model give it about 300 ms; the model itself needs less than 5.',
    datapoints: { toAlarm: 3, outOf: 4 },
    minimumSamples: 20,
    whenMissing: {
      treat: 'notBreaching',
      because: 'A percentile of few calls says nothing; silence itself is watched by serviceDown.',
    },
    severity: 'page',
    remedy: 'recoverService',
    route: 'remediation',
    owner: 'observation',
    reading: { noun: 'p95 latency', unit: 'ms', decimals: 0 },
  },
  ...modelAlarms,
  serviceDown: {
    summary: 'The service does not answer, or has gone silent.',
    signal: { kind: 'metric', metric: 'serviceUp', statistic: 'Minimum' },
    periodSeconds: 10,
    breaches: { below: 1 },
    because:
      'The heartbeat is 1 in every flush in which the service answered itself, and absent in any other.',
    // One point: with `breaching`, CloudWatch still reaches back over its evaluation range before it fills,
    // so one late datapoint does not page; about 30 seconds of silence do.
    datapoints: { toAlarm: 1, outOf: 1 },
    whenMissing: { treat: 'breaching', because: 'A dead service sends nothing: silence is the symptom.' },
    warmUpMinutes: 60,
    severity: 'page',
    remedy: 'recoverService',
    route: 'remediation',
    owner: 'observation',
    reading: {
      noun: 'heartbeat',
      unit: '',
      decimals: 0,
      words: { bad: 'service does not answer', good: 'service answers' },
    },
  },
  hostStatusCheckFailed: {
    summary: 'EC2 reports that the host, or the machine below it, is impaired.',
    signal: { kind: 'metric', metric: 'statusCheckFailed', statistic: 'Maximum' },
    periodSeconds: 60,
    breaches: { above: 0 },
    because: 'The metric is 0 or 1.',
    datapoints: { toAlarm: 2, outOf: 3 },
    whenMissing: {
      treat: 'missing',
      because: 'EC2 publishes nothing while a host is being replaced; serviceDown watches what users feel.',
    },
    severity: 'page',
    // A command cannot reach an impaired host; EC2's own automatic recovery is on by default.
    remedy: null,
    route: 'remediation',
    owner: 'host',
    reading: {
      noun: 'failed status checks',
      unit: '',
      decimals: 0,
      words: { bad: 'EC2 status check fails', good: 'EC2 status checks pass' },
    },
  },
  memoryHigh: {
    summary: 'The host is running out of memory.',
    signal: { kind: 'metric', metric: 'memUsed', statistic: 'Average' },
    periodSeconds: 60,
    breaches: { above: 90 },
    because: 'Above 90 percent the kernel begins to drop caches that inference needs, and then to kill.',
    datapoints: { toAlarm: 3, outOf: 5 },
    whenMissing: {
      treat: 'missing',
      because: 'No data means that the agent is silent, not that memory is full.',
    },
    severity: 'page',
    remedy: null,
    route: 'remediation',
    owner: 'observation',
    reading: { noun: 'memory in use', unit: '%', decimals: 0 },
  },
  diskFull: {
    summary: 'The root volume is nearly full.',
    signal: { kind: 'metric', metric: 'diskUsed', statistic: 'Maximum' },
    periodSeconds: 60,
    breaches: { above: 85 },
    because: 'Fifteen percent of the default 16 GiB is 2.4 GiB, which leaves time for office hours.',
    datapoints: { toAlarm: 3, outOf: 5 },
    whenMissing: {
      treat: 'missing',
      because: 'No data means that the agent is silent, not that the disk is full.',
    },
    severity: 'ticket',
    remedy: 'freeDisk',
    route: 'remediation',
    owner: 'observation',
    reading: { noun: 'disk in use', unit: '%', decimals: 0 },
  },
  telemetryLost: {
    summary: 'The service cannot write its metrics or its log: what happens meanwhile may stay unknown.',
    signal: { kind: 'metric', metric: 'telemetryLost', statistic: 'Maximum' },
    periodSeconds: 60,
    breaches: { above: 0 },
    because: 'Every line that is missing from its file is one that nobody will read.',
    // A disk that is full for a moment loses nothing: lines wait in memory and are written late.
    datapoints: { toAlarm: 3, outOf: 5 },
    whenMissing: {
      treat: 'notBreaching',
      because: 'The service tells of it in its metrics; when these are silent, serviceDown speaks.',
    },
    severity: 'ticket',
    // Predictions go on. A restart would throw away the lines that still wait in memory.
    remedy: null,
    route: 'remediation',
    owner: 'observation',
    reading: { noun: 'missing lines', unit: '', decimals: 0 },
  },
  remediationErrors: {
    summary: 'The remediation function fails: nobody repairs anything, and no readable mail is written.',
    signal: { kind: 'metric', metric: 'remediationErrors', statistic: 'Sum' },
    periodSeconds: 60,
    breaches: { above: 0 },
    because: 'A working remediation never errs: bad input goes to the dead-letter queue instead.',
    // A broken function fails each minute; a single failure is retried and must not wake anybody.
    datapoints: { toAlarm: 2, outOf: 3 },
    whenMissing: {
      treat: 'notBreaching',
      because: 'Lambda publishes no Errors datapoint for a minute without calls.',
    },
    severity: 'page',
    remedy: null,
    route: 'direct',
    owner: 'remediation',
    reading: { noun: 'failed invocations', unit: '', decimals: 0 },
  },
  remediationDeadLetters: {
    summary: 'Alarm messages wait in the dead-letter queue: nobody has handled them.',
    signal: { kind: 'metric', metric: 'deadLetters', statistic: 'Maximum' },
    periodSeconds: 60,
    breaches: { above: 0 },
    because: 'Each message there is an alarm that nobody acted on.',
    datapoints: { toAlarm: 1, outOf: 1 },
    whenMissing: {
      treat: 'notBreaching',
      because: 'SQS stops publishing for a queue that has been idle for hours.',
    },
    severity: 'page',
    remedy: null,
    route: 'direct',
    owner: 'remediation',
    reading: { noun: 'dead letters', unit: '', decimals: 0 },
  },
  remediationSilent: {
    summary:
      'The remediation function has not run for at least five minutes, although a schedule calls it every minute.',
    signal: { kind: 'metric', metric: 'remediationInvocations', statistic: 'Sum' },
    periodSeconds: 60,
    breaches: { below: 1 },
    because: 'A schedule calls the function every minute, so a minute without a call is a broken path.',
    datapoints: { toAlarm: 5, outOf: 5 },
    whenMissing: { treat: 'breaching', because: 'No invocation, no datapoint: silence is the symptom.' },
    warmUpMinutes: 15,
    severity: 'page',
    remedy: null,
    route: 'direct',
    owner: 'remediation',
    reading: { noun: 'invocations', unit: '', decimals: 0 },
  },
} satisfies Record<string, Alarm>) as Readonly<Record<AlarmKey, Alarm & { readonly key: AlarmKey }>>;

export type AlarmKey =
  | 'errorRateHigh'
  | 'latencyP95High'
  | 'confidenceLow'
  | 'driftDetected'
  | 'accuracyLow'
  | 'degradedMode'
  | 'serviceDown'
  | 'hostStatusCheckFailed'
  | 'memoryHigh'
  | 'diskFull'
  | 'telemetryLost'
  | 'remediationErrors'
  | 'remediationDeadLetters'
  | 'remediationSilent';

export const alarmKeys = Object.keys(alarms) as AlarmKey[];
