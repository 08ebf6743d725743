/** Templates of other people from the command line: their tests with complete coverage, and what must be refused by name. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { actionsIn, backtestOf, csv, type Ended, times, transitionsIn, workplace } from './command-line';

const place = workplace();
after(() => place.remove());

const fixture = (name: string): string => join(__dirname, '../../fixtures/alarm-templates', name);
const suites = ['queue-worker', 'web-shop', 'team-dump'].map((name) => fixture(`${name}.test.yaml`));

interface TestedAlarm {
  readonly kind: string;
  readonly fires: boolean;
  readonly staysQuiet: boolean;
  readonly missingData: boolean;
}

interface TestReport {
  readonly passed: boolean;
  readonly files: readonly {
    readonly tests: readonly {
      readonly name: string;
      readonly failures: readonly { what: string; alarm?: string; offset: string; got: string }[];
    }[];
  }[];
  readonly coverage: { readonly complete: boolean; readonly alarms: Readonly<Record<string, TestedAlarm>> };
}

// Nearly all of the time is that of starting programs.
describe('tests of foreign templates', { concurrency: 2 }, () => {
  it('pass, and cover every alarm and composite alarm of the three', async () => {
    const { status, stdout, stderr } = await place.vigia('test', ...suites, '--coverage', '--json');
    assert.equal(status, 0, stdout + stderr);
    const report = JSON.parse(stdout) as TestReport;
    assert.equal(report.passed, true);
    assert.equal(report.coverage.complete, true);
    assert.deepEqual(
      Object.entries(report.coverage.alarms).map(([name, { kind }]) => `${kind} ${name}`),
      [
        'metric jobs-prod-oldest-job-too-old',
        'metric DeadLetters',
        'metric jobs-prod-worker-cpu-high',
        'metric jobs-prod-api-error-rate-high',
        'composite jobs-prod-workers-stuck',
        'metric CheckoutErrors',
        'metric prod-checkout-slow',
        'metric prod-orders-stopped',
        'metric prod-deploying',
        'metric prod-instance-failed',
        'composite prod-checkout-broken',
        'metric payments-db-connections',
        'metric payments-lambda-error-rate',
        'metric payments-heartbeat',
        'metric payments-volume-unusual',
        'composite payments-down',
      ],
    );
    assert.ok(
      Object.values(report.coverage.alarms).every(
        (each) => each.fires && each.staysQuiet && each.missingData,
      ),
    );
  });

  it('notice another limit that comes with a parameter', async () => {
    const [suite = ''] = suites;
    const { status, stdout } = await place.vigia(
      ...['test', suite, '--parameter', 'OldestMessageSeconds=602', '--coverage', '--json'],
    );
    assert.equal(status, 1);
    const { files, coverage } = JSON.parse(stdout) as TestReport;
    const failing = files.flatMap(({ tests }) => tests).filter(({ failures }) => failures.length > 0);
    assert.deepEqual(
      failing.map(({ failures }) => failures.map(({ what, alarm, offset }) => `${what} ${alarm} ${offset}`)),
      [['transitions jobs-prod-oldest-job-too-old 8m']],
    );
    assert.equal(coverage.complete, true);
  });
});

/** One problem a line, and no word about how the program is made. */
function linesOf({ status, stdout, stderr }: Ended): string[] {
  assert.equal(status, 2, stdout + stderr);
  assert.equal(stdout, '');
  assert.doesNotMatch(stderr, /^\s+at |node:internal|Error:/m);
  return stderr.trimEnd().split('\n');
}

const wanted =
  'a CloudFormation template in JSON or YAML, a cloud assembly directory, or the output of aws cloudwatch describe-alarms';
const supply = 'supply the series that it would give, or leave this alarm out';

