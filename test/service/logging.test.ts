/** Lines that wait for one another: in whose order they come, under which time, and that an end does not lose them. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type PredictedFacts, predictedFacts } from '../../service/http/prediction-lines';
import { createLogging } from '../../service/logging';
import { heldClock } from './held-clock';
import { until } from './service-process';

describe('lines that are written soon', () => {
  let directory: string;
  let made = 0;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'vigia-logging-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const startMs = Date.UTC(2026, 0, 2, 3, 4, 59, 950);
  const open = () => {
    made += 1;
    const logFile = join(directory, `${made}.log`);
    const clock = heldClock(startMs);
    const logging = createLogging({ service: 'fraud', stage: 'dev', logFile, logLevel: 'info' }, clock);
    const lines = (): { msg: string; time: string }[] =>
      readFileSync(logFile, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    const raw = () => readFileSync(logFile, 'utf8');
    return { clock, logging, lines, raw };
  };

  it('come after what is written at once, each under the time of its call', async () => {
    const { clock, logging, lines } = open();
    const { log, soon } = logging;
    soon(() => '"msg":"first"');
    await clock.advance(55);
    soon(() => '"msg":"second"');
    log.info('at once');
    await logging.close();
    assert.deepEqual(
      lines().map(({ msg, time }) => [msg, time]),
      [
        ['at once', '2026-01-02T03:05:00.005Z'],
        ['first', '2026-01-02T03:04:59.950Z'],
        ['second', '2026-01-02T03:05:00.005Z'],
      ],
    );
  });

  it('wait a tenth of a second, however few they are, and less when there are many', async () => {
    const few = open();
    let written = 0;
    few.logging.soon(() => {
      written += 1;
      return '"msg":"one of few"';
    });
    await few.clock.advance(99);
    assert.equal(written, 0);
    await few.clock.advance(1);
    assert.equal(written, 1);
    for (let count = 0; count < 64; count += 1)
      few.logging.soon(() => {
        written += 1;
        return '"msg":"one of many"';
      });
    assert.equal(written, 65);
    await few.logging.close();
  });

  it('do not suffer from one that cannot be written, and leave the time as it was', async () => {
    const { clock, logging, lines } = open();
    logging.soon(() => {
      throw new Error('odd');
    });
    logging.soon(() => '"msg":"second"');
    await clock.advance(1000);
    logging.log.info('third');
    await logging.close();
    assert.deepEqual(
      lines().map(({ msg, time }) => [msg, time]),
      [
        ['second', '2026-01-02T03:04:59.950Z'],
        ['third', '2026-01-02T03:05:00.950Z'],
      ],
    );
  });

  it('are what the logger itself would have written, letter by letter', async () => {
    const { logging, raw } = open();
    const plain = {
      ...{ requestId: '1-6789abcd-0123456789abcdef01234567', callerRequestId: undefined, route: '/predict' },
      ...{ instances: 1, latencyMs: 1.23456, isSlow: false, reason: undefined, features: undefined },
    };
    const cases: readonly Partial<PredictedFacts>[] = [
      {},
      { instances: 256, latencyMs: 0 },
      { callerRequestId: 'order-17.b_c', latencyMs: 1e-7 },
      { latencyMs: 12_345_678.9, isSlow: true },
      { latencyMs: 7, reason: 'model-late' },
      { features: [{ amount_eur: 12.5, 'odd "name"\n': Number.NaN }, { hour_of_day: -1e21 }] },
    ];
    for (const each of cases) {
      const facts: PredictedFacts = { ...plain, ...each };
      logging.soon(() => predictedFacts(facts));
    }
    for (const each of cases) {
      const facts: PredictedFacts = { ...plain, ...each };
      const { requestId, callerRequestId, route, instances, latencyMs, isSlow, reason, features } = facts;
      logging.log.child({ requestId, ...(callerRequestId === undefined ? {} : { callerRequestId }) }).info(
        {
          ...{ route, statusCode: 200, instances, latencyMs: Math.round(latencyMs * 1000) / 1000 },
          ...(isSlow ? { slow: true } : {}),
          ...(reason === undefined ? {} : { degraded: true, reason }),
          ...(features === undefined ? {} : { features }),
        },
        'predicted',
      );
    }
    await logging.close();
    // The logger's own come first.
    const lines = raw().split('\n').slice(0, -1);
    assert.equal(lines.length, 2 * cases.length);
    assert.deepEqual(lines.slice(cases.length), lines.slice(0, cases.length));
  });

  it('are left out while the level is above theirs, and not asked what they say', async () => {
    const { logging, lines } = open();
    logging.setLevel('warn');
    let asked = 0;
    logging.soon(() => {
      asked += 1;
      return '"msg":"left out"';
    });
    logging.log.warn('this one is');
    await logging.close();
    assert.deepEqual(
      lines().map(({ msg }) => msg),
      ['this one is'],
    );
    assert.equal(asked, 0);
  });

  it('are cut as the others are when they are too long', async () => {
    const { logging, lines } = open();
    logging.soon(() => `"msg":"${'long '.repeat(10_000)}"`);
    await logging.close();
    assert.match(lines()[0]?.msg ?? '', /^long .* \(and 48976 characters more\)$/);
  });

  it('are in the file at the end, once', async () => {
    const { clock, logging, lines } = open();
    for (let count = 0; count < 10; count += 1) logging.soon(() => `"msg":"line ${count}"`);
    await logging.close();
    await clock.advance(1000);
    await until(() => lines().length === 10);
    assert.deepEqual(
      lines().map(({ msg }) => msg),
      Array.from({ length: 10 }, (_, count) => `line ${count}`),
    );
  });
});
