/** The shape of `vigia.config.ts`: what may be set, in which unit, and what holds when nothing is said. */
import { z } from 'zod';
import { applicationStatusCheck, health, loadBalancer } from './health';
import { workload } from './workload';

/** Service and stage become part of every resource name, and some of those stop at 64 characters. */
const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,30}[a-z0-9]$/, 'expected 3 to 32 lower-case letters, digits or hyphens');

const email = z.email('expected an e-mail address such as oncall@example.com');

/** Each one is let in to the service's port, so the whole internet is none of them. */
const cidr = z
  .cidrv4('expected a CIDR block such as 10.0.0.0/16')
  .refine((block) => !block.endsWith('/0'), 'expected a network that is not the whole internet');
/** Two zones of 256 hosts fit many times; choose another block where networks are joined. */
const newVpcCidr = cidr.default('10.0.0.0/16');

const network = z.discriminatedUnion('kind', [
  /** A new VPC with one NAT gateway: the cheapest way out for a private host. */
  z.strictObject({ kind: z.literal('nat'), vpcCidr: newVpcCidr }),
  /** A new VPC without any way to the internet; AWS is reached through interface endpoints. */
  z.strictObject({ kind: z.literal('endpoints'), vpcCidr: newVpcCidr }),
  /** A VPC that exists. Everything is given, so that synthesis needs no look-up and no credentials. */
  z.strictObject({
    kind: z.literal('existing'),
    vpcId: z.string().regex(/^vpc-[0-9a-f]{8,17}$/, 'expected a VPC id such as vpc-0123456789abcdef0'),
    vpcCidr: cidr,
    availabilityZones: z.array(z.string().min(1)).min(1),
    privateSubnetIds: z
      .array(
        z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'expected a subnet id such as subnet-0123456789abcdef0'),
      )
      .min(1),
  }),
]);

const host = z.strictObject({
  /** A small burstable machine carries the sample model at hundreds of predictions a second. */
  instanceType: z
    .string()
    .regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'expected an EC2 instance type such as t3.small')
    .default('t3.small'),
  architecture: z.enum(['x86_64', 'arm64']).default('x86_64'),
  /** The standard Amazon Linux image needs 8; the rest is logs and two releases. */
  volumeGiB: z.number().int().min(8).max(1024).default(16),
  port: z.number().int().min(1024).max(65535).default(8080),
  /** Who may call the service, beside the VPC itself; never the whole internet. */
  clientCidrs: z.array(cidr).default([]),
  network: network.prefault({ kind: 'nat' }),
  loadBalancer: loadBalancer.prefault({ kind: 'none' }),
  applicationStatusCheck: applicationStatusCheck.prefault({}),
  /** How long it goes on serving after it was told to stop; 15 behind a balancer, else 0. A restart has to fit. */
  drainSeconds: z.number().int().min(0).max(15).optional(),
  /**
   * Release of the package repositories that the first boot installs from. The image's own when nothing is said:
   * each image is locked to its release, so the same image always gives the same versions.
   */
  packageRelease: z
    .string()
    .regex(/^2023\.\d+\.\d{8}$/, 'expected a release of Amazon Linux 2023 such as 2023.12.20260930')
    .optional(),
  /** Whether packages with a security advisory are updated every night. Nothing ever reboots by itself. */
  updates: z.enum(['security', 'off']).default('security'),
});

/** Read while the service runs: a change reaches it through a reload, without a restart. */
const switches = z.strictObject({
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** Share of ordinary predictions that leave a log line; failed, refused and slow ones always do. */
  logShare: z.number().min(0).max(1).default(0.05),
  /** Share of logged predictions whose feature values are written too; they may be personal data. */
  logFeaturesShare: z.number().min(0).max(1).default(0),
  /** Share of requests that are traced when their caller has not decided it. */
  traceShare: z.number().min(0).max(1).default(0.05),
  /** Whether answers come from the cache or the fallback: when the limits are passed, always, or never. */
  degraded: z.enum(['auto', 'on', 'off']).default('auto'),
});

const notifications = z.strictObject({
  /** Pages wake people. At least one address, or an alarm would speak to nobody. */
  page: z.array(email).min(1, 'expected at least one address, or nobody hears a page'),
  ticket: z.array(email).min(1, 'expected at least one address, or nobody reads a ticket'),
  timeZone: z.string().refine(isTimeZone, 'expected an IANA time zone such as Europe/Madrid').default('UTC'),
  /** Where the rendered runbook pages (docs/runbooks) are published. */
  runbookBaseUrl: z.url({ protocol: /^https$/, error: 'expected an https URL' }),
});

