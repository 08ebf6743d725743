/** The rehearsal as a person runs it: JSON on standard output alone, times kept, and nothing left behind however it ends. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type Started, startVigia, vigia } from './rehearsal-process';

const out = mkdtempSync(join(tmpdir(), 'vigia-out-'));
after(() => rmSync(out, { recursive: true, force: true }));

interface JsonRun {
  readonly scenario: string;
  readonly closed: boolean;
  readonly expectationsMet: boolean;
  readonly durations: Readonly<Record<string, number | null>>;
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

/** One line a transition: the tick at which it happened, the alarm, where to. */
function toLine(at: string, name: string, to: string): string {
  const tick = Math.floor(Date.parse(at) / 10_000) * 10_000;
  return `${new Date(tick).toISOString()} ${name} ${to}`;
}

function transitionsOf({ events }: JsonRun): string[] {
  const alarms = events.filter(({ kind }) => kind === 'alarm');
  return alarms.map(({ at, name, to }) => toLine(String(at), String(name), String(to))).sort();
}

/** The same scenario once more, from its recording, on the virtual clock. */
async function replayed(scenario: string): Promise<string[]> {
  const recording = join(out, scenario, 'recording.jsonl');
  const { exitCode, stdout, stderr } = await vigia(['alarms', 'backtest', '--series', recording, '--json']);
  assert.equal(exitCode, 0, stderr);
  const { alarms } = JSON.parse(stdout) as {
    alarms: Record<string, { transitions: { at: string; to: string }[] }>;
  };
  return Object.entries(alarms)
    .flatMap(([name, { transitions }]) => transitions.map(({ at, to }) => toLine(at, name, to)))
    .sort();
}

describe('vigia rehearse', { concurrency: true }, () => {
  it('closes the loop for error-burst and crash in time, with one JSON document on standard output', async () => {
    const { exitCode, stdout, stderr } = await vigia([
      'rehearse',
      'error-burst',
      'crash',
      '--json',
      '--out',
      out,
    ]);

    assert.equal(exitCode, 0, stderr);
    const { runs } = JSON.parse(stdout) as { runs: JsonRun[] };
    assert.deepEqual(
      runs.map(({ scenario }) => scenario),
      ['error-burst', 'crash'],
    );
    for (const run of runs) {
      assert.ok(run.closed && run.expectationsMet, run.scenario);
      assert.ok(
        Number(run.durations.faultToMailSeconds) <= 45,
        `mail after ${run.durations.faultToMailSeconds} s`,
      );
      assert.ok(
        Number(run.durations.faultToRecoveredSeconds) <= 90,
        `recovered after ${run.durations.faultToRecoveredSeconds} s`,
      );
      assertEventShapes(run);
      const report = readFileSync(join(out, run.scenario, 'report.html'), 'utf8');
      for (const text of ['<svg', 'FIXING', 'FIXED', 'state after:']) assert.ok(report.includes(text), text);
      assert.deepEqual(await replayed(run.scenario), transitionsOf(run));
    }
  });

  it('leaves no process and no sandbox behind after Ctrl-C', async () => {
    const run = startVigia(['rehearse', 'error-burst', '--out', out]);
    const sandbox = await sandboxOf(run);
    run.child.kill('SIGINT');
    const { exitCode } = await run.ended;
    assert.equal(exitCode, 130);
    assert.deepEqual(processesOf(sandbox), []);
    assert.equal(existsSync(sandbox), false);
  });

  it('leaves no process and no sandbox behind when it is killed outright', async () => {
    const run = startVigia(['rehearse', 'error-burst', '--out', out]);
    const sandbox = await sandboxOf(run);
    run.child.kill('SIGKILL');
    await run.ended;
    await until(() => processesOf(sandbox).length === 0 && !existsSync(sandbox));
  });

  it('runs on chosen ports, several at a time, without meeting each other', async () => {
    const runs = [
      startVigia(['rehearse', 'error-burst', '--out', out]),
      startVigia(['rehearse', 'error-burst', '--out', out]),
    ];
    const urls = await Promise.all(runs.map(endpointOf));
    assert.notEqual(urls[0], urls[1]);
    for (const run of runs) run.child.kill('SIGINT');
    await Promise.all(runs.map(({ ended }) => ended));
  });
});

function assertEventShapes({ events, scenario }: JsonRun): void {
  const fields: Readonly<Record<string, readonly string[]>> = {
    fault: [],
    alarm: ['name', 'from', 'to'],
    mail: ['to', 'subject'],
    lambda: ['function', 'requestId'],
    command: ['document', 'status'],
    incident: ['id', 'from', 'to', 'reason'],
  };
  for (const [kind, names] of Object.entries(fields)) {
    const some = events.filter((event) => event.kind === kind);
    assert.ok(some.length > 0, `${scenario}: no ${kind} event`);
    for (const event of some) {
      assert.match(String(event.at), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      for (const name of names) assert.ok(name in event, `${scenario}: ${kind} without ${name}`);
    }
  }
  const ended = events.filter(({ kind, status }) => kind === 'command' && status === 'Success');
  assert.equal(ended[0]?.exitCode, 0);
}

async function fieldOf(run: Started, pattern: RegExp): Promise<string> {
  await until(() => pattern.test(run.stderr()));
  return pattern.exec(run.stderr())?.[1] ?? '';
}

/** The sandbox, once the service in it answers. */
async function sandboxOf(run: Started): Promise<string> {
  const sandbox = await fieldOf(run, /sandbox (\S+)/);
  await until(() => processesOf(sandbox).some((line) => line.includes('server.js')));
  return sandbox;
}

const endpointOf = (run: Started): Promise<string> => fieldOf(run, /endpoint (\S+)/);

/** Processes whose command line names the sandbox. */
function processesOf(sandbox: string): string[] {
  return execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(sandbox) && !line.includes(' ps '));
}

async function until(condition: () => boolean): Promise<void> {
  // Twenty seconds cover a slow machine; a failing condition is then reported as a failed test.
  for (let tries = 0; tries < 200; tries += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`not within 20 s: ${condition}`);
}
