/** What of AWS::Events the rehearsal honours. */
import type { Honoured } from '../honoured';

export const honoured: Honoured = {
  'AWS::Events::Rule': {
    honoured: ['Name', 'EventBusName', 'EventPattern', 'ScheduleExpression', 'State', 'Targets'],
    ignored: {
      Description: 'text for people',
      RoleArn: 'lambda, sqs and sns targets answer to their resource policies',
      Tags: 'nothing selects rules by tag',
    },
  },
};

/** What a person should know of the rules of a rehearsal. */
export const simplifications: readonly string[] = [
  'schedules ring at whole multiples of their period; on AWS they count from the creation of the rule',
  'RetryPolicy of a target is not needed: a delivery succeeds or is refused at once',
];
