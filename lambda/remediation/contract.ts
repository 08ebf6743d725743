/** What the stack and the function agree on: environment names and payload shapes. Imports nothing. */

export const environment = {
  service: 'VIGIA_SERVICE',
  stage: 'VIGIA_STAGE',
  tableName: 'VIGIA_TABLE_NAME',
  pageTopicArn: 'VIGIA_PAGE_TOPIC_ARN',
  ticketTopicArn: 'VIGIA_TICKET_TOPIC_ARN',
  deadLetterQueueUrl: 'VIGIA_DEAD_LETTER_QUEUE_URL',
  documentPrefix: 'VIGIA_DOCUMENT_PREFIX',
  hostTagKey: 'VIGIA_HOST_TAG_KEY',
  hostTagValue: 'VIGIA_HOST_TAG_VALUE',
  runbookBaseUrl: 'VIGIA_RUNBOOK_BASE_URL',
  timeZone: 'VIGIA_TIME_ZONE',
  policy: 'VIGIA_POLICY',
} as const;

/** The limits of the automation, as JSON in the environment. Every number is in the unit of its name. */
export interface RemediationPolicy {
  readonly mode: 'dry-run' | 'on';
  readonly maxAttemptsPerIncident: number;
  readonly maxActionsPerDay: number;
  readonly cooldownMinutes: number;
  readonly verifySeconds: number;
  readonly commandTimeoutSeconds: number;
  /** So long after its switch a release is the first suspect. */
  readonly rollbackWithinMinutes: number;
}

/** What the re-check schedule sends. CloudWatch acts on changes only, so a red alarm is looked at again. */
export interface RecheckEvent {
  readonly kind: 'recheck';
}
export const recheckEvent: RecheckEvent = { kind: 'recheck' };

/** Parameters of the restart document; the document declares exactly these, with patterns. */
export const restartParameters = { unit: 'Unit' } as const;

/** Parameters of the rollback document, and the value that means the release before. */
export const rollbackParameters = { release: 'Release', previous: 'previous' } as const;

/** Parameters that the deployment's events are read for. */
export const deployParameters = { release: 'Release', dryRun: 'DryRun', isDryRun: 'yes' } as const;

/** Partition and sort key of the incident table. */
export const tableKeys = { partition: 'scope', sort: 'record' } as const;

/** Attribute on every published mail, so that a subscriber can take only pages. */
export type Urgency = 'page' | 'note';
