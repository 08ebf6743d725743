/** The Lambda entry: read the event, let the incident decide, act, and leave log, metrics and trace behind. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import type { Context } from 'aws-lambda';
import { alarms } from '../../lib/catalog/alarms';
import { remedies } from '../../lib/catalog/remedies';
import { connectAws } from './aws';
import { conduct, type Story } from './conduct';
import { type Parsed, parse } from './parse';
import type { Ports } from './ports';
import { type Catalog, readSetting, type Setting } from './setting';

const catalog: Catalog = { alarms, remedies };
const logger = new Logger();
const tracer = new Tracer();
const metrics = new Metrics({ namespace: process.env.POWERTOOLS_METRICS_NAMESPACE ?? 'Vigia/Remediation' });

interface Runtime {
  readonly setting: Setting;
  readonly portsWithin: (remainingMs: () => number) => Ports;
}

let runtime: Runtime | undefined;

/** Built on first use: an environment that lacks something must fail an invocation, which is alarmed on. */
function start(): Runtime {
  const setting = readSetting(process.env);
  metrics.setDefaultDimensions({ ...setting.place.scope });
  const capture = <T extends object>(client: T): T => tracer.captureAWSv3Client(client);
  return { setting, portsWithin: connectAws(setting, capture) };
}

const story: Story = {
  // The rehearsal reads this line; its shape is a contract.
  tell: (incident) => logger.info('incident', { incident }),
  count: (name) => metrics.addMetric(name, MetricUnit.Count, 1),
  ignored: (reason) => logger.info('ignored', { reason }),
};

/** Handles one alarm message, command notification or re-check. Throws only when a retry can help. */
export async function handler(event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  try {
    await traced(() => handle(event, context));
  } catch (error) {
    logger.error('remediation failed', error instanceof Error ? error : new Error(String(error)));
    throw error;
  } finally {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  }
}

async function handle(event: unknown, context: Context): Promise<void> {
  runtime ??= start();
  const { setting } = runtime;
  const ports = runtime.portsWithin(() => context.getRemainingTimeInMillis());
  const failures: unknown[] = [];
  for (const parsed of parse(event, setting.place.scope, catalog)) {
    try {
      await take(parsed, ports, setting, context.awsRequestId);
    } catch (error) {
      // The other messages of this event must not wait for this one.
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function take(parsed: Parsed, ports: Ports, setting: Setting, requestId: string): Promise<void> {
  switch (parsed.kind) {
    case 'nothing':
      story.ignored(parsed.reason);
      break;
    case 'malformed':
      logger.warn('dead letter', { reason: parsed.reason });
      await ports.deadLetter({ body: parsed.body, reason: parsed.reason, requestId });
      break;
    case 'input':
      await conduct(parsed.input, { ports, setting, catalog, story, requestId });
      break;
    default:
      parsed satisfies never;
  }
}

/** One subsegment around the work. Without a daemon or a segment the work runs all the same. */
async function traced(work: () => Promise<void>): Promise<void> {
  if (!tracer.isTracingEnabled()) {
    await work();
    return;
  }
  await tracer.provider.captureAsyncFunc('## handler', async (subsegment) => {
    try {
      tracer.annotateColdStart();
      tracer.addServiceNameAnnotation();
      await work();
    } catch (error) {
      if (error instanceof Error) tracer.addErrorAsMetadata(error);
      throw error;
    } finally {
      subsegment?.close();
    }
  });
}
