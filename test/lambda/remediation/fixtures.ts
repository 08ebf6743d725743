/** Shared givens for the tests of the remediation: one place, one policy, one moment. */

import type { RemediationPolicy } from '../../../lambda/remediation/contract';
import type { IncidentEvent, Seen, Symptom } from '../../../lambda/remediation/events';
import { advance, type Decision } from '../../../lambda/remediation/incident';
import type { AlarmState, CommandOutcome, IncidentRecord, Reading } from '../../../lambda/remediation/record';
import { emptyRecord } from '../../../lambda/remediation/record';
import type { Catalog, Place, Setting } from '../../../lambda/remediation/setting';
import { type AlarmKey, alarmKeys, alarms } from '../../../lib/catalog/alarms';
import { remedies } from '../../../lib/catalog/remedies';

export const catalog: Catalog = { alarms, remedies };

export const place: Place = {
  scope: { service: 'inference', stage: 'prod' },
  region: 'eu-west-1',
  runbookBaseUrl: 'https://runbooks.example.com/vigia',
  timeZone: 'Europe/Madrid',
};

export const policy: RemediationPolicy = {
  mode: 'on',
  maxAttemptsPerIncident: 2,
  maxActionsPerDay: 3,
  cooldownMinutes: 30,
  verifySeconds: 300,
  commandTimeoutSeconds: 120,
  rollbackWithinMinutes: 60,
};

export const setting: Setting = {
  place,
  resources: {
    tableName: 'incidents',
    pageTopicArn: 'page',
    ticketTopicArn: 'ticket',
    deadLetterQueueUrl: 'letters',
  },
  documentPrefix: 'inference-prod',
  hostTag: { tagKey: 'Vigia', tagValue: 'inference-prod' },
  policy,
};

/** Saturday, 21 November 2026, 02:00 UTC: 03:00 in Madrid. */
export const start = Date.UTC(2026, 10, 21, 2, 0, 0);

export const seconds = (count: number): number => count * 1000;
export const minutes = (count: number): number => count * 60_000;

export function reading(latest: number | null, limit = 5, knownUntil: number | null = start): Reading {
  const recent = latest === null ? [] : [0.1, 40, latest];
  return { at: start, latest, usual: 0.1, limit, recent, knownUntil };
}

/** What CloudWatch shows: every alarm OK since an hour before, but for those named. */
export function seenWith(
  changes: Partial<Record<AlarmKey, readonly [AlarmState, number]>>,
  readings: Partial<Record<AlarmKey, Reading>> = {},
): Seen {
  const shown: Partial<Record<AlarmKey, Symptom>> = {};
  for (const key of alarmKeys) {
    if (alarms[key].route !== 'remediation') continue;
    const [state, changedAt] = changes[key] ?? ['OK', start - minutes(60)];
    shown[key] = { state, changedAt };
  }
  return { symptoms: { kind: 'seen', alarms: shown }, readings };
}

export const unseen: Seen = { symptoms: { kind: 'unavailable', reason: 'throttled' }, readings: {} };

/** An alarm message with a CloudWatch that agrees with it. */
export function told(key: AlarmKey, state: AlarmState, changedAt: number, seen?: Seen): IncidentEvent {
  const numbers = { [key]: reading(state === 'ALARM' ? 62 : 0.1, 5, changedAt) };
  return {
    kind: 'alarm',
    change: { key, state, changedAt },
    seen: seen ?? seenWith({ [key]: [state, changedAt] }, numbers),
  };
}

export const success: CommandOutcome = {
  status: 'Success',
  exitCode: 0,
  output: 'ready after 4 s',
  endedAt: null,
};
export const failure: CommandOutcome = {
  status: 'Failed',
  exitCode: 1,
  output: 'unit not found',
  endedAt: null,
};

/** Plays events one after the other; remembers every effect. */
export class Play {
  record: IncidentRecord;
  effects: Decision['effects'][number][] = [];
  last: Decision['effects'] = [];

  constructor(
    readonly given: Partial<RemediationPolicy> | string = {},
    record: IncidentRecord = emptyRecord(),
    readonly world: Catalog = catalog,
  ) {
    this.record = record;
  }

  at(now: number, event: IncidentEvent): this {
    const rules = typeof this.given === 'string' ? this.given : { ...policy, ...this.given };
    const decision = advance(this.record, event, now, { policy: rules, catalog: this.world, place });
    this.record = decision.record;
    this.last = decision.effects;
    this.effects.push(...decision.effects);
    return this;
  }

  /** `from>to` of every transition so far. */
  get story(): string[] {
    return this.effects.flatMap((effect) => (effect.kind === 'tell' ? [`${effect.from}>${effect.to}`] : []));
  }

  /** Subjects in the order in which they were written. */
  get subjects(): string[] {
    return this.record.outbox.map((mail) => mail.subject);
  }

  count(kind: Decision['effects'][number]['kind']): number {
    return this.effects.filter((effect) => effect.kind === kind).length;
  }
}

/** An incident whose first command runs: alarm at `start`, sent one second later. */
export function acting(given: Partial<RemediationPolicy> = {}, key: AlarmKey = 'errorRateHigh'): Play {
  const play = new Play(given).at(start + 500, told(key, 'ALARM', start));
  return play.at(start + 1000, {
    kind: 'command-sent',
    action: 'INC-0001/1',
    commandId: 'c-1',
    seen: seenWith({ [key]: ['ALARM', start] }, { [key]: reading(62) }),
  });
}

/** The same, with the command ended after ten seconds and the alarm still on. */
export function verifying(given: Partial<RemediationPolicy> = {}, outcome: CommandOutcome = success): Play {
  return acting(given).at(start + seconds(10), {
    kind: 'command-ended',
    commandId: 'c-1',
    outcome,
    seen: seenWith({ errorRateHigh: ['ALARM', start] }, { errorRateHigh: reading(62) }),
  });
}

export const recheck = (seen: Seen): IncidentEvent => ({ kind: 'recheck', seen });

/** CloudWatch in the stories of `errorRateHigh`, which went off at `start`. */
export const stillOn = seenWith({ errorRateHigh: ['ALARM', start] }, { errorRateHigh: reading(62) });
export const allWell = (at: number) =>
  seenWith({ errorRateHigh: ['OK', at] }, { errorRateHigh: reading(0.1, 5, at) });
export const noData = seenWith({ errorRateHigh: ['INSUFFICIENT_DATA', start + seconds(60)] });
export const deadline = start + seconds(310);