const remediation = z.strictObject({
  mode: z.enum(['off', 'dry-run', 'on']).default('dry-run'),
  /** Two tries, then a person: a third restart has never been better information than the second. */
  maxAttemptsPerIncident: z.number().int().min(1).max(5).default(2),
  /** More than this in 24 hours means that restarting hides a fault. */
  maxActionsPerDay: z.number().int().min(1).max(24).default(6),
  /** Two incidents this close together are one fault that the first restart did not fix. */
  cooldownMinutes: z.number().int().min(0).max(1440).default(30),
  /** How long the symptom may take to go: three alarm periods of history plus traffic to fill them. */
  verifySeconds: z.number().int().min(30).max(1800).default(120),
  /**
   * Trouble within an hour of a release is the release's more often than not; later a rollback would more likely undo a
   * day's work than cure anything. 0 never rolls back.
   */
  rollbackWithinMinutes: z.number().int().min(0).max(1440).default(60),
});

/** A header holds a key as a rule, so only the name of the parameter that keeps it is written down. */
const parameterName = z
  .string()
  .regex(
    /^(\/[a-zA-Z0-9_.-]+)+$/,
    'expected the name of a Systems Manager parameter such as /vigia/traces-headers',
  );

/** How much is traced is a switch; this is where it goes. */
const traces = z.union(
  [
    z.literal('off'),
    z.strictObject({
      /** So many requests a second are traced before the share; 1 is X-Ray's own default, and up to 13 USD a month. */
      reservoirPerSecond: z.number().int().min(0).max(100).default(0),
      /** Another OTLP backend than the agent on the host, with its whole path; then nothing goes to X-Ray. */
      endpoint: z
        .url({
          protocol: /^https$/,
          error: 'expected an https URL with its path such as https://otlp.example.com/v1/traces',
        })
        .optional(),
      /** SecureString parameter with one `name: value` a line, sent along to that backend. */
      headersParameter: parameterName.optional(),
    }),
  ],
  "expected 'off' or { reservoirPerSecond: a whole number from 0 to 100, endpoint: an https URL, headersParameter: a name }, each of which may be left out",
);

/** When callers are answered without the model, if there is something to answer; always marked, always counted. */
const degraded = z.strictObject({
  /** From here on a caller is not made to wait. Callers of an online model give it about 300 ms; the rest is the network's. */
  latencyLimitMs: z.number().min(1).max(30_000).default(250),
  /** Share of failed calls in ten seconds from which on the model is left alone: when half fail, asking is a coin toss. */
  errorLimit: z.number().gt(0).max(1).default(0.5),
  /** Rows that may wait; more are turned away. The sample model answers so many in about ten milliseconds. */
  maxWaitingRows: z.number().int().min(256).max(1_000_000).default(4096),
  /** Rows whose answers are kept; twenty numbers and an answer of two classes take about a hundred bytes. */
  maxCachedRows: z.number().int().min(0).max(1_000_000).default(10_000),
});

/** A threshold override: a number in the alarm's own unit, or text with that unit, such as '400 ms'. */
const threshold = z.union(
  [z.number(), z.string()],
  "expected a number, or text with the alarm's unit such as '400 ms'",
);

/** Windows of rows that are judged together, again at the end of each. */
const drift = z.strictObject({
  windowMinutes: z.number().int().min(1).max(1440).default(60),
  /** A day, for hours differ from one another and days much less; 168 where weekdays differ more. */
  windows: z.number().int().min(1).max(1000).default(24),
});

const stage = z.strictObject({
  service: name,
  /** Without it the stacks deploy wherever the credentials point. */
  env: z
    .strictObject({
      account: z.string().regex(/^\d{12}$/, 'expected a 12-digit account number'),
      region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region such as eu-west-1'),
    })
    .optional(),
  host: host.prefault({}),
  health: health.prefault({}),
  model: z
    .strictObject({
      /** Directory with model.onnx and model.json. */
      directory: z.string().min(1).default('service/model'),
      lowConfidenceBelow: z.number().gt(0).lt(1).default(0.6),
      /** `auto` walks tree ensembles in the service itself, five times faster; `runtime` leaves everything to onnxruntime. */
      engine: z.enum(['auto', 'runtime']).default('auto'),
    })
    .prefault({}),
  switches: switches.prefault({}),
  degraded: degraded.prefault({}),
  /** A service of your own in the place of the one that comes with Vigía: docs/bring-your-own-service.md. */
  workload: workload.prefault({ kind: 'model' }),
  drift: drift.prefault({}),
  notifications,
  traces: traces.prefault({}),
  thresholds: z.record(z.string(), threshold).default({}),
  remediation: remediation.prefault({}),
  /** Days that CloudWatch Logs keeps the log groups; only values that the service accepts. */
  logRetentionDays: z
    .union(
      [z.literal(1), z.literal(3), z.literal(7), z.literal(14), z.literal(30), z.literal(90), z.literal(365)],
      'expected 1, 3, 7, 14, 30, 90 or 365 days',
    )
    .default(30),
  /** Whether the incident table goes with the stack. */
  keepIncidents: z.boolean().default(true),
});

export const configSchema = z.strictObject({
  stages: z
    .record(name, stage)
    .refine((stages) => Object.keys(stages).length > 0, 'expected at least one stage'),
});

export type ConfigInput = z.input<typeof configSchema>;
export type StageInput = z.input<typeof stage>;
export type StageSettings = z.output<typeof stage>;
export type NetworkSettings = z.output<typeof network>;

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