describe('what cannot be judged', { concurrency: 2 }, () => {
  const metric = { Namespace: 'Shop', MetricName: 'Orders', Statistic: 'Sum', Period: 60 };
  const limit = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' };
  const AlarmActions = ['arn:aws:sns:us-east-1:000000000000:ops'];
  const template = (Resources: object, sections: object = {}): string =>
    JSON.stringify({ ...sections, Resources });
  const queries = place.write(
    'queries.json',
    template({
      Down: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: 'targets-down',
          EvaluationCriteria: {
            PromQLCriteria: { Query: 'up == 0', PendingPeriod: 120, RecoveryPeriod: 60 },
          },
          EvaluationInterval: 60,
          AlarmActions,
        },
      },
      Panics: {
        Type: 'AWS::CloudWatch::LogAlarm',
        Properties: {
          AlarmName: 'panics',
          ScheduledQueryConfiguration: {
            QueryString: 'filter @message like /panic/ | stats count(*)',
            ScheduleConfiguration: { ScheduleExpression: 'rate(5 minutes)' },
          },
          QueryResultsToEvaluate: 2,
          QueryResultsToAlarm: 2,
          Threshold: 10,
          ComparisonOperator: 'GreaterThanThreshold',
          AlarmActions,
        },
      },
      AllErrors: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          ...limit,
          AlarmName: 'all-errors',
          Metrics: [{ Id: 'all', Expression: "SUM(SEARCH('{Shop} Errors', 'Sum', 60))" }],
        },
      },
    }),
  );
  const one = place.write('one.csv', csv('2026-03-02T10:00:00Z', [{ metric: 'Shop Orders', values: [1] }]));
  const backtest = (template: string, series: string, ...words: readonly string[]): Promise<Ended> =>
    place.vigia('backtest', '--template', template, '--series', series, '--json', ...words);

  it('is told at once: an alarm on PromQL, one on logs, one on a search', async () => {
    assert.deepEqual(linesOf(await backtest(queries, one)), [
      'template: not all of it can be evaluated, got 3 refusals, expected none; correct each or leave it out with --skip targets-down --skip panics --skip all-errors',
      `  AWS::CloudWatch::Alarm Down.EvaluationCriteria: not evaluated locally: a PromQL query; ${supply}`,
      `  AWS::CloudWatch::LogAlarm Panics.ScheduledQueryConfiguration: not evaluated locally: a log query; ${supply}`,
      '  AWS::CloudWatch::Alarm AllErrors.Metrics[all]: not evaluated locally: SEARCH, on which AWS allows no alarm, because it can give several time series, at 5; rewrite it or leave this alarm out',
    ]);
  });

  it('is judged by the results that were supplied, where results are all that it lacks', async () => {
    const results = csv('2026-03-02T10:00:00Z', [
      { metric: ':supplied targets-down', dimensions: 'Query=promql', values: times(4, 1) },
      { metric: ':supplied panics', dimensions: 'Query=log', values: [1, 50, 50, 1], stepMinutes: 5 },
    ]);
    const supplied = place.write('supplied.csv', results);
    const played = backtestOf(await backtest(queries, supplied, '--skip', 'all-errors'));
    assert.deepEqual(transitionsIn(played), {
      'targets-down': ['10:03 OK > ALARM', '10:06 ALARM > OK'],
      panics: ['10:01 none > OK', '10:11 OK > ALARM', '10:16 ALARM > OK'],
    });
    assert.deepEqual(actionsIn(played), {
      'targets-down': [`10:03 ${AlarmActions[0]}`],
      panics: [`10:11 ${AlarmActions[0]}`],
    });
  });

  it('is an anomaly alarm without its band, and nothing else in the output of describe-alarms', async () => {
    assert.deepEqual(linesOf(await backtest(fixture('team-dump.json'), one)), [
      'template: not all of it can be evaluated, got one refusal, expected none; correct each or leave it out with --skip payments-volume-unusual',
      '  AWS::CloudWatch::Alarm payments-volume-unusual.Metrics[ad1]: not evaluated locally: ANOMALY_DETECTION_BAND, which needs a model that AWS trains; supply the series that it would give, or leave this alarm out',
    ]);
  });

  it('is a parameter that nobody gives a value: all of them in one line', async () => {
    const path = place.write(
      'parameters.json',
      template(
        {
          A: {
            Type: 'AWS::CloudWatch::Alarm',
            Properties: { ...metric, ...limit, AlarmName: { Ref: 'Name' }, Threshold: { Ref: 'Limit' } },
          },
        },
        { Parameters: { Name: { Type: 'String' }, Limit: { Type: 'Number' }, Other: { Type: 'String' } } },
      ),
    );
    assert.deepEqual(linesOf(await backtest(path, one)), [
      'parameters: the template has no default for them, got no value for Limit (for A), Name (for A), expected one each; add --parameter Limit=VALUE --parameter Name=VALUE',
    ]);
  });

  it('is the plan of another tool, with the way out', async () => {
    const plan = {
      format_version: '1.2',
      terraform_version: '1.9.8',
      planned_values: {},
      resource_changes: [],
    };
    const path = place.write('plan.json', JSON.stringify(plan));
    assert.deepEqual(linesOf(await place.vigia('test', suites[0] ?? '', '--template', path)), [
      `template plan.json: it is not usable, got a Terraform plan, expected ${wanted}; read the deployed alarms with aws cloudwatch describe-alarms > alarms.json, and give that file`,
    ]);
  });
});
