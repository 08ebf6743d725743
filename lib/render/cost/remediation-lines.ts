/** What acts and what tells: key, function, table, queue, topics, mails. */
import { isRemediated } from '../../catalog/remediation';
import type { Config } from '../../config/config';
import { type Line, linesOf } from './line';
import type { MonthlyUse } from './load';

/** An incident is a few kilobytes, and all that were ever written fit into this. */
const incidentsGB = 0.01;

/** Each incident: an alarm, a first mail and a last one, and the mail of another try now and then. */
const mailsPerIncident = 3;

export function remediationLines(config: Config, use: MonthlyUse): Line[] {
  const isOn = isRemediated(config);
  const { page } = config.notifications;
  const publishes = use.incidents * mailsPerIncident;
  const tables = isOn ? 1 : 0;
  return linesOf('remediation and mail', [
    {
      item: 'KMS key',
      quantity: 1,
      price: 'key',
      because: 'topics and log groups; its first two yearly rotations add one dollar each',
      counts: { 'AWS::KMS::Key': 1 },
    },
    { item: 'KMS requests', quantity: use.keyRequests, price: 'keyRequest' },
    {
      item: 'Lambda requests',
      quantity: isOn ? use.functionRequests : 0,
      price: 'functionRequest',
      because: 'a schedule calls the function every minute',
      counts: { 'AWS::Lambda::Function': 1 },
    },
    { item: 'Lambda time, arm64', quantity: isOn ? use.functionGBSeconds : 0, price: 'functionSecondArm' },
    {
      item: 'DynamoDB reads',
      quantity: isOn ? use.tableReads : 0,
      price: 'tableRead',
      counts: { 'AWS::DynamoDB::Table': tables },
    },
    { item: 'DynamoDB writes', quantity: isOn ? use.tableWrites : 0, price: 'tableWrite' },
    { item: 'DynamoDB storage', quantity: incidentsGB * tables, price: 'tableStorage' },
    { item: 'DynamoDB point-in-time recovery', quantity: incidentsGB * tables, price: 'tableRecovery' },
    {
      item: 'SQS dead letters',
      quantity: isOn ? use.incidents : 0,
      price: 'queueRequest',
      because: 'an idle queue costs nothing',
      counts: { 'AWS::SQS::Queue': tables },
    },
    { item: 'SNS publishes', quantity: publishes, price: 'publish', covers: ['AWS::SNS::Topic'] },
    {
      item: 'SNS mails',
      quantity: publishes * page.length,
      price: 'mail',
      because: `${use.incidents} incidents, ${mailsPerIncident} mails to ${page.length} addresses`,
      covers: ['AWS::SNS::Subscription'],
    },
  ]);
}
