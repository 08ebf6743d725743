import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createRecorder, isRecording, readRecording } from '../../../../rehearsal/alarms/series/recording';
import { SeriesError } from '../../../../rehearsal/alarms/series/series-error';
import { datum, minute, monday } from './fixture';

function recorded(record: (recorder: ReturnType<typeof createRecorder>) => void, meta = {}): string {
  let text = '';
  record(
    createRecorder((line) => {
      text += line;
    }, meta),
  );
  return text;
}

const head = '{"vigia":"recording","version":1}';

describe('a recording', () => {
  it('gives back what was told and when, in its order', () => {
    const place = { accountId: '000000000000', region: 'us-east-1', partition: 'aws' };
    const meta = { scenario: 'error-burst', startedAt: monday, place, note: 'by hand' };
    const forced = { at: monday, name: 'high', state: 'ALARM' as const, reason: 'drill' };
    const first = datum(monday - 5000, [1, 2], {
      counts: [3, 4],
      unit: 'Count',
      storageResolutionSeconds: 1,
    });
    const second = datum(monday, [], { statisticValues: { sampleCount: 2, sum: 3, minimum: 1, maximum: 2 } });
    const text = recorded((recorder) => {
      recorder.arrived(first, monday);
      recorder.ticked(monday + minute);
      recorder.alarmStateSet(forced);
      recorder.arrived(second, monday + minute);
    }, meta);
    assert.ok(isRecording(text));
    assert.deepEqual(readRecording(text), {
      meta,
      entries: [
        { kind: 'arrival', arrival: { arrivedAt: monday, datum: first } },
        { kind: 'tick', at: monday + minute },
        { kind: 'setAlarmState', ...forced },
        { kind: 'arrival', arrival: { arrivedAt: monday + minute, datum: second } },
      ],
    });
  });

  it('loses no datum, whatever is in it', () => {
    const any = fc.record({
      at: fc.integer({ min: 0, max: 10 ** 9 }).map((ms) => monday + ms),
      values: fc.array(
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
        { maxLength: 4 },
      ),
      name: fc.string({ minLength: 1 }),
      dimensions: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3, noNullPrototype: true }),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 5 }), (all) => {
        const data = all.map((each) => datum(each.at, each.values, each));
        const text = recorded((recorder) => {
          for (const each of data) recorder.arrived(each, each.at + 1);
        });
        const back = readRecording(text).entries.map((entry) =>
          entry.kind === 'arrival' ? entry.arrival.datum : entry,
        );
        assert.deepEqual(back, data);
      }),
    );
  });

  it('may end in the middle of its last line, as when the rehearsal was killed', () => {
    assert.deepEqual(readRecording(`${head}\n{"tick":${monday}}\n{"tic`).entries, [
      { kind: 'tick', at: monday },
    ]);
    assert.throws(() => readRecording(`${head}\n{"tic\n{"tick":1}\n`), SeriesError);
  });

  it('is refused where its version or its lines are not known', () => {
    const refused = (text: string, message: RegExp): void =>
      assert.throws(
        () => readRecording(text, 'r.jsonl'),
        (error) => error instanceof SeriesError && message.test(error.message),
      );
    refused(
      '{"vigia":"recording","version":2}\n',
      /^r\.jsonl:1: recorded by another version, got version 2, expected version 1; record it again$/,
    );
    refused('{"tick":1}', /^r\.jsonl:1: no recording/);
    refused(`${head}\n\n{"tick":"x"}\n`, /^r\.jsonl:3: tick/);
    refused(`${head}\n{"hello":1}\n`, /^r\.jsonl:2/);
    refused(
      `${head}\n{"tick":1e300}\n`,
      /^r\.jsonl:2: tick: .*expected milliseconds since 1970 and a time from 1970/,
    );
    const line = {
      arrivedAt: monday,
      at: monday,
      namespace: 'A',
      name: 'b',
      dimensions: {},
      storageResolutionSeconds: 60,
    };
    refused(`${head}\n${JSON.stringify(line)}\n`, /either values or statisticValues/);
    refused(`${head}\n${JSON.stringify({ ...line, values: [1], counts: [] })}\n`, /as many counts as values/);
    refused(
      `${head}\n${JSON.stringify({ ...line, values: [1], storageResolutionSeconds: 5 })}\n`,
      /storageResolutionSeconds/,
    );
  });
});
