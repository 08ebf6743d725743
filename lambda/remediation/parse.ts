/** Reads what Lambda hands over. Never throws: what it does not know becomes a dead letter with its reason. */
import type { AlarmKey } from '../../lib/catalog/alarms';
import { documents } from '../../lib/catalog/documents';
import { alarmKeyOf, type Scope, scopeName } from '../../lib/catalog/names';
import { deployParameters } from './contract';
import type { AlarmChange, Input } from './events';
import type { AlarmState } from './record';
import type { Catalog } from './setting';

export type Parsed =
  | { readonly kind: 'input'; readonly input: Input }
  /** Known and of no interest, such as a command that is still running. */
  | { readonly kind: 'nothing'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string; readonly body: string };

type Json = Readonly<Record<string, unknown>>;

/** Everything one invocation is about; SNS may hand over several messages. */
export function parse(event: unknown, scope: Scope, catalog: Catalog): readonly Parsed[] {
  if (!isObject(event)) return [malformed(event, 'event is not an object')];
  if (Array.isArray(event.Records)) {
    if (event.Records.length === 0) return [malformed(event, 'event has no records')];
    return event.Records.map((record: unknown) => parseRecord(record, scope, catalog));
  }
  if (event.kind === 'recheck') return [{ kind: 'input', input: { kind: 'recheck' } }];
  if (event.source === 'aws.ssm') return [parseCommand(event, scope)];
  return [malformed(event, 'event is neither an alarm message, a command notification nor a re-check')];
}

/** The body of one dead letter is a whole event again, so that it can be handed to the function as it is. */
function parseRecord(record: unknown, scope: Scope, catalog: Catalog): Parsed {
  const refuse = (reason: string): Parsed => malformed({ Records: [record] }, reason);
  const sns = isObject(record) ? record.Sns : undefined;
  const text = isObject(sns) ? sns.Message : undefined;
  if (typeof text !== 'string') return refuse('record carries no SNS message');
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return refuse('message is not JSON');
  }
  if (!isObject(message)) return refuse('message is not an object');
  const change = readChange(message, scope, catalog);
  return typeof change === 'string' ? refuse(change) : { kind: 'input', input: { kind: 'alarm', change } };
}

/** Metric, math and composite alarms share these fields; `Trigger` is absent from composites and not needed. */
function readChange(message: Json, scope: Scope, catalog: Catalog): AlarmChange | string {
  const name = message.AlarmName;
  if (typeof name !== 'string') return 'message is no alarm message: AlarmName is missing';
  const key: AlarmKey | undefined = alarmKeyOf(scope, name);
  if (key === undefined) return `alarm ${clip(name)} is not in the catalog`;
  if (catalog.alarms[key].route !== 'remediation') return `alarm ${clip(name)} goes to people directly`;
  const state = message.NewStateValue;
  if (!isState(state)) return `alarm ${clip(name)}: NewStateValue is unknown, got ${clip(inText(state))}`;
  const changedAt = readTime(message.StateChangeTime);
  if (changedAt === undefined) return `alarm ${clip(name)}: StateChangeTime is no time`;
  return { key, state, changedAt };
}

const endings: Readonly<Record<string, 'Success' | 'Failed' | 'TimedOut' | 'Cancelled'>> = {
  Success: 'Success',
  Failed: 'Failed',
  TimedOut: 'TimedOut',
  // EventBridge spells it with one l, the API with two.
  Canceled: 'Cancelled',
  Cancelled: 'Cancelled',
};
const underWay = new Set(['Pending', 'InProgress', 'Delayed', 'Cancelling', 'Canceling']);

function parseCommand(event: Json, scope: Scope): Parsed {
  if (event['detail-type'] !== 'EC2 Command Status-change Notification') {
    return malformed(event, `detail-type is unknown, got ${clip(inText(event['detail-type']))}`);
  }
  const detail = event.detail;
  const commandId = isObject(detail) ? detail['command-id'] : undefined;
  const status = isObject(detail) ? detail.status : undefined;
  if (typeof commandId !== 'string' || commandId === '') return malformed(event, 'command-id is missing');
  if (typeof status !== 'string') return malformed(event, 'command status is missing');
  const document = isObject(detail) ? detail['document-name'] : undefined;
  const isDryRun = parameterOf(detail, deployParameters.dryRun) === deployParameters.isDryRun;
  const ranDocument = (name: string): boolean => !isDryRun && document === `${scopeName(scope)}-${name}`;
  const at = readTime(event.time) ?? null;
  if (ranDocument(documents.deployRelease.name) && status === 'InProgress') {
    const release = parameterOf(detail, deployParameters.release) ?? null;
    return { kind: 'input', input: { kind: 'deployment', commandId, release, status, at } };
  }
  if (underWay.has(status)) return { kind: 'nothing', reason: `command ${clip(commandId)} is ${status}` };
  const ending = Object.hasOwn(endings, status) ? endings[status] : undefined;
  if (ending === undefined) return malformed(event, `command status is unknown, got ${clip(status)}`);
  if (ranDocument(documents.deployRelease.name)) {
    const release = parameterOf(detail, deployParameters.release) ?? null;
    return { kind: 'input', input: { kind: 'deployment', commandId, release, status: ending, at } };
  }
  const rolledBack = ranDocument(documents.rollbackRelease.name) && ending === 'Success';
  return {
    kind: 'input',
    input: { kind: 'command', commandId, status: ending, endedAt: at, ...(rolledBack ? { rolledBack } : {}) },
  };
}

/** The first value of a command's parameter; a very long one is none of ours. */
function parameterOf(detail: unknown, name: string): string | undefined {
  const parameters = isObject(detail) ? detail.parameters : undefined;
  const values = isObject(parameters) ? parameters[name] : undefined;
  const value: unknown = Array.isArray(values) ? values[0] : values;
  return typeof value === 'string' && value.length <= 64 ? value : undefined;
}

/** CloudWatch writes `+0000` without a colon, which Date.parse reads in Node but no standard promises. */
function readTime(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const at = Date.parse(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isFinite(at) ? at : undefined;
}

function isState(value: unknown): value is AlarmState {
  return value === 'OK' || value === 'ALARM' || value === 'INSUFFICIENT_DATA';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names come from outside; a reason stays a short line. */
function clip(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}...` : text);
}

function malformed(event: unknown, reason: string): Parsed {
  let body: string | undefined;
  try {
    body = JSON.stringify(event);
  } catch {
    // A circular object cannot come over the wire; its text is better than losing the letter.
  }
  return { kind: 'malformed', reason, body: body ?? inText(event) };
}

/** Any value as text: an object may refuse to become one. */
function inText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
