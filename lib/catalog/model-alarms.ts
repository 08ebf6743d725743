/**
 * Alarms about the model and its inputs while the service is technically well. All are tickets, and none has a remedy: what
 * is asked and what is true do not change by a restart.
 */
import type { Alarm } from './alarm';

export const modelAlarms = {
  confidenceLow: {
    summary: 'The model is unsure of its own answers.',
    signal: {
      kind: 'math',
      // In a period in which every call fails nothing is predicted: the missing confidence would count as zero.
      expression: 'IF((total >= {minimumSamples}) AND (confidence > 0), confidence)',
      label: 'mean confidence',
      inputs: {
        confidence: { metric: 'modelConfidence', statistic: 'Average' },
        total: { metric: 'predictionCount', statistic: 'Sum' },
      },
    },
    periodSeconds: 60,
    breaches: { below: 0.6 },
    because: 'On its validation data the sample model averages 0.81; 0.6 is near guessing for two classes.',
    datapoints: { toAlarm: 3, outOf: 5 },
    minimumSamples: 100,
    whenMissing: {
      treat: 'ignore',
      because: 'Without traffic the last judgement of the inputs still stands.',
    },
    severity: 'ticket',
    // Unsure answers come from the inputs or the model: a restart would hide it and change nothing.
    remedy: null,
    route: 'remediation',
    owner: 'observation',
    reading: { noun: 'mean confidence', unit: '', decimals: 2 },
  },
  driftDetected: {
    summary: 'What the model is asked differs from what it was trained on.',
    signal: { kind: 'metric', metric: 'driftLevel', statistic: 'Maximum' },
    periodSeconds: 60,
    breaches: { above: 1 },
    because:
      'The service says 2 for investigate and 3 for retrain, after a whole day of rows and three agreeing windows; 1 is only worth watching.',
    // The service has been patient already. This much more keeps a host that is being replaced from a word of its own.
    datapoints: { toAlarm: 3, outOf: 5 },
    whenMissing: {
      treat: 'ignore',
      because: 'While there are too few rows to tell, the last judgement still stands.',
    },
    severity: 'ticket',
    // The inputs are what they are: a restart would hide the question and answer nothing.
    remedy: null,
    route: 'remediation',
    owner: 'observation',
    reading: {
      noun: 'drift level',
      unit: '',
      decimals: 0,
      words: { bad: 'inputs have drifted', good: 'inputs are as in training' },
    },
  },
  accuracyLow: {
    summary: 'Late labels say that the model is less often right than at its validation.',
    signal: { kind: 'metric', metric: 'accuracyDrop', statistic: 'Maximum' },
    periodSeconds: 60,
    breaches: { above: 5 },
    because:
      'Five points are three standard errors of the 400 labels that the service waits for, and a fifth more mistakes at usual accuracies.',
    datapoints: { toAlarm: 3, outOf: 5 },
    whenMissing: {
      treat: 'ignore',
      because: 'Labels come late and in batches; between them the last measurement still stands.',
    },
    severity: 'ticket',
    remedy: null,
    route: 'remediation',
    owner: 'observation',
    reading: { noun: 'accuracy drop', unit: 'points', decimals: 1 },
  },
  degradedMode: {
    summary: 'Callers are answered from the cache or the fallback instead of the model.',
    signal: {
      kind: 'math',
      expression: 'IF(total >= {minimumSamples}, 100 * degraded / total)',
      label: 'degraded answers, percent',
      inputs: {
        degraded: { metric: 'degradedPredictions', statistic: 'Sum' },
        total: { metric: 'predictionCount', statistic: 'Sum' },
      },
    },
    periodSeconds: 60,
    breaches: { above: 1 },
    because:
      'One answer in a hundred that the model did not give is no accident; people should know before the business asks.',
    datapoints: { toAlarm: 3, outOf: 5 },
    minimumSamples: 20,
    whenMissing: {
      treat: 'notBreaching',
      because: 'Without calls nobody is answered at all; silence itself is watched by serviceDown.',
    },
    severity: 'ticket',
    // What makes the model fail or late has its own alarm and remedy; a switch that somebody threw is theirs to turn back.
    remedy: null,
    route: 'remediation',
    owner: 'observation',
    reading: { noun: 'degraded answers', unit: '%', decimals: 1 },
  },
} satisfies Record<string, Alarm>;
