/** What the meter sees of an event loop that comes late. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLagMeter } from '../../../service/telemetry/lag';
import { heldClock } from '../held-clock';

describe('the lag of the event loop', () => {
  it('is the longest of this minute and the one before, then forgotten', async () => {
    const clock = heldClock(0);
    const meter = createLagMeter(clock);
    await clock.advance(10_000);
    assert.equal(meter.maxMs(), 0);
    clock.stall(730);
    await clock.advance(1000);
    // The look that was due up to a tenth of a second after the stall began came only at its end.
    assert.ok(meter.maxMs() >= 630 && meter.maxMs() <= 730, `${meter.maxMs()} ms`);
    await clock.advance(60_000);
    assert.ok(meter.maxMs() >= 630, 'a minute later it is still told');
    await clock.advance(60_000);
    assert.equal(meter.maxMs(), 0);
    meter.stop();
  });
});
