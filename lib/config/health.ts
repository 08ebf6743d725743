/** The checks of a host's health, beside those that the service makes of itself. */
import { z } from 'zod';

/** What the service looks at in any case; their names are in the same answer. */
const taken = ['model', 'eventLoop', 'metricsFile'];

const common = {
  name: z
    .string()
    .regex(
      /^[a-z][A-Za-z0-9-]{0,39}$/,
      'expected up to 40 letters, digits or hyphens, the first a small letter',
    )
    .refine(
      (name) => !taken.includes(name),
      `expected a name that the service does not use itself (${taken.join(', ')})`,
    ),
  /** A balancer gives the whole answer four seconds. */
  timeoutMs: z.number().int().min(50).max(3000).default(1000),
  /** What all hosts share must not be critical: it would take all of them out of service at once. */
  critical: z.boolean().default(false),
};

/** Whoever acts on health looks every five seconds; more often nobody would notice. */
const everySeconds = z.number().int().min(1).max(300).default(5);

const check = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('http'),
    ...common,
    url: z
      .url({ protocol: /^https?$/, error: 'expected a URL with http or https' })
      .max(200)
      .refine(
        (url) => !/^[^/]*\/\/[^/?#]*@/.test(url),
        'expected a URL without user and password, because many may read the template that carries it',
      ),
    status: z.number().int().min(100).max(599).default(200),
    everySeconds,
  }),
  z.strictObject({
    kind: z.literal('tcp'),
    ...common,
    host: z.string().regex(/^[A-Za-z0-9.:-]{1,200}$/, 'expected a host name or an IP address'),
    port: z.number().int().min(1).max(65_535),
    everySeconds,
  }),
  z.strictObject({
    kind: z.literal('disk'),
    ...common,
    name: common.name.default('disk'),
    /** Without it the directory of the logs and metrics. */
    path: z.string().max(200).startsWith('/', 'expected an absolute path of a directory').optional(),
    /** Of the default volume 5 percent are 800 MB: eight logs before they rotate. */
    minFreePercent: z.number().min(0).max(99).default(5),
    minFreeInodesPercent: z.number().min(0).max(99).default(5),
  }),
  z.strictObject({
    kind: z.literal('agent'),
    ...common,
    name: common.name.default('agent'),
    /** The agent ships every five seconds; after a minute of silence the alarms are blind. */
    maxAgeSeconds: z.number().int().min(15).max(3600).default(60),
  }),
  z.strictObject({
    kind: z.literal('clock'),
    ...common,
    name: common.name.default('clock'),
    /** Half a second is a tenth of the interval at which metrics are told. */
    maxOffsetMs: z.number().min(1).max(60_000).default(500),
  }),
]);

/** With the longest of all values they still fit into one parameter of 4 KB. */
const maxChecks = 10;

/** Each look at a disk may hold one of the four threads that all files share, if that disk hangs. */
const maxDisks = 2;

export const health = z.strictObject({
  /** One that is named like a default (disk, agent, clock) takes its place. */
  checks: z
    .array(check)
    .max(maxChecks)
    .default([])
    .refine(
      (checks) => new Set(checks.map(({ name }) => name)).size === checks.length,
      'expected a different name for each check',
    )
    .refine(
      (checks) => checks.filter(({ kind }) => kind === 'disk').length <= maxDisks,
      `expected at most ${maxDisks} disks`,
    ),
  /** Defaults to leave out. */
  without: z.array(z.enum(['disk', 'agent', 'clock'])).default([]),
});

/** What each host looks at unless it is said otherwise; none of them takes it out of service. */
export const defaultChecks = (['disk', 'agent', 'clock'] as const).map((kind) => check.parse({ kind }));

/** The port on which EC2 itself asks; another one than the callers', because it asks in HTTP/2. */
export const applicationStatusCheck = z.strictObject({
  enabled: z.boolean().default(false),
  port: z.number().int().min(1024).max(65_535).default(8081),
  /** Whether it counts in the instance's own status. Watch it first: what counts may replace or reboot a host. */
  counts: z.boolean().default(false),
});

/** What stands before the host and asks whether it is ready. */
export const loadBalancer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  /** Inside the VPC, in the subnets of the host. */
  z.strictObject({
    kind: z.literal('internal'),
    /** With it callers are asked for HTTPS; without it HTTP, which stays inside the VPC. */
    certificateArn: z
      .string()
      .regex(
        /^arn:[a-z-]+:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]+$/,
        'expected the ARN of a certificate in ACM',
      )
      .optional(),
    /** A bucket that exists and lets the balancer write; without it there are no access logs. */
    accessLogsBucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'expected the name of a bucket')
      .optional(),
  }),
]);
