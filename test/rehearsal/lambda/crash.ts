/** A rehearsal that a test kills: a function hangs in its process, whose id is written out. */
import { bench } from './fixture';

async function main(): Promise<void> {
  const { lambda, pids, lines } = await bench({
    hang: { source: 'export const handler = () => new Promise(() => {});', properties: { Timeout: 60 } },
  });
  lambda.invokeAsync('hang', '{}', 'invoke');
  while (!lines('hang').some((line) => line.startsWith('START')))
    await new Promise((next) => setTimeout(next, 5));
  process.stdout.write(`${pids[0]}\n`);
}

main();
