/** Lines that wait for one another: in whose order they come, under which time, and that an end does not lose them. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
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
    return { clock, logging, lines };
  };

  it('come after what is written at once, each under the time of its call', async () => {
    const { clock, logging, lines } = open();
    const { log, soon } = logging;
    soon(() => log.info('first'));
    await clock.advance(55);
    soon(() => log.info('second'));
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
    });
    await few.clock.advance(99);
    assert.equal(written, 0);
    await few.clock.advance(1);
    assert.equal(written, 1);
    for (let count = 0; count < 64; count += 1)
      few.logging.soon(() => {
        written += 1;
      });
    assert.equal(written, 65);
    await few.logging.close();
  });

  it('do not suffer from one that cannot be written, and leave the time as it was', async () => {
    const { clock, logging, lines } = open();
    logging.soon(() => {
      throw new Error('odd');
    });
    logging.soon(() => logging.log.info('second'));
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

  it('are in the file at the end, once', async () => {
    const { clock, logging, lines } = open();
    for (let count = 0; count < 10; count += 1) logging.soon(() => logging.log.info(`line ${count}`));
    await logging.close();
    await clock.advance(1000);
    await until(() => lines().length === 10);
    assert.deepEqual(
      lines().map(({ msg }) => msg),
      Array.from({ length: 10 }, (_, count) => `line ${count}`),
    );
  });
});
