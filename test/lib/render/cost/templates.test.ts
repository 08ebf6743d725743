import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { freeResources } from '../../../../lib/render/cost/free-resources';
import type { Sheet } from '../../../../lib/render/cost/sheet';
import {
  type Named,
  resourcesOf,
  synthesised,
  type Template,
  variantNames,
} from '../cloudformation/template';
import { quantityOf, sheetOf } from './sample-sheet';

const generated = join(__dirname, '../../../../generated/cloudformation');

/** Types that the sheet pays for, whether their number matters or not. */
function pricedTypes({ lines }: Sheet): Set<string> {
  return new Set(lines.flatMap(({ counts, covers }) => [...Object.keys(counts), ...covers]));
}

function countsOf({ lines }: Sheet): Record<string, number> {
  const total: Record<string, number> = {};
  for (const { counts } of lines) {
    for (const [type, count] of Object.entries(counts)) total[type] = (total[type] ?? 0) + count;
  }
  return total;
}

/** Numbers of alarm metrics, as CloudWatch bills them: each metric that an alarm reads, fast ones apart. */
function alarmMetrics(alarms: readonly Named[]): { fast: number; slow: number } {
  const sum = { fast: 0, slow: 0 };
  for (const { Properties } of alarms) {
    const stats = ((Properties.Metrics ?? []) as { MetricStat?: { Period: number } }[]).flatMap(
      ({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat]),
    );
    const periods = stats.length > 0 ? stats.map(({ Period }) => Period) : [Number(Properties.Period)];
    for (const period of periods) sum[period < 60 ? 'fast' : 'slow'] += 1;
  }
  return sum;
}

describe('the cost sheet and the templates', () => {
  for (const variant of variantNames) {
    it(`agree on what is made, ${variant}`, () => {
      const stage = synthesised(variant);
      const sheet = sheetOf(stage.config);
      const priced = pricedTypes(sheet);
      for (const [type, count] of Object.entries(countsOf(sheet))) {
        assert.equal(resourcesOf(stage, type).length, count, `${type}: the sheet counts wrongly`);
      }
      for (const { Type } of resourcesOf(stage)) {
        assert.ok(
          priced.has(Type) || Type in freeResources,
          `${Type}: on no line of the sheet; price it in lib/render/cost or name it in free-resources.ts with the reason`,
        );
        assert.ok(!(priced.has(Type) && Type in freeResources), `${Type}: priced and free`);
      }
    });

    it(`agree on what alarms read, ${variant}`, () => {
      const stage = synthesised(variant);
      const sheet = sheetOf(stage.config);
      const { fast, slow } = alarmMetrics(resourcesOf(stage, 'AWS::CloudWatch::Alarm'));
      assert.ok(fast > 0 && slow > 0);
      assert.equal(quantityOf(sheet, /high-resolution alarms/), fast);
      assert.equal(quantityOf(sheet, /standard alarms/), slow);
    });

    it(`agree on the limits of alarms, ${variant}`, () => {
      const { quotas } = sheetOf(synthesised(variant).config);
      const used = (subject: string): number | undefined =>
        quotas.find((quota) => quota.subject === subject)?.used;
      const alarms = resourcesOf(synthesised(variant), 'AWS::CloudWatch::Alarm');
      const composites = resourcesOf(synthesised(variant), 'AWS::CloudWatch::CompositeAlarm');
      const actions = [...alarms, ...composites].map(
        ({ Properties }) => ((Properties.AlarmActions ?? []) as unknown[]).length,
      );
      assert.equal(used('Actions an alarm has in one state'), Math.max(...actions));
      if (composites.length === 0) return;
      const children = composites.map(
        ({ Properties }) => String(Properties.AlarmRule).match(/ALARM\(/g)?.length ?? 0,
      );
      assert.equal(used('Children of a composite alarm'), Math.max(...children));
    });
  }

  it('leave out nothing of what is committed', () => {
    const priced = new Set(
      variantNames.flatMap((name) => [...pricedTypes(sheetOf(synthesised(name).config))]),
    );
    const files = readdirSync(generated);
    assert.ok(files.length > 0);
    for (const file of files) {
      const template: Template = JSON.parse(readFileSync(join(generated, file), 'utf8'));
      for (const { Type } of resourcesOf(template)) {
        assert.ok(priced.has(Type) || Type in freeResources, `${Type} in ${file}: neither priced nor free`);
      }
    }
  });
});
