/**
 * List prices of us-east-1 in USD, each with where it was read and when.
 * No price list answers without an account, so these are copies: what could not be read anywhere says so on the sheet.
 */

export interface PriceSource {
  readonly name: string;
  readonly read: string;
}

/** Where prices were read. `read` is the date of the copy, not of the price. */
export const priceSources = {
  infracost: {
    name: "infracost's test files, which hold answers of the AWS price list (commit 95ba4f49)",
    read: 'values of 2024, read 2026-11',
  },
  billing: { name: 'CloudWatch User Guide, page cloudwatch_billing', read: '2026-11' },
  copies: { name: 'copies of the AWS price pages', read: '2022 to 2026' },
  c3x: { name: 'c3x.dev', read: '2026-06' },
  factualminds: { name: 'factualminds.com', read: '2026-06-17' },
  ec2Guide: { name: 'EC2 User Guide, page application-status-checks', read: '2026' },
  given: { name: 'given on the command line', read: 'now' },
  memory: { name: 'general knowledge of AWS; no page was at hand', read: 'unconfirmed' },
} as const satisfies Readonly<Record<string, PriceSource>>;

export interface Price {
  readonly usd: number;
  /** What one of it is, as it stands on the sheet. */
  readonly unit: string;
  readonly source: keyof typeof priceSources;
  /** False where no text that AWS or its price list stands behind was found. */
  readonly isConfirmed: boolean;
}

const price = (usd: number, unit: string, source: Price['source']): Price => ({
  usd,
  unit,
  source,
  isConfirmed: source !== 'memory',
});

/** The first 10 000 metrics, or the first of anything that grows cheaper: one stage is far below the next tier. */
export const prices = {
  customMetric: price(0.3, 'metric-months', 'copies'),
  standardAlarm: price(0.1, 'alarm metrics', 'infracost'),
  highResolutionAlarm: price(0.3, 'alarm metrics', 'infracost'),
  compositeAlarm: price(0.5, 'alarms', 'c3x'),
  dashboard: price(3, 'dashboards', 'infracost'),
  logIngest: price(0.5, 'GB', 'infracost'),
  logStorage: price(0.03, 'GB-months', 'infracost'),
  metricRequest: price(0.00001, 'requests', 'copies'),
  traceRecorded: price(0.000005, 'traces', 'copies'),
  instanceVolume: price(0.08, 'GB-months', 'infracost'),
  natHour: price(0.045, 'hours', 'infracost'),
  natData: price(0.045, 'GB', 'infracost'),
  publicAddress: price(0.005, 'hours', 'infracost'),
  endpointHour: price(0.01, 'hours', 'infracost'),
  endpointData: price(0.01, 'GB', 'infracost'),
  balancerHour: price(0.0225, 'hours', 'infracost'),
  balancerCapacityHour: price(0.008, 'LCU-hours', 'infracost'),
  statusCheckInterfaceHour: price(0.01, 'hours', 'ec2Guide'),
  key: price(1, 'keys', 'infracost'),
  keyRequest: price(0.000003, 'requests', 'infracost'),
  functionRequest: price(0.0000002, 'requests', 'infracost'),
  functionSecondArm: price(0.0000133334, 'GB-seconds', 'infracost'),
  tableWrite: price(0.000000625, 'writes', 'infracost'),
  tableRead: price(0.000000125, 'reads', 'infracost'),
  tableStorage: price(0.25, 'GB-months', 'infracost'),
  tableRecovery: price(0.2, 'GB-months', 'infracost'),
  queueRequest: price(0.0000004, 'requests', 'memory'),
  publish: price(0.0000005, 'publishes', 'infracost'),
  mail: price(0.00002, 'mails', 'infracost'),
  objectStorage: price(0.023, 'GB-months', 'infracost'),
} as const satisfies Readonly<Record<string, Price>>;

export type PriceKey = keyof typeof prices;

/** AWS's own month: 8 760 hours of a year in twelve parts. */
export const hoursPerMonth = 730;
