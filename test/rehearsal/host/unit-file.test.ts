/** What the supervisor reads out of a unit, what it passes over, and what it refuses. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadConfig } from '../../../bin/load-config';
import { serviceUnit } from '../../../lib/render/cloudformation/constructs/service-unit';
import { honouredKeys, ignoredKeys, parseUnit } from '../../../rehearsal/host/unit-file';

const parse = (...lines: string[]) =>
  parseUnit('demo.service', ['[Service]', 'ExecStart=/bin/true', ...lines].join('\n'));

describe('a unit', () => {
  it('as Vigia ships it is read in full', () => {
    const config = loadConfig(undefined);
    const unit = parseUnit(`vigia-${config.service}.service`, serviceUnit(config));
    const root = `/opt/vigia/${config.service}`;
    assert.deepEqual(unit, {
      name: `vigia-${config.service}.service`,
      workingDirectory: `${root}/current`,
      environmentFiles: [`/etc/vigia/${config.service}.env`],
      environment: [],
      execStart: `/usr/bin/node-24 --max-semi-space-size=32 ${root}/current/server.js`,
      execStartPost: [`/usr/bin/node-24 ${root}/current/ready.js 55`],
      execReload: ['/bin/kill -HUP $MAINPID'],
      logsDirectory: `vigia-${config.service}`,
      stateDirectory: `vigia-${config.service}`,
      restart: 'on-failure',
      restartPreventExitStatus: [78],
      restartSeconds: 2,
      timeoutStartSeconds: 60,
      timeoutStopSeconds: 10,
      startLimitIntervalSeconds: 60,
      startLimitBurst: 3,
      watchdogSeconds: 60,
      watchdogSignal: 'SIGKILL',
      notifyAccess: 'all',
    });
  });

  it("that says nothing gets systemd's defaults", () => {
    const { restart, restartSeconds, timeoutStartSeconds, timeoutStopSeconds, ...limits } = parse();
    assert.deepEqual(
      { restart, restartSeconds, timeoutStartSeconds, timeoutStopSeconds },
      { restart: 'no', restartSeconds: 0.1, timeoutStartSeconds: 90, timeoutStopSeconds: 90 },
    );
    assert.equal(limits.startLimitIntervalSeconds, 10);
    assert.equal(limits.startLimitBurst, 5);
  });

  it('may have comments, blank lines and times in every usual spelling', () => {
    const unit = parse(
      '# note',
      '; note',
      '',
      'RestartSec=250ms',
      'TimeoutStartSec=2min',
      'TimeoutStopSec = 3 s',
    );
    assert.equal(unit.restartSeconds, 0.25);
    assert.equal(unit.timeoutStartSeconds, 120);
    assert.equal(unit.timeoutStopSeconds, 3);
  });

  it('keeps a list in order and forgets it at an empty assignment', () => {
    assert.deepEqual(parse('ExecStartPost=/a', 'ExecStartPost=/b').execStartPost, ['/a', '/b']);
    assert.deepEqual(parse('ExecStartPost=/a', 'ExecStartPost=', 'ExecStartPost=/b').execStartPost, ['/b']);
  });

  it('passes over what cannot matter here, with a reason for each', () => {
    for (const [key, reason] of Object.entries(ignoredKeys)) {
      assert.ok(reason.length > 3, key);
      assert.doesNotThrow(() => parse(`${key}=whatever`), key);
    }
    assert.ok(honouredKeys.every((key) => !(key in ignoredKeys)));
  });
});

describe('a unit is refused by name', () => {
  const refusals: readonly [line: string, message: RegExp][] = [
    ['NotifyAccess=exec', /NotifyAccess: 'exec' is not honoured; use one of none, main, all/],
    ['TimeoutAbortSec=5', /demo\.service TimeoutAbortSec: is not honoured/],
    ['constructor=1', /demo\.service constructor: is not honoured/],
    ['just words', /demo\.service just words?: is not honoured/],
    ['Type=notify', /Type: 'notify' is not honoured; use one of exec, simple/],
    ['Restart=on-abort', /Restart: 'on-abort' is not honoured/],
    ['RestartSec=soon', /RestartSec: 'soon' is not read/],
    ['StartLimitBurst=many', /StartLimitBurst: 'many' is not read/],
    ['ExecReload=/bin/reload', /ExecReload: '\/bin\/reload' is not honoured/],
    ['ExecStartPost=-/bin/true', /ExecStartPost: '-\/bin\/true' uses a prefix/],
    ['ExecStartPost=/bin/echo "two words"', /ExecStartPost: .* quotes/],
    ['ExecStart=/bin/echo %n', /ExecStart: .* specifiers/],
    ['EnvironmentFile=-/etc/maybe', /EnvironmentFile/],
    ['Environment=A=1 B=2', /Environment: .*one assignment a line/],
  ];
  for (const [line, message] of refusals) {
    it(line, () => assert.throws(() => parse(line), message));
  }

  it('without a command', () => {
    assert.throws(() => parseUnit('empty.service', '[Service]\nType=exec'), /empty\.service: no ExecStart/);
  });
});
