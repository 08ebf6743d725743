/** The report: the run's own numbers, readable without scripts, and nothing in it that is not text. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RehearsalEvent } from '../../../rehearsal/events';
import { escapeHtml } from '../../../rehearsal/report/escape';
import { renderReport } from '../../../rehearsal/report/html';
import { toJson } from '../../../rehearsal/verdict';
import { alarm, at, closingLoop, faultAt, mail, runOf } from '../story';

const html = renderReport(runOf(closingLoop));

describe('the report', () => {
  it('has the same durations as the JSON', () => {
    const { runs } = toJson([runOf(closingLoop)]) as { runs: { durations: Record<string, number> }[] };
    const expected = Object.values(runs[0]?.durations ?? {}).map((seconds) => `${seconds} s`);
    const shown = [...html.matchAll(/<li><b>([^<]*)<\/b>/g)].map(([, value]) => value);
    assert.deepEqual(shown, [...expected, '40']);
    assert.match(html, /<b>40<\/b>of 840 calls failed/);
  });

  it("says 'never' for what did not happen", () => {
    const shown = renderReport(runOf([]));
    assert.equal(shown.match(/<b>never<\/b>/g)?.length, 4);
    assert.match(shown, /No incident was opened\./);
    assert.match(shown, /No mail was sent\./);
    assert.match(shown, /No command was run\./);
  });

  it('shows verdict, story, timeline, mails and outputs', () => {
    for (const part of [
      '● As expected',
      'Something breaks.',
      'Incident 17 ended closed: error rate fell.',
      '<b>FIXING: error rate 61.5 %</b>',
      '--- restart\nactive',
      'npx vigia rehearse demo',
      'demo-dev-errorRateHigh: OK to ALARM',
      'an assumption',
      '<summary>Every event (14)</summary>',
    ]) {
      assert.ok(html.includes(part), part);
    }
    const outcomes = [{ words: 'mail FIXED', met: false, decided: true, detail: 'it did not happen' }];
    const failed = renderReport(runOf([], { outcomes, expectationsMet: false, hints: ['a hint'] }));
    assert.match(failed, /▲ Not as expected/);
    assert.match(failed, /<td class="mark bad">✗ not met<\/td><td>mail FIXED<\/td>/);
    assert.match(failed, /What the rehearsal saw<\/h2><ul><li>a hint/);
  });

  it('keeps its marks on one line', () => {
    assert.match(html, /td\.mark\{white-space:nowrap\}/);
  });

  it('is one file: no script, nothing fetched, well closed', () => {
    assert.doesNotMatch(html, /<script|<link|<img|<iframe|javascript:|@import|url\(http/i);
    for (const tag of [
      'html',
      'body',
      'svg',
      'section',
      'table',
      'tr',
      'td',
      'ul',
      'li',
      'details',
      'pre',
      'figure',
      'ol',
      'p',
      'h1',
      'h2',
      'h3',
    ]) {
      const opened = html.match(new RegExp(`<${tag}[ >]`, 'g'))?.length ?? 0;
      const closed = html.match(new RegExp(`</${tag}>`, 'g'))?.length ?? 0;
      assert.equal(opened, closed, tag);
    }
  });

  it('is small, also for a run of many minutes', () => {
    const long: RehearsalEvent[] = Array.from({ length: 8 }, (_, minute) =>
      closingLoop.map((event) => ({ ...event, at: event.at + minute * 60_000 })),
    ).flat();
    assert.ok(Buffer.byteLength(renderReport(runOf(long))) < 150_000);
    assert.ok(Buffer.byteLength(html) < 30_000);
  });
});

describe('hostile text', () => {
  const hostile = `</script></pre><img src=x onerror=alert(1)><svg/onload='x'>" onmouseover="x" & <!--`;

  it('stays text wherever it stands', () => {
    const state = { from: 'OK', to: 'ALARM' } as const;
    const events: RehearsalEvent[] = [
      at(0, { kind: 'fault', what: 'start', fault: hostile, detail: hostile }),
      at(1, { kind: 'host', what: `${hostile} active`, detail: hostile }),
      at(1, { kind: 'alarm', name: hostile, ...state, reason: hostile }),
      at(1, {
        kind: 'action',
        alarm: hostile,
        target: hostile,
        state: 'ALARM',
        subject: hostile,
        message: hostile,
        error: hostile,
      }),
      at(1, { kind: 'withheld', alarm: hostile, state: 'ALARM', by: hostile }),
      at(1, { kind: 'mail', to: hostile, subject: hostile, text: hostile, topic: hostile, error: hostile }),
      at(1, {
        kind: 'lambda',
        function: hostile,
        requestId: hostile,
        durationMs: 1,
        coldStart: true,
        source: hostile,
        error: hostile,
      }),
      at(1, {
        kind: 'command',
        id: hostile,
        document: hostile,
        status: 'Failed',
        exitCode: 1,
        output: hostile,
        durationMs: 1,
      }),
      at(1, { kind: 'incident', id: hostile, from: 'none', to: hostile, reason: hostile }),
      at(1, { kind: 'dead-letter', queue: hostile, reason: hostile, body: hostile }),
      at(1, { kind: 'notice', subject: hostile, text: hostile }),
    ];
    const [watched] = runOf([]).watched;
    assert.ok(watched !== undefined);
    const shown = renderReport(
      runOf(events, {
        scenario: hostile,
        title: hostile,
        story: hostile,
        hints: [hostile],
        assumptions: [hostile],
        outcomes: [{ words: hostile, met: false, decided: true, detail: hostile }],
        watched: [{ ...watched, alarmName: hostile, label: hostile }],
      }),
    );
    const harmless = shown.replaceAll(escapeHtml(hostile), '');
    assert.ok(
      !/onerror|onload|onmouseover|<img|<script|<!--/.test(harmless),
      harmless.match(/.{80}(onerror|onload|onmouseover).{20}/)?.[0],
    );
    assert.ok(!shown.includes(hostile));
  });

  it('is escaped so that it reads as it was', () => {
    assert.equal(escapeHtml(`<a href="x">&amp;`), '&lt;a href=&quot;x&quot;&gt;&amp;amp;');
  });
});

describe('flags', () => {
  it('are numbered in the figure as in the list, from the fault on', () => {
    const run = runOf([alarm(-5, 'x', 'OK', 'ALARM'), mail(2, 'FIXING'), alarm(30, 'x', 'ALARM', 'OK')]);
    const shown = renderReport(run);
    const inFigure = [...shown.matchAll(/class="flag-number"[^>]*><title>([^<]*)<\/title>(\d+)</g)].map(
      ([, words, number]) => `${number} ${words}`,
    );
    assert.deepEqual(inFigure, ['1 mail: FIXING', '2 x OK']);
    assert.match(shown, /<ol><li>\+00:02 mail: FIXING<\/li><li>\+00:30 x OK<\/li><\/ol>/);
    assert.equal(run.faultAt, faultAt);
  });
});
