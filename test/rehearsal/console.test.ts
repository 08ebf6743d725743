/** The terminal and the pipe: the same rows, once coloured and once as fields. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConsoleOptions, createConsole } from '../../rehearsal/console';
import type { RehearsalEvent } from '../../rehearsal/events';
import { at, closingLoop, mail, runOf } from './story';

const esc = '\u001b';

function printed(
  options: Partial<ConsoleOptions>,
  events: readonly RehearsalEvent[],
  run = runOf(events),
): string {
  let text = '';
  const screen = createConsole({
    write: (part) => {
      text += part;
    },
    writeStatus: undefined,
    isTerminal: true,
    useColour: false,
    useUnicode: true,
    nameEachLine: false,
    ...options,
  });
  for (const event of events) screen.event('demo', event);
  screen.run(run, 'out/demo/report.html');
  return text;
}

describe('on a terminal', () => {
  it('each key event is one line with its time since the fault', () => {
    const lines = printed({}, closingLoop).split('\n');
    assert.equal(lines[0], '  quiet   host      ·  demo.service active');
    assert.equal(lines[1], '  +00:00  fault     ▲  errors rate=0.8 (injected)');
    assert.equal(lines[2], '  +00:21  alarm     ▲  demo-dev-errorRateHigh   OK -> ALARM   61.5, limit 5');
    assert.ok(lines.includes('  +00:26  command   ●  demo-dev-restart-service Success   2.3 s, exit 0'));
  });

  it('ends with the verdict, the durations and the report', () => {
    const text = printed({}, closingLoop);
    assert.match(
      text,
      /\n {2}PASS {2}demo: 1 of 1 expectations {3}111 s\n {8}fault to alarm 21\.4 s, to mail 22\.5 s, alarm to command 1\.6 s, fault to recovered 61\.3 s\n {2}report {2}out\/demo\/report\.html\n\n$/,
    );
  });

  it('says what was not met, and what the rehearsal saw', () => {
    const outcomes = [{ words: 'mail FIXED', met: false, decided: true, detail: 'it did not happen' }];
    const run = runOf(closingLoop, {
      outcomes,
      expectationsMet: false,
      hints: ['topic x has no subscription'],
    });
    const text = printed({}, [], run);
    assert.match(text, /FAIL {2}demo: 0 of 1/);
    assert.match(
      text,
      / {2}✗ mail FIXED: it did not happen\n\n {2}What the rehearsal saw\n {4}topic x has no subscription\n/,
    );
    assert.doesNotMatch(text, /fault to alarm/);
  });

  it('has ASCII marks where there is no Unicode, and no codes where there is no colour', () => {
    const failed = runOf(closingLoop, {
      outcomes: [{ words: 'w', met: false, decided: true, detail: 'd' }],
      expectationsMet: false,
    });
    const text = printed({ useUnicode: false }, closingLoop, failed);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: everything outside ASCII is what must not be there.
    assert.match(text, /^[\x00-\x7f]*$/);
    assert.ok(!text.includes(esc));
    assert.match(text, /^ {2}\+00:21 {2}alarm {5}! {2}/m);
    assert.match(text, /^ {2}x w: d$/m);
  });

  it('has colours where they are wanted, and takes them back', () => {
    const text = printed({ useColour: true }, closingLoop);
    assert.ok(text.includes(`${esc}[31m▲${esc}[39m`));
    assert.ok(text.includes(`${esc}[32mPASS${esc}[39m`));
  });

  it('lets nobody else write codes or lines on it', () => {
    const hostile = mail(1, `FIXED${esc}[2J${esc}]0;owned\u0007\nFAIL  demo`);
    const text = printed({}, [hostile]);
    assert.ok(!text.includes(esc) && !text.includes('\u0007'));
    assert.equal(text.split('\n')[0], '  quiet   mail      ·  FIXED [2J ]0;owned FAIL  demo');
  });

  it('shows its status in place and clears it before a line', () => {
    const status: string[] = [];
    let text = '';
    const screen = createConsole({
      write: (part) => {
        text += part;
      },
      writeStatus: (part) => status.push(part),
      isTerminal: true,
      useColour: false,
      useUnicode: true,
      nameEachLine: false,
    });
    screen.status(`waiting ${'x'.repeat(200)}`);
    screen.line('a line');
    assert.equal(text, 'a line\n');
    assert.deepEqual(status, [`\r${esc}[2K  waiting ${'x'.repeat(68)}`, `\r${esc}[2K`]);
  });
});

describe('in a pipe', () => {
  const lines = printed({ isTerminal: false }, closingLoop).split('\n');

  it('each line has time, kind, what and fields that a program can split', () => {
    assert.equal(lines[0], 'T-quiet  host               what="demo.service active"');
    assert.equal(lines[1], 'T+00:00  fault    start     name=errors injected=true');
    assert.equal(
      lines[2],
      'T+00:21  alarm    ALARM     name=demo-dev-errorRateHigh from=OK value=61.5 limit=5',
    );
    assert.ok(lines.includes('T+00:22  incident opened    id=17 from=none to=opened'));
    assert.ok(
      lines.includes(
        'T+00:23  mail     sent      to=on-call@example.com subject="FIXING: error rate 61.5 %"',
      ),
    );
    assert.ok(lines.includes('T+00:26  command  Success   document=demo-dev-restart-service exit=0'));
  });

  it('the result is one line, then one for each thing unmet and each hint', () => {
    assert.equal(lines.at(-2), 'result PASS scenario=demo expectations=1 of=1 closed=true');
    const outcomes = [{ words: 'mail FIXED', met: false, decided: true, detail: 'it did\nnot happen' }];
    const run = runOf([], { outcomes, expectationsMet: false, hints: ['two\nlines'] });
    assert.equal(
      printed({ isTerminal: false }, [], run),
      'result FAIL scenario=demo expectations=0 of=1 closed=true\nunmet mail FIXED: it did not happen\nhint two lines\n',
    );
  });

  it('there is never a code or a line break in a field', () => {
    const text = printed({ isTerminal: false }, [
      at(1, { kind: 'dead-letter', queue: `q ${esc}[2J`, reason: 'r', body: 'b' }),
    ]);
    assert.ok(!text.includes(esc));
  });

  it('the scenario names each line where several run at once', () => {
    assert.match(printed({ isTerminal: false, nameEachLine: true }, closingLoop), /^demo T-quiet {2}host/);
    assert.match(printed({ nameEachLine: true }, closingLoop), /^demo {20}quiet|^demo +quiet/);
  });
});
