import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { App, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { loadConfig, stageNames } from '../../../../bin/load-config';
import { cdkContext } from '../../../../bin/synthesise';
import type { Config } from '../../../../lib/config/config';
import { renderAgentConfig } from '../../../../lib/render/agent/agent-config';
import { composeStacks } from '../../../../lib/render/cloudformation/compose';
import { sampleConfig } from '../../sample-config';
import { standInAssets } from './template';

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly Violation[];
    readonly suppressedViolations?: readonly Suppressed[];
  }[];
}

interface Violation {
  readonly ruleName: string;
  readonly description: string;
  readonly violatingConstructs: readonly { readonly constructPath: string }[];
}

interface Suppressed extends Violation {
  readonly acknowledgedId: string;
  readonly acknowledgedAt: string;
  readonly reason: string;
}

const work = mkdtempSync(join(tmpdir(), 'vigia-validation-'));
after(() => rmSync(work, { recursive: true, force: true }));

/** As `cdk synth` runs it with this project's flags, with cdk-nag beside the library's own rules. */
function validate(name: string, fill: (app: App) => void): { app: App; report: Report; refused: boolean } {
  const outdir = join(work, name);
  const app = new App({ outdir, analyticsReporting: false, context: cdkContext() });
  fill(app);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  let refused = false;
  // The library tells a person of each finding, which is noise beside the assertions below.
  const error = console.error;
  console.error = () => {};
  try {
    app.synth();
  } catch {
    refused = true;
  } finally {
    console.error = error;
  }
  return { app, refused, report: JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) };
}

const violationsIn = ({ pluginReports }: Report): string[] =>
  pluginReports.flatMap(({ pluginName, violations }) =>
    violations.map(
      ({ ruleName, description, violatingConstructs }) =>
        `${pluginName} ${ruleName} at ${violatingConstructs.map((each) => each.constructPath).join(', ')}: ${description}`,
    ),
  );

/** Every acknowledgement of ours in the tree (the library makes some of its own), as `<path> <rule>`, read from the constructs and not from the report. */
function acknowledgedIn(app: App): { at: string; reason: string }[] {
  return app.node.findAll().flatMap((construct: IConstruct) =>
    construct.node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .filter(([id]) => id.startsWith('AwsSolutions::'))
      .map(([id, reason]) => ({ at: `${construct.node.path} ${id}`, reason })),
  );
}

/** The stages as they are configured, and what they leave out. */
const subjects: Readonly<Record<string, Config>> = {
  ...Object.fromEntries(stageNames().map((stage) => [stage, loadConfig(stage)])),
  balanced: sampleConfig({
    host: { loadBalancer: { kind: 'internal' }, applicationStatusCheck: { enabled: true } },
  }),
};

for (const [stage, config] of Object.entries(subjects)) {
  describe(`validation of ${stage}`, () => {
    const { app, report, refused } = validate(stage, (each) =>
      composeStacks(each, config, standInAssets(join(work, `${stage}-assets`)), renderAgentConfig(config)),
    );

    it('finds nothing: no error, and no warning such as a word outside its list (W3030)', () => {
      assert.deepEqual(violationsIn(report), []);
      assert.equal(refused, false);
    });

    it('has for each finding accepted a reason, and for each acceptance a finding that is still there', () => {
      const nag = report.pluginReports.find(({ pluginName }) => pluginName === 'AwsSolutions');
      const applied = new Set(
        (nag?.suppressedViolations ?? []).map((each) => `${each.acknowledgedAt} ${each.acknowledgedId}`),
      );
      const acknowledged = acknowledgedIn(app);
      assert.ok(acknowledged.length > 0);
      assert.deepEqual(
        acknowledged.filter(({ at }) => !applied.has(at)).map(({ at }) => at),
        [],
        'accepted but not found any more; remove it',
      );
      for (const { at, reason } of acknowledged) assert.match(reason, /^[A-Z].{20,}\.$/, at);
    });
  });
}

describe('the validation itself', () => {
  const bad = (kind: 'word' | 'property' | 'practice') => (app: App) => {
    const stack = new Stack(app, 'Bad');
    new CfnResource(stack, 'Alarm', {
      type: 'AWS::CloudWatch::Alarm',
      properties: {
        MetricName: 'm',
        Namespace: 'n',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: kind === 'word' ? 'Bigger' : 'GreaterThanThreshold',
        ...(kind === 'property' ? { Colour: 'red' } : {}),
      },
    });
    if (kind === 'practice') new Queue(stack, 'Queue');
  };

  for (const [kind, rule, refuses] of [
    ['word', /^CloudFormation Validate W3030 /, false],
    ['property', /^CloudFormation Validate F3002 /, true],
    ['practice', /^AwsSolutions AwsSolutions-SQS4 /m, true],
  ] as const) {
    it(`is at work: ${kind}`, () => {
      const { report, refused } = validate(`control-${kind}`, bad(kind));
      assert.match(violationsIn(report).join('\n'), rule);
      assert.equal(refused, refuses);
    });
  }
});

describe('acknowledgements', () => {
  it('are made through one door, so that all of them are seen here', () => {
    const files = (directory: string): string[] =>
      readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? files(join(directory, entry.name)) : [join(directory, entry.name)],
      );
    const users = files(join(__dirname, '../../../../lib'))
      .filter((file) => /\.acknowledge\(|acknowledgeWarning|NagSuppressions/.test(readFileSync(file, 'utf8')))
      .map((file) => file.replace(/^.*\/lib\//, 'lib/'));
    assert.deepEqual(users, ['lib/render/cloudformation/acknowledge.ts']);
  });
});
