/** CloudWatch with a recorder beside it: what it was given and when, so that the run can be played again on a virtual clock. */
import type { Recorder } from './alarms/series/recording';
import type { Clock } from './clock';
import type { CloudWatch } from './cloudwatch/types';

/**
 * The same CloudWatch; every datum, tick and forced state is written down before it is passed on.
 */
export function recordCloudWatch(cloudwatch: CloudWatch, recorder: Recorder, clock: Clock): CloudWatch {
  return {
    ...cloudwatch,
    put: (data) => {
      for (const datum of data) recorder.arrived(datum, clock.now());
      cloudwatch.put(data);
    },
    evaluate: (at) => {
      recorder.ticked(at);
      cloudwatch.evaluate(at);
    },
    setAlarmState: (name, state, reason) => {
      cloudwatch.setAlarmState(name, state, reason);
      recorder.alarmStateSet({ at: clock.now(), name, state, reason });
    },
  };
}
