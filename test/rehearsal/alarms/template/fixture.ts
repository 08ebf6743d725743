/** Short ways to read templates that a test writes down, and the ones that lie in the fixtures. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AlarmTemplate,
  readAlarmTemplates,
  type TemplateOptions,
} from '../../../../rehearsal/alarms/template/read-alarm-templates';
import { TemplateError } from '../../../../rehearsal/alarms/template/template-error';
import type { Resource } from '../../../../rehearsal/resources';

const directory = join(__dirname, '../../../fixtures/alarm-templates');

export const fixturePath = (file: string): string => join(directory, file);

export function readTexts(
  files: Readonly<Record<string, string>>,
  options: Partial<TemplateOptions> = {},
): AlarmTemplate {
  const sources = Object.entries(files).map(([path, text]) => ({ kind: 'file' as const, path, text }));
  return readAlarmTemplates(sources, { parameters: {}, resources: {}, ...options });
}

export function readFixture(file: string, options: Partial<TemplateOptions> = {}): AlarmTemplate {
  return readTexts({ [fixturePath(file)]: readFileSync(fixturePath(file), 'utf8') }, options);
}

/** The least that an alarm needs; `more` are properties that the test is about. */
export function alarm(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      Namespace: 'App',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      ...more,
    },
  };
}

export function composite(rule: unknown, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { Type: 'AWS::CloudWatch::CompositeAlarm', Properties: { AlarmRule: rule, ...more } };
}

export function template(resources: object, sections: object = {}): string {
  return JSON.stringify({ ...sections, Resources: resources });
}

export function find({ resources }: AlarmTemplate, logicalId: string): Resource {
  const found = resources.find((resource) => resource.logicalId === logicalId);
  assert.ok(found !== undefined, `there is no ${logicalId}`);
  return found;
}

/** The message with which the template is refused. */
export function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof TemplateError, String(error instanceof Error ? error.stack : error));
    return error.message;
  }
  return 'not refused';
}
