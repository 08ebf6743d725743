/** The Python example as a process of its own: what it writes is judged by the rules of EMF and by the catalog. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { serviceEnvironment } from '../../../lib/catalog/host';
import { type Metric, namespaces, serviceMetrics } from '../../../lib/catalog/metrics';
import { parseLines, until } from '../../service/service-process';
import { type Extracted, extract, sumOf, valuesOf } from '../../service/telemetry/emf-rules';

const program = join(__dirname, '../../../docs/examples/python/serve.py');
const hasPython = spawnSync('python3', ['--version']).status === 0;

/** More than one EMF document can hold of one metric. */
const predictions = 250;

describe('the Python example', () => {
  it('is thirty lines, none too long to read', () => {
    const lines = readFileSync(program, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
    assert.ok(lines.length <= 30, `${lines.length} lines`);
    for (const line of lines) assert.ok(line.length <= 120, line);
  });

  describe('as a process', { skip: hasPython ? false : 'needs python3' }, () => {
    const directory = mkdtempSync(join(tmpdir(), 'vigia-python-'));
    const emfFile = join(directory, 'metrics.emf');
    const logFile = join(directory, 'service.log');
    let child: ChildProcess;
    let url: string;
    const read = (): Extracted[] => (existsSync(emfFile) ? extract(readFileSync(emfFile, 'utf8')) : []);
    const predict = (body: string): Promise<Response> => fetch(`${url}/predict`, { method: 'POST', body });

    before(async () => {
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      child = spawn('python3', [program], {
        env: {
          PATH: process.env.PATH,
          [serviceEnvironment.service]: 'fraud',
          [serviceEnvironment.stage]: 'dev',
          [serviceEnvironment.bind]: '127.0.0.1',
          [serviceEnvironment.port]: String(port),
          [serviceEnvironment.emfFile]: emfFile,
          [serviceEnvironment.logFile]: logFile,
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      await until(async () => (await fetch(`${url}/health/ready`).catch(() => undefined))?.status === 200);
    });

    after(async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      rmSync(directory, { recursive: true });
    });

    it('predicts, and tells a wrong request from a failure of its own', async () => {
      const good = await predict('{ "instances": [{ "amount": 900 }, { "amount": 2 }] }');
      assert.deepEqual(await good.json(), { predictions: [{ class: 'fraud' }, { class: 'legitimate' }] });
      const wrong = ['not json', '{}', '{ "instances": [{}] }', '{ "instances": [{ "amount": "x" }] }'];
      for (const body of wrong) assert.equal((await predict(body)).status, 400, body);
      assert.equal((await fetch(`${url}/nowhere`)).status, 404);
      const logged = parseLines(readFileSync(logFile, 'utf8'));
      assert.equal(logged.length, wrong.length);
      for (const line of logged) assert.equal(line.level, 'error');
    });

    it('writes the metrics of the catalog as valid EMF, and loses no prediction', async () => {
      const before = sumOf(read(), 'PredictionCount');
      for (let sent = 0; sent < predictions; sent += 10) {
        await Promise.all(Array.from({ length: 10 }, () => predict('{ "instances": [{ "amount": 1 }] }')));
      }
      const told = predictions + before;
      await until(
        () => sumOf(read(), 'PredictionCount') >= told && valuesOf(read(), 'ServiceUp').length >= 2,
      );
      const extracted = read();
      assert.ok(valuesOf(extracted, 'PredictionLatency').length >= predictions);
      assert.equal(sumOf(extracted, 'PredictionErrors'), 0);
      for (const value of valuesOf(extracted, 'ServiceUp')) assert.equal(value, 1);
      const declared = Object.values(serviceMetrics) as readonly Metric[];
      for (const { name, namespace, unit, resolution, dimensions, timestamp } of extracted) {
        const metric = declared.find((each) => each.name === name);
        assert.deepEqual(
          { namespace, unit, resolution },
          { namespace: namespaces.inference, unit: metric?.unit, resolution: metric?.resolutionSeconds },
          name,
        );
        assert.deepEqual(dimensions, { Service: 'fraud', Stage: 'dev' });
        assert.equal(timestamp % 5000, 0, 'a window begins on the clock');
      }
    });
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
