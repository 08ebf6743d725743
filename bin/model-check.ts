/** `vigia model check`: whether the service could serve what lies in a directory. It is asked in a process of its own. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { projectRoot } from './load-config';
import { UsageError } from './usage-error';

export interface ModelCheckOptions {
  readonly json: boolean;
}

interface ModelReport {
  readonly name: string;
  readonly version: string;
  readonly task: string;
  readonly engine: string;
  readonly features: readonly { readonly name: string; readonly accepts: string }[];
  readonly classes: readonly string[];
  readonly lowConfidenceBelow: number;
  readonly probe: { readonly class: string; readonly confidence: number };
  readonly loadMs: number;
  readonly predictionMs: number;
}

/** Returns the exit code, which is 0: what cannot be served is thrown as the person's mistake. */
export async function modelCheck(directory: string, { json }: ModelCheckOptions): Promise<number> {
  const text = await ask(resolve(directory));
  process.stdout.write(json ? text : `${describe(JSON.parse(text) as ModelReport).join('\n')}\n`);
  return 0;
}

/** The service's own code, apart from this process: it loads native libraries, and nothing here may import it. */
function ask(directory: string): Promise<string> {
  const args = ['--import', 'tsx', join('service', 'check-model.ts'), directory];
  return new Promise((done, fail) => {
    const child = execFile(process.execPath, args, { cwd: projectRoot }, (error, stdout, stderr) => {
      if (error === null) done(stdout);
      else fail(child.exitCode === 2 ? new UsageError(stderr.trim()) : new Error(stderr));
    });
  });
}

function describe(model: ModelReport): string[] {
  const { probe, classes, features } = model;
  const width = Math.max(...features.map(({ name }) => name.length));
  const walked = model.engine === 'trees' ? 'trees, walked by the service itself' : 'onnxruntime';
  return [
    `${model.name} ${model.version}: can be served`,
    `  ${model.task}`,
    '',
    `  engine      ${walked}`,
    `  loaded in   ${model.loadMs.toFixed(0)} ms`,
    `  prediction  ${(model.predictionMs * 1000).toFixed(0)} microseconds, the median of a row at a time`,
    `  probe       ${probe.class}, confidence ${probe.confidence}`,
    `  classes     ${classes.join(', ')}; below ${model.lowConfidenceBelow} counts as low confidence`,
    '',
    '  features',
    ...features.map(({ name, accepts }) => `    ${name.padEnd(width)}  ${accepts}`),
  ];
}
