/** What runs on the host: the service that comes with Vigía and serves a model, a command of your own, or a container. */
import { z } from 'zod';

/** systemd reads more into blanks, quotes and signs; whoever needs them writes a script and starts that. */
const word = z
  .string()
  .regex(
    /^([A-Za-z0-9_@+=:,./-]|\$\{[A-Z][A-Z0-9_]*\})+$/,
    'expected a word without blanks, quotes or shell signs; put more into a script in the directory',
  );

/** Archives of later releases carry no execute bits, so a file of the directory cannot be the program itself. */
const program = word.refine(
  (text) => !text.includes('$') && (text.startsWith('/') || !text.includes('/')),
  'expected a program of the host such as python3 or /bin/sh; files of the directory follow as arguments',
);

const urlPath = z
  .string()
  .regex(/^\/[A-Za-z0-9_.~/-]*$/, 'expected a path such as /health/ready, without a query');

/** Asked after each start, by every deployment and by the documents: 200 means that it serves. */
const healthPath = urlPath.default('/health/ready');

/** More variables for the service. They lie in Parameter Store as plain text: no place for secrets. */
const environment = z
  .record(
    z.string().regex(/^(?!VIGIA_)[A-Z][A-Z0-9_]*$/, 'expected an upper-case name that is not one of VIGIA_'),
    z.string().regex(/^[^\r\n"'\\]*$/, 'expected one line without quotes and backslashes'),
  )
  .default({});

/** Figures of a Prometheus endpoint that become metrics as well, by service and stage, without their own labels. */
const prometheus = z.strictObject({
  path: urlPath.default('/metrics'),
  /** Each one is billed; twenty are six dollars a month. */
  metrics: z
    .array(z.string().regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, 'expected the name of a Prometheus metric'))
    .min(1)
    .max(20),
});

const own = {
  healthPath,
  environment,
  prometheus: prometheus.optional(),
  /** What it is told when its log files were rotated; nothing, when it opens them for each line. */
  reload: z.enum(['none', 'SIGHUP']).default('none'),
};

/** An image that stays what it is: by digest, or by a tag that is not the moving one. */
const image = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)*(:(?!latest(@|$))[A-Za-z0-9_][A-Za-z0-9_.-]*(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$/,
    'expected an image with a tag other than latest or with a digest, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/churn:1.4.0',
  );

export const workload = z.discriminatedUnion('kind', [
  /** The service that comes with Vigía; `model` says which model it serves. */
  z.strictObject({ kind: z.literal('model') }),
  z.strictObject({
    kind: z.literal('command'),
    /** Shipped as the release; the command is started in it. */
    directory: z.string().min(1),
    command: z.tuple([program], word),
    /** Packages of Amazon Linux that it needs. */
    packages: z
      .array(
        z
          .string()
          .regex(/^[a-zA-Z0-9][a-zA-Z0-9._+-]*$/, 'expected a package of Amazon Linux such as python3.12'),
      )
      .default([]),
    ...own,
  }),
  z.strictObject({
    kind: z.literal('container'),
    image,
    /** Where it listens inside; outside it is always the host's port. */
    port: z.number().int().min(1).max(65535).default(8080),
    /** Half of the default host: the agent and the system live in the rest. */
    memoryMiB: z.number().int().min(64).default(1024),
    ...own,
  }),
]);

export type WorkloadSettings = z.output<typeof workload>;

/** The parts of an image in a private registry of AWS, or undefined for any other image. */
export function privateRegistry(
  reference: string,
): { readonly account: string; readonly region: string; readonly repository: string } | undefined {
  const match = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/.exec(reference);
  if (match === null) return undefined;
  return { account: match[1] ?? '', region: match[2] ?? '', repository: match[3] ?? '' };
}
