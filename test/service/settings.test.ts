/** Which environments the service accepts, and what it says of the others. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSettings, SettingsError } from '../../service/settings';

const needed = { VIGIA_SERVICE: 'fraud', VIGIA_STAGE: 'dev', VIGIA_EMF_FILE: '/var/log/metrics.emf' };

const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readSettings({ ...needed, ...env }, '/srv/model');
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.problems;
  }
  return assert.fail('it was accepted');
};

describe('settings', () => {
  it('need three variables and have a value for everything else', () => {
    assert.deepEqual(readSettings(needed, '/srv/model'), {
      service: 'fraud',
      stage: 'dev',
      bind: '0.0.0.0',
      port: 8080,
      modelDirectory: '/srv/model',
      logFile: undefined,
      switchesFile: undefined,
      logLevel: 'info',
      slowMs: 250,
      tracesEndpoint: undefined,
      tracesHeadersFile: undefined,
      tracesReservoir: 0,
      telemetry: 'on',
      emfFile: '/var/log/metrics.emf',
      flushSeconds: 5,
      stateDirectory: undefined,
      driftWindowSeconds: 3600,
      driftWindows: 24,
      healthFile: undefined,
      agentNoteFile: undefined,
      statusCheckPort: undefined,
      drainSeconds: 0,
      lowConfidenceBelow: undefined,
      modelEngine: 'auto',
      degraded: { latencyLimitMs: 250, errorLimit: 0.5, maxWaitingRows: 4096, maxCachedRows: 10_000 },
      allowFaults: false,
    });
  });

  it('need no metrics file where nobody wants its lines', () => {
    const { VIGIA_EMF_FILE: _, ...without } = needed;
    for (const telemetry of ['scrape', 'off']) {
      const settings = readSettings({ ...without, VIGIA_TELEMETRY: telemetry }, '/srv/model');
      assert.deepEqual([settings.telemetry, settings.emfFile], [telemetry, undefined]);
    }
  });

  it('name every missing variable at once', () => {
    assert.throws(
      () => readSettings({}, '/srv/model'),
      (error: Error) => {
        assert.deepEqual(
          error.message.split('\n').map((line) => line.split(':')[0]),
          ['VIGIA_SERVICE', 'VIGIA_STAGE', 'VIGIA_EMF_FILE'],
        );
        return true;
      },
    );
  });

  it('refuse a value by name, with what was given and what is expected', () => {
    assert.deepEqual(problemsOf({ VIGIA_PORT: '80x' }), [
      'VIGIA_PORT: is not usable, got "80x", expected a port from 0 to 65535; 0 takes a free one; correct it in the service\'s environment',
    ]);
    for (const [name, value] of [
      ['VIGIA_PORT', '65536'],
      ['VIGIA_BIND', 'everywhere'],
      ['VIGIA_LOG_LEVEL', 'loud'],
      ['VIGIA_MODEL_ENGINE', 'gpu'],
      ['VIGIA_DEGRADED_LATENCY_LIMIT_MS', '0'],
      ['VIGIA_DEGRADED_ERROR_LIMIT', '50'],
      ['VIGIA_MAX_WAITING_ROWS', '255'],
      ['VIGIA_MAX_CACHED_ROWS', '-1'],
      ['VIGIA_SLOW_MS', '0'],
      ['VIGIA_TRACES_ENDPOINT', '127.0.0.1:4318'],
      ['VIGIA_TRACES_ENDPOINT', 'ftp://127.0.0.1'],
      ['VIGIA_TRACES_RESERVOIR', '0.5'],
      ['VIGIA_TELEMETRY', 'no'],
      ['VIGIA_FLUSH_SECONDS', '3'],
      ['VIGIA_FLUSH_SECONDS', '0'],
      ['VIGIA_LOW_CONFIDENCE_BELOW', '60'],
      ['VIGIA_LOW_CONFIDENCE_BELOW', 'half'],
    ] as const) {
      const problems = problemsOf({ [name]: value });
      assert.equal(problems.length, 1);
      assert.ok(problems[0]?.startsWith(`${name}: is not usable, got "${value}", expected `), problems[0]);
    }
  });

  it('open the fault routes for the one agreed word alone', () => {
    for (const word of ['true', '1', 'Rehearsal', ' rehearsal', '']) {
      assert.equal(readSettings({ ...needed, VIGIA_ALLOW_FAULTS: word }, '/srv').allowFaults, false, word);
    }
    assert.equal(readSettings({ ...needed, VIGIA_ALLOW_FAULTS: 'rehearsal' }, '/srv').allowFaults, true);
  });
});
