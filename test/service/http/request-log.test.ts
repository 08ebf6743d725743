/** The logger of a request: made with its first line, once, and then like any other. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import pino from 'pino';
import { RequestLog } from '../../../service/http/request-log';

describe('the logger of a request', () => {
  const setUp = () => {
    const lines: Record<string, unknown>[] = [];
    let children = 0;
    const parent = pino(
      {
        ...{ level: 'trace', base: null, timestamp: false },
        onChild: () => {
          children += 1;
        },
      },
      { write: (line: string) => void lines.push(JSON.parse(line)) },
    );
    return { parent, lines, log: new RequestLog(parent, { requestId: 'r' }), children: () => children };
  };

  it('is not made for a request that writes nothing, and once for one that does', () => {
    const { log, children } = setUp();
    assert.equal(children(), 0);
    log.info('one');
    log.warn('two');
    assert.equal(children(), 1);
  });

  it('says whose its lines are, at every level, in every form of a line', () => {
    const { log, lines } = setUp();
    const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
    for (const level of levels) log[level]({ fact: 1 }, 'said %s', level);
    assert.deepEqual(
      lines,
      levels.map((level, index) => ({
        ...{ level: 10 * (index + 1), requestId: 'r', fact: 1, msg: `said ${level}` },
      })),
    );
    lines.length = 0;
    log.error(new Error('broken'));
    assert.deepEqual([lines[0]?.requestId, lines[0]?.msg], ['r', 'broken']);
  });

  it('follows the level of the log, also when it is turned during the request', () => {
    const { parent, log, lines } = setUp();
    assert.equal(log.level, 'trace');
    parent.level = 'error';
    log.info('lost');
    parent.level = 'info';
    log.info('kept');
    log.silent('never');
    assert.deepEqual(
      lines.map(({ msg }) => msg),
      ['kept'],
    );
  });

  it('has children that say both', () => {
    const { log, lines } = setUp();
    log.child({ part: 'p' }).info('one');
    assert.deepEqual(lines, [{ level: 30, requestId: 'r', part: 'p', msg: 'one' }]);
  });
});
