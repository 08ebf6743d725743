/** Section 4 of the design as data: which folder may import which folder and which package. Everything else is refused. */
import type { Import } from './project';

export interface Arrow {
  /** The files it is about; the first arrow that matches a file is its law. */
  readonly from: RegExp;
  readonly mayImport: readonly RegExp[];
  /** Project files of which only the types may be used. */
  readonly typesOf?: readonly RegExp[];
  readonly mayUse: readonly RegExp[];
}

const nodeCore = /^node:/;
const contract = /^lambda\/[^/]+\/contract\.ts$/;
const catalog = /^lib\/catalog\//;
const config = /^lib\/config\//;

export const arrows: readonly Arrow[] = [
  { from: /^lib\/config\//, mayImport: [config], mayUse: [/^zod$/] },
  { from: /^lib\/catalog\//, mayImport: [catalog], typesOf: [config], mayUse: [] },
  {
    from: /^lib\/render\/cloudformation\//,
    mayImport: [/^lib\/render\/cloudformation\//, config, catalog, contract],
    mayUse: [
      /^aws-cdk-lib$/,
      /^constructs$/,
      /^esbuild$/,
      /^onnxruntime-(node|common)$/,
      /^node:(crypto|fs|path)$/,
    ],
  },
  { from: /^lib\/render\/agent\//, mayImport: [/^lib\/render\/agent\//, config, catalog], mayUse: [] },
  { from: /^lib\/render\/cost\//, mayImport: [/^lib\/render\/cost\//, config, catalog], mayUse: [] },
  { from: /^lib\/render\/runbooks\//, mayImport: [/^lib\/render\/runbooks\//, config, catalog], mayUse: [] },
  { from: contract, mayImport: [], mayUse: [] },
  {
    from: /^lambda\/[^/]+\/aws\.ts$/,
    mayImport: [/^lambda\/[^/]+\/(?!handler\.ts)/, catalog],
    mayUse: [/^@aws-sdk\//],
  },
  {
    from: /^lambda\/[^/]+\/handler\.ts$/,
    mayImport: [/^lambda\//, catalog],
    mayUse: [/^@aws-lambda-powertools\//, /^aws-lambda$/],
  },
  // What decides: no library, no edge, no clock.
  { from: /^lambda\//, mayImport: [/^lambda\/[^/]+\/(?!(handler|aws)\.ts)/, catalog], mayUse: [] },
  {
    from: /^service\//,
    mayImport: [/^service\//, catalog],
    mayUse: [nodeCore, /^(fastify|pino|zod|onnxruntime-node|protobufjs)$/],
  },
  {
    from: /^rehearsal\//,
    mayImport: [/^rehearsal\//],
    typesOf: [contract],
    mayUse: [
      nodeCore,
      /^(zod|yaml|esbuild|dynalite|nodemailer|postal-mime|smtp-server|csv-parse|luxon|croner)$/,
      // Its native part alone, where the machine is not the host's kind: the asset carries only the host's.
      /^onnxruntime-node$/,
      // Wire formats alone: the SDK's clients would hide what a real client sends, and a tracing library what a service sends.
      /^(@smithy\/core|protobufjs)$/,
    ],
  },
  {
    // The one command that asks a real account, and only for recorded data.
    from: /^bin\/from-cloudwatch\.ts$/,
    mayImport: [/^bin\/usage-error\.ts$/, /^rehearsal\//],
    mayUse: [/^@aws-sdk\/client-cloudwatch$/],
  },
  {
    from: /^bin\//,
    // Of the service only what is arithmetic: the drift of two files is judged as the host judges it.
    mayImport: [/^bin\//, /^lib\//, /^rehearsal\//, /^service\/drift\//, /^cdk\.json$/],
    // The chart library is read as text and written into a page; tables of features are read where they are named.
    mayUse: [nodeCore, /^(commander|aws-cdk-lib|tsx|uplot|csv-parse)$/],
  },
  // Measures what runs, as a person would run it; nothing imports it.
  {
    from: /^bench\//,
    // Of the catalog, how the host starts what is measured.
    mayImport: [/^bench\//, /^rehearsal\//, /^service\//, catalog],
    // The peers it measures against.
    mayUse: [
      nodeCore,
      /^(fastify|onnxruntime-node|prom-client|aws-embedded-metrics|autocannon)$/,
      /^@opentelemetry\//,
      /^@aws-lambda-powertools\/metrics$/,
    ],
  },
  { from: /^[^/]+\.config\.ts$/, mayImport: [config], mayUse: [] },
];

/** Why an import is against the law, or undefined. */
export function refusal(path: string, item: Import): string | undefined {
  const law = arrows.find(({ from }) => from.test(path));
  if (law === undefined) return `${path}: stands in no known folder; add it to test/architecture/arrows.ts`;
  const any = (patterns: readonly RegExp[] = []): boolean =>
    patterns.some((pattern) => pattern.test(item.target));
  if (item.isProject) {
    if (any(law.mayImport) || (item.isTypeOnly && any(law.typesOf))) return undefined;
    return `${path}: imports ${item.target}${item.isTypeOnly ? ' (types)' : ''}; see section 4 of the design for what it may import`;
  }
  if (any(law.mayUse)) return undefined;
  return `${path}: uses ${item.target}, which this folder may not; put it behind the folder that may`;
}
