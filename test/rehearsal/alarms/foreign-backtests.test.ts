/** Recorded data through the alarms of other people's templates, from the command line: who would have been told, when, and why. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import {
  actionsIn,
  backtestOf,
  csv,
  pagesOfVariants,
  times,
  transitionsIn,
  withheldIn,
  workplace,
} from './command-line';

const place = workplace();
after(() => place.remove());

const fixture = (name: string): string => join(__dirname, '../../fixtures/alarm-templates', name);

// Nearly all of the time is that of starting programs.
describe('a backtest of a foreign template', { concurrency: 2 }, () => {
  it('gives transitions, actions and what other limits would have done: long-hand JSON, one alarm skipped', async () => {
    const balancer = 'LoadBalancer=app/jobs-api/50dc6c495c0c9188';
    const series = csv('2026-03-02T10:00:00Z', [
      {
        metric: 'AWS/SQS ApproximateAgeOfOldestMessage',
        dimensions: 'QueueName=jobs-prod',
        values: [...times(5, 30), ...times(5, 700), ...times(5, 30)],
      },
      {
        metric: 'AWS/ECS CPUUtilization',
        dimensions: 'ServiceName=worker;ClusterName=jobs',
        values: times(15, 40),
      },
      { metric: 'AWS/ApplicationELB RequestCount', dimensions: balancer, values: times(15, 100) },
      {
        metric: 'AWS/ApplicationELB HTTPCode_Target_5XX_Count',
        dimensions: balancer,
        values: [...times(5, 0), ...times(4, 3), ...times(6, 0)],
      },
    ]);
    const backtest = backtestOf(
      await place.vigia(
        ...['backtest', '--template', fixture('queue-worker.json')],
        ...['--series', place.write('queue.csv', series), '--skip', 'DeadLetters', '--json'],
        ...[
          '--set',
          'oldest-job-too-old.threshold=600,700',
          '--set',
          'ApiErrorRateHigh.datapointsToAlarm=4,5',
        ],
      ),
    );
    assert.deepEqual(transitionsIn(backtest), {
      'jobs-prod-oldest-job-too-old': ['10:01 none > OK', '10:08 OK > ALARM', '10:13 ALARM > OK'],
      'jobs-prod-worker-cpu-high': [],
      'jobs-prod-api-error-rate-high': ['10:01 none > OK', '10:08 OK > ALARM', '10:12 ALARM > OK'],
      'jobs-prod-workers-stuck': ['10:01 none > OK', '10:08 OK > ALARM', '10:13 ALARM > OK'],
    });
    const onCall = 'arn:aws:sns:us-east-1:000000000000:jobs-prod-oncall';
    assert.deepEqual(actionsIn(backtest), {
      'jobs-prod-api-error-rate-high': [`10:01 ${onCall}`, `10:08 ${onCall}`, `10:12 ${onCall}`],
      'jobs-prod-workers-stuck': [`10:01 ${onCall}`, `10:08 ${onCall}`, `10:13 ${onCall}`],
    });
    assert.deepEqual(pagesOfVariants(backtest), {
      'threshold=600': { 'jobs-prod-oldest-job-too-old': [], 'jobs-prod-workers-stuck': ['10:08'] },
      'threshold=700': { 'jobs-prod-oldest-job-too-old': [], 'jobs-prod-workers-stuck': [] },
      'datapointsToAlarm=4': { 'jobs-prod-api-error-rate-high': ['10:09'] },
      'datapointsToAlarm=5': { 'jobs-prod-api-error-rate-high': [] },
    });
    // The data has no units, the alarm wants percent.
    assert.deepEqual(backtest.alarmsWithoutData, ['jobs-prod-worker-cpu-high']);
    assert.match(
      backtest.notices.map(({ text }) => text).join('\n'),
      /^AWS\/ECS CPUUtilization .* is watched in Percent and published in None; CloudWatch converts no units$/m,
    );
  });

  it('follows parameters, conditions and what a resource is said to be: short-form YAML', async () => {
    const series = csv('2026-03-02T10:00:00Z', [
      {
        metric: 'WebShop Errors',
        dimensions: 'Service=checkout',
        values: [...times(5, 0), ...times(5, 9), ...times(5, 0)],
      },
      {
        metric: 'AWS/EC2 StatusCheckFailed',
        dimensions: 'InstanceId=i-0abc',
        values: [...times(5, 0), ...times(3, 1), ...times(7, 0)],
      },
      {
        metric: 'AWS/RDS CPUUtilization',
        dimensions: 'DBInstanceIdentifier=web-shop-dev',
        values: times(3, 95),
        stepMinutes: 5,
      },
    ]);
    const backtest = backtestOf(
      await place.vigia(
        ...['backtest', '--template', fixture('web-shop.yaml'), '--series', place.write('dev.csv', series)],
        ...['--parameter', 'Stage=dev', '--resource', 'Instance=i-0abc'],
        ...['--set', 'instance-failed.threshold=0,1', '--json'],
      ),
    );
    assert.deepEqual(transitionsIn(backtest), {
      CheckoutErrors: ['10:01 none > OK', '10:07 OK > ALARM', '10:12 ALARM > OK'],
      'dev-checkout-slow': [],
      'dev-deploying': ['10:01 none > OK'],
      'dev-instance-failed': ['10:01 none > OK', '10:07 OK > ALARM', '10:09 ALARM > OK'],
      'dev-database-busy': ['10:11 none > ALARM'],
      'dev-checkout-broken': ['10:01 none > OK', '10:07 OK > ALARM', '10:12 ALARM > OK'],
    });
    assert.deepEqual(actionsIn(backtest), {
      'dev-instance-failed': ['10:07 arn:aws:automate:us-east-1:ec2:recover'],
    });
    assert.deepEqual(pagesOfVariants(backtest), {
      'threshold=0': { 'dev-instance-failed': ['10:07'] },
      'threshold=1': { 'dev-instance-failed': [] },
    });
  });

  it('holds actions back while a suppressor or a mute rule says so, and the explanation says the same', async () => {
    const shop = (metric: string, values: readonly number[], stepMinutes = 1) => ({
      metric: `WebShop ${metric}`,
      dimensions: metric === 'DeploymentRunning' ? 'Stage=prod' : 'Service=checkout',
      values,
      stepMinutes,
    });
    const series = csv('2026-03-02T01:30:00Z', [
      shop('Errors', [...times(5, 0), ...times(5, 9), ...times(10, 0)]),
      shop('DeploymentRunning', [...times(4, 0), ...times(9, 1), ...times(7, 0)]),
      shop('Orders', [...times(6, 12), ...times(13, 0), ...times(2, 12)], 5),
    ]);
    const inputs = ['--template', fixture('web-shop.yaml'), '--series', place.write('night.csv', series)];
    const [played, explained] = await Promise.all([
      place.vigia('backtest', ...inputs, '--json'),
      place.vigia('explain', 'checkout-broken', ...inputs),
    ]);
    const backtest = backtestOf(played);
    const pager = 'arn:aws:sns:us-east-1:000000000000:Pager';
    assert.deepEqual(transitionsIn(backtest), {
      CheckoutErrors: ['01:31 none > OK', '01:37 OK > ALARM', '01:42 ALARM > OK'],
      'prod-checkout-slow': [],
      'prod-orders-stopped': ['01:31 none > OK', '02:06 OK > ALARM', '03:06 ALARM > OK'],
      'prod-deploying': ['01:31 none > OK', '01:35 OK > ALARM', '01:44 ALARM > OK'],
      'prod-instance-failed': [],
      'prod-checkout-broken': ['01:31 none > OK', '01:37 OK > ALARM', '01:42 ALARM > OK'],
    });
    assert.deepEqual(withheldIn(backtest), {
      'prod-orders-stopped': ['02:06 ALARM by mute rule prod-nightly-restock'],
      'prod-checkout-broken': [
        '01:31 OK by wait period',
        '01:37 ALARM by suppressor prod-deploying',
        '01:42 OK by suppressor prod-deploying',
        '01:44 OK by extension period',
      ],
    });
    assert.deepEqual(actionsIn(backtest), {
      'prod-orders-stopped': [`01:31 ${pager}`, `03:00 ${pager}`, `03:06 ${pager}`],
      'prod-checkout-broken': [`01:32 ${pager}`, `01:46 ${pager}`],
    });

    assert.equal(explained.status, 0, explained.stderr);
    const told = /^2026-|^ {2}(?:ALARM|OK) actions |^ {2}action /;
    const story = explained.stdout.split('\n').filter((line) => told.test(line));
    assert.deepEqual(story, [
      '2026-03-02 01:31  INSUFFICIENT_DATA -> OK',
      '  OK actions held back by wait period',
      '2026-03-02 01:32  stays OK',
      `  action ${pager}`,
      '2026-03-02 01:37  OK -> ALARM',
      '  ALARM actions held back by suppressor prod-deploying',
      '2026-03-02 01:42  ALARM -> OK',
      '  OK actions held back by suppressor prod-deploying',
      '2026-03-02 01:44  stays OK',
      '  OK actions held back by extension period',
      '2026-03-02 01:46  stays OK',
      `  action ${pager}`,
    ]);
  });

  it('takes an anomaly band from the data, account and region from the alarms: output of describe-alarms', async () => {
    const heartbeat = { metric: 'Payments Heartbeat', dimensions: 'Job=settlement', values: times(20, 1) };
    const band = (side: string, value: number) => ({
      metric: ':supplied payments-volume-unusual',
      dimensions: `Query=ad1;Band=${side}`,
      values: times(8, value),
      stepMinutes: 5,
    });
    const series = csv('2026-03-02T10:00:00Z', [
      heartbeat,
      {
        metric: 'AWS/RDS DatabaseConnections',
        dimensions: 'DBInstanceIdentifier=payments-1',
        values: times(40, 200),
      },
      {
        metric: 'AWS/Lambda Invocations',
        dimensions: 'FunctionName=payments-capture',
        values: times(40, 20),
      },
      {
        metric: 'Payments Captured',
        dimensions: 'Currency=EUR',
        values: [...times(3, 100), ...times(3, 20), ...times(2, 100)],
        stepMinutes: 5,
      },
      band('lower', 50),
      band('upper', 150),
    ]);
    const backtest = backtestOf(
      await place.vigia(
        ...['backtest', '--template', fixture('team-dump.json'), '--json'],
        ...[
          '--series',
          place.write('payments.csv', series),
          '--set',
          'settings.evaluationRangeExtraPeriods=0',
        ],
      ),
    );
    assert.deepEqual(transitionsIn(backtest), {
      'payments-db-connections': ['10:01 none > OK'],
      'payments-lambda-error-rate': ['10:01 none > OK'],
      'payments-heartbeat': ['10:01 none > OK', '10:25 OK > ALARM'],
      'payments-volume-unusual': ['10:01 none > OK', '10:26 OK > ALARM', '10:31 ALARM > OK'],
      'payments-down': ['10:01 none > OK', '10:25 OK > ALARM'],
    });
    const onCall = 'arn:aws:sns:eu-west-1:210987654321:payments-oncall';
    assert.deepEqual(actionsIn(backtest), {
      'payments-db-connections': [`10:01 ${onCall}`],
      'payments-heartbeat': [`10:25 ${onCall}`],
      'payments-down': [`10:01 ${onCall}`, `10:25 ${onCall}`],
    });
    // Without the two periods more that CloudWatch is taken to look at, silence is noticed two minutes earlier.
    const [variant] = Object.values(pagesOfVariants(backtest));
    assert.deepEqual(variant?.['payments-heartbeat'], ['10:23']);
    assert.equal(backtest.assumptions.evaluationRangeExtraPeriods, 2);
  });
});
