/** CloudFormation turns text into numbers and numbers into text as a property needs it: the same for what alarms are made of. */

const numbers = new Set([
  'ActionLogLineCount',
  'ActionsSuppressorExtensionPeriod',
  'ActionsSuppressorWaitPeriod',
  'DatapointsToAlarm',
  'EvaluationInterval',
  'EvaluationPeriods',
  'PendingPeriod',
  'Period',
  'QueryResultsToAlarm',
  'QueryResultsToEvaluate',
  'RecoveryPeriod',
  'Threshold',
  'WarmUpPeriodDurationInMinutes',
]);

const flags = new Set([
  'ActionsEnabled',
  'Enabled',
  'FifoTopic',
  'OnlyStartEvaluatingAfterWarmUpPeriodEnds',
  'RawMessageDelivery',
  'ReturnData',
]);

/** Text that CloudFormation would make of a number, and CloudWatch refuse: the number is what the person must see. */
const targets = new Set(['AlarmActions', 'InsufficientDataActions', 'OKActions']);

/** Properties that are JSON documents of their own, whose values keep the type in which they are written. */
const documents = new Set(['DeliveryPolicy', 'FilterPolicy', 'RedrivePolicy', 'ReplayPolicy']);

/** The properties with every number, flag and text in its own type; what does not fit stays and is refused by its reader. */
export function typed(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, convert(key, value)]));
}

function convert(key: string, value: unknown): unknown {
  if (documents.has(key) || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => convert(key, item));
  if (typeof value === 'object') return typed(value as Record<string, unknown>);
  if (numbers.has(key)) return toNumber(value);
  if (flags.has(key)) return toFlag(value);
  if (targets.has(key)) return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

/** Decimal, as CloudFormation reads numbers; not `0x10`. */
const decimal = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;

function toNumber(value: unknown): unknown {
  if (typeof value !== 'string' || !decimal.test(value)) return value;
  const number = Number(value);
  return Number.isFinite(number) ? number : value;
}

/** YAML 1.1, which CloudFormation reads, has more words for it than JSON. */
function toFlag(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (/^(true|yes|on)$/i.test(value)) return true;
  return /^(false|no|off)$/i.test(value) ? false : value;
}
