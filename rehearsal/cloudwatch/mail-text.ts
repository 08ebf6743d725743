/** The text that AWS mails for an alarm's message to an e-mail subscription: CloudWatch writes it, SNS carries it. */
import { javaDouble, longTimestamp } from './java-text';

interface MailedAlarm {
  readonly AlarmName: string;
  readonly AlarmDescription?: string | null;
  readonly AWSAccountId: string;
  readonly NewStateValue: string;
  readonly NewStateReason: string;
  readonly StateChangeTime: string;
  readonly Region: string;
  readonly AlarmArn: string;
  readonly OldStateValue: string;
  readonly OKActions?: readonly string[];
  readonly AlarmActions?: readonly string[];
  readonly InsufficientDataActions?: readonly string[];
  readonly AlarmRule?: string;
  readonly Trigger?: MailedTrigger;
}

interface MailedTrigger {
  readonly MetricName?: string;
  readonly Namespace?: string;
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Unit?: string | null;
  readonly Dimensions?: readonly { readonly name: string; readonly value: string }[];
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly ComparisonOperator: string;
  readonly Threshold: number;
  readonly TreatMissingData: string;
  readonly Metrics?: readonly {
    readonly Expression?: string;
    readonly Label?: string;
    readonly ReturnData?: boolean;
  }[];
}

/** The mail's body. `message` is what CloudWatch published; what is no alarm message is mailed as it is. */
export function alarmMailText(message: string): string {
  const alarm = readAlarm(message);
  if (alarm === undefined) return message;
  const { Trigger: trigger } = alarm;
  const blocks = [
    ...openingOf(alarm),
    detailsOf(alarm),
    ...(trigger ? triggerBlocks(trigger) : []),
    actionsOf(alarm),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function readAlarm(message: string): MailedAlarm | undefined {
  try {
    const alarm: unknown = JSON.parse(message);
    const known =
      typeof alarm === 'object' && alarm !== null && 'AlarmName' in alarm && 'StateChangeTime' in alarm;
    return known ? (alarm as MailedAlarm) : undefined;
  } catch {
    return undefined;
  }
}

function changedAt(alarm: MailedAlarm): string {
  // JavaScript's own date format wants the offset with a colon, or Z.
  return longTimestamp(Date.parse(alarm.StateChangeTime.replace('+0000', 'Z')));
}

function openingOf(alarm: MailedAlarm): string[][] {
  const region = alarm.AlarmArn.split(':')[3] ?? '';
  const name = encodeURIComponent(alarm.AlarmName);
  return [
    [
      `You are receiving this email because your Amazon CloudWatch Alarm "${alarm.AlarmName}" in the ${alarm.Region} region has entered the ${alarm.NewStateValue} state, because "${alarm.NewStateReason}" at "${changedAt(alarm)}".`,
    ],
    [
      'View this alarm in the AWS Management Console:',
      `https://${region}.console.aws.amazon.com/cloudwatch/deeplink.js?region=${region}#alarmsV2:alarm/${name}`,
    ],
  ];
}

/** AWS aligns with blanks; the columns are those of its own mails. */
function row(width: number, name: string, value: string): string {
  return `- ${`${name}:`.padEnd(width)}${value}`.trimEnd();
}

function detailsOf(alarm: MailedAlarm): string[] {
  const detail = (name: string, value: string): string => row(28, name, value);
  return [
    'Alarm Details:',
    detail('Name', alarm.AlarmName),
    detail('Description', alarm.AlarmDescription ?? ''),
    detail('State Change', `${alarm.OldStateValue} -> ${alarm.NewStateValue}`),
    ...(alarm.AlarmRule === undefined ? [] : [detail('Alarm Rule', alarm.AlarmRule)]),
    detail('Reason for State Change', alarm.NewStateReason),
    detail('Timestamp', changedAt(alarm)),
    detail('AWS Account', alarm.AWSAccountId),
    detail('Alarm Arn', alarm.AlarmArn),
  ];
}

function triggerBlocks(trigger: MailedTrigger): string[][] {
  const n = trigger.EvaluationPeriods;
  const m = trigger.DatapointsToAlarm ?? n;
  const limit = `${trigger.ComparisonOperator} ${javaDouble(trigger.Threshold)}`;
  const duration = `at least ${m} of the last ${n} period(s) of ${trigger.Period} seconds`;
  return [
    ['Threshold:', `- The alarm is in the ALARM state when the metric is ${limit} for ${duration}.`],
    trigger.Metrics === undefined ? metricOf(trigger) : expressionOf(trigger),
  ];
}

function metricOf(trigger: MailedTrigger): string[] {
  const field = (name: string, value: string): string => row(37, name, value);
  const dimensions = (trigger.Dimensions ?? []).map(({ name, value }) => `[${name} = ${value}]`);
  return [
    'Monitored Metric:',
    field('MetricNamespace', trigger.Namespace ?? ''),
    field('MetricName', trigger.MetricName ?? ''),
    field('Dimensions', dimensions.join(' ')),
    field('Period', `${trigger.Period} seconds`),
    field('Statistic', trigger.ExtendedStatistic ?? titleCase(trigger.Statistic ?? '')),
    field('Unit', trigger.Unit ?? 'not specified'),
    field('TreatMissingData', trigger.TreatMissingData),
    '',
  ];
}

function expressionOf(trigger: MailedTrigger): string[] {
  const field = (name: string, value: string): string => row(37, name, value);
  const result = trigger.Metrics?.find((metric) => metric.ReturnData);
  return [
    'Monitored Metrics:',
    field('MetricExpression', result?.Expression ?? ''),
    field('MetricLabel', result?.Label ?? ''),
    field('Period', `${trigger.Period} seconds`),
    field('TreatMissingData', trigger.TreatMissingData),
    '',
  ];
}

/** `SAMPLE_COUNT` back to `SampleCount`. */
function titleCase(statistic: string): string {
  return statistic
    .split('_')
    .map((word) => word.slice(0, 1) + word.slice(1).toLowerCase())
    .join('');
}

function actionsOf(alarm: MailedAlarm): string[] {
  const list = (name: string, arns: readonly string[] = []): string =>
    `- ${name}: ${arns.map((arn) => `[${arn}]`).join(' ')}`.trimEnd();
  return [
    'State Change Actions:',
    list('OK', alarm.OKActions),
    list('ALARM', alarm.AlarmActions),
    list('INSUFFICIENT_DATA', alarm.InsufficientDataActions),
  ];
}
