/** Runs one action of an alarm against the services of the rehearsal: a topic is published to, a function is invoked. */
import type { AlarmAct } from './cloudwatch/types';
import type { LambdaService } from './lambda/types';
import type { Sns } from './sns/types';

export interface AlarmTargets {
  readonly sns: Pick<Sns, 'publish'>;
  readonly lambda: Pick<LambdaService, 'find' | 'allows' | 'invokeAsync'>;
}

/** The principal that a topic's policy must let in. */
const topicPrincipal = 'cloudwatch.amazonaws.com';
/** The principal that a function's policy must let in; it is not the topics' one. */
const functionPrincipal = 'lambda.alarms.cloudwatch.amazonaws.com';

/** Throws, as CloudWatch records it, why a target could not be notified. */
export function createAlarmAct({ sns, lambda }: AlarmTargets): AlarmAct {
  return (target, notification) => {
    const { alarmArn: sourceArn, subject, message } = notification;
    if (target.split(':')[2] !== 'lambda') {
      const principal = { service: topicPrincipal, sourceArn };
      const delivery = sns.publish({ topicArn: target, subject, message, principal });
      if (!delivery.ok) throw new Error(delivery.error);
      return;
    }
    if (lambda.find(target) === undefined) throw new Error(`there is no function ${target}`);
    if (!lambda.allows(target, { service: functionPrincipal, sourceArn })) {
      throw new Error(
        `no AWS::Lambda::Permission of ${target} lets ${functionPrincipal} invoke it for ${sourceArn}`,
      );
    }
    lambda.invokeAsync(target, notification.event, 'alarm');
  };
}
