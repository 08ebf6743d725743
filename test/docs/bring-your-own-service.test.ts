import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { alarmKeys } from '../../lib/catalog/alarms';
import { serviceEnvironment } from '../../lib/catalog/host';
import { type Metric, namespaces, serviceMetrics } from '../../lib/catalog/metrics';
import { serviceEnvironmentFile } from '../../lib/render/cloudformation/host-files';
import { sampleConfig } from '../lib/sample-config';

const docs = join(__dirname, '../../docs');
const page = readFileSync(join(docs, 'bring-your-own-service.md'), 'utf8');
const rows = [...page.matchAll(/^\| `([^|]+)` +\| ([^|]+?) *\| ([^|]+?) *\|$/gm)];

describe('the page on your own service', () => {
  it('names metrics as the catalog declares them, with what reads them', () => {
    const declared = Object.values(serviceMetrics) as readonly Metric[];
    assert.ok(rows.length >= 6);
    for (const [, name, unit, reader = ''] of rows) {
      const metric = declared.find((each) => each.name === name);
      assert.equal(unit, `\`${metric?.unit}\``, name);
      const alarm = /^`(\w+)`/.exec(reader)?.[1];
      if (alarm !== undefined)
        assert.ok(
          alarmKeys.some((key) => key === alarm),
          alarm,
        );
    }
    assert.ok(page.includes(`\`${namespaces.inference}\``));
  });

  it('names variables that the service is really started with', () => {
    const named = [...page.matchAll(/^\| (`VIGIA_[^|]+)\|/gm)].flatMap(([, cell = '']) => [
      ...cell.matchAll(/`(VIGIA_\w+)`/g),
    ]);
    const command = { kind: 'command' as const, directory: 'x', command: ['x'] as [string] };
    const given = serviceEnvironmentFile(sampleConfig({ workload: command }));
    const known: readonly string[] = Object.values(serviceEnvironment);
    assert.ok(named.length >= 8);
    for (const [, name = ''] of named) {
      assert.ok(known.includes(name), name);
      assert.match(given, new RegExp(`^${name}=`, 'm'));
    }
  });

  it('links to pages and files that are there', () => {
    for (const [, target = ''] of page.matchAll(/\]\(([^)#]+)\)/g)) {
      assert.ok(existsSync(join(docs, target)), target);
    }
  });
});
