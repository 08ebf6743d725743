/** Finds the examples of a page of documentation and does what a reader would do with them: writes the files, types the commands, compares. */
import { exec } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');
/** Many times what a command takes on a busy machine. */
const timeoutMs = 60_000;

interface Block {
  /** What stands behind the opening fence. */
  readonly info: string;
  readonly text: string;
  /** Of its first line of text, counted from 1. */
  readonly line: number;
  /** Nothing but blank lines between it and the block before. */
  readonly followsBlock: boolean;
}

interface Command {
  readonly words: string;
  readonly status: number;
  readonly line: number;
}

export interface Examples {
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Commands that stand in one block, and the output that the page shows for them. */
  readonly runs: readonly { readonly commands: readonly Command[]; readonly shown: Block | undefined }[];
}

/** What of the page is tested. */
export function examplesOf(page: string): Examples {
  const blocks = blocksOf(page);
  return {
    files: blocks.flatMap(({ info, text }) => {
      const [, name = /^# ([\w.-]+\.ya?ml)[ \t]*\n/.exec(text)?.[1]] = /^csv (\S+)$/.exec(info) ?? [];
      return name === undefined ? [] : [{ name, text }];
    }),
    runs: blocks.flatMap((block, index) => {
      const commands = block.info === 'sh' ? commandsOf(block) : [];
      const next = blocks[index + 1];
      const shown = next?.info === 'text' && next.followsBlock ? next : undefined;
      return commands.length === 0 ? [] : [{ commands, shown }];
    }),
  };
}

/** Everything on the page that is not so when it is done; empty when the page is right. */
export async function problemsOf(page: string): Promise<string[]> {
  const { files, runs } = examplesOf(page);
  const directory = mkdtempSync(join(tmpdir(), 'vigia-docs-'));
  const problems: string[] = [];
  try {
    for (const { name, text } of files) writeFileSync(join(directory, name), text);
    for (const { commands, shown } of runs) {
      let output = '';
      // One after the other, as they are typed: a later one may read what an earlier one wrote.
      for (const { words, status, line } of commands) {
        const ended = await run(words, directory);
        output += ended.output;
        if (ended.status !== status)
          problems.push(`line ${line}: ${words}: ended with ${ended.status}, not ${status}\n${ended.output}`);
      }
      const missing = shown === undefined ? undefined : firstMissing(shown.text, output);
      if (shown !== undefined && missing !== undefined)
        problems.push(`line ${shown.line}: not printed: ${missing}\nbut this was:\n${output}`);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return problems;
}

function blocksOf(page: string): Block[] {
  const text = page.replaceAll('\r\n', '\n');
  const fenced = /^(`{3,})([^`\n]*)\n([\s\S]*?)^\1`*[ \t]*$/gm;
  let end = -1;
  return [...text.matchAll(fenced)].map((found) => {
    const [whole, , info = '', content = ''] = found;
    const followsBlock = end >= 0 && text.slice(end, found.index).trim() === '';
    end = found.index + whole.length;
    const line = text.slice(0, found.index).split('\n').length + 1;
    return { info: info.trim(), text: content, line, followsBlock };
  });
}

function commandsOf({ text, line }: Block): Command[] {
  return text.split('\n').flatMap((written, index) => {
    if (!written.startsWith('npx vigia alarms')) return [];
    const [, words = written, status = '0'] = /^(.*?)\s+# exit (\d+)\s*$/.exec(written) ?? [];
    return [{ words: words.trim(), status: Number(status), line: line + index }];
  });
}

/** Through a shell, so that quotes mean what they mean to a reader. */
function run(words: string, cwd: string): Promise<{ status: number; output: string }> {
  const program = [process.execPath, join(root, 'bin', 'vigia.js')].map((path) => `"${path}"`).join(' ');
  return new Promise((done) => {
    const command = words.replace(/^npx vigia/, () => program);
    const child = exec(command, { cwd, timeout: timeoutMs }, (_error, stdout, stderr) =>
      done({ status: child.exitCode ?? -1, output: `${stdout}${stderr}` }),
    );
  });
}

/** `0.13 s`: takes as long as it takes. */
const elapsed = /\d s\b/;

/**
 * The first shown line that was not printed; undefined when all were. Blank lines and the width of blanks do not count. A
 * line `...` stands for any lines, and so does one with an elapsed time; lines without either between them were printed one
 * directly after the other.
 */
function firstMissing(shown: string, output: string): string | undefined {
  const printed = linesOf(output);
  let from = 0;
  for (const run of runsOf(linesOf(shown))) {
    const at = indexOfRun(printed, run, from);
    if (at < 0) return run.find((line) => !printed.includes(line)) ?? run.join(' / ');
    from = at + run.length;
  }
  return undefined;
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim().replaceAll(/\s+/g, ' '))
    .filter((line) => line !== '');
}

function runsOf(lines: readonly string[]): string[][] {
  const runs: string[][] = [[]];
  for (const line of lines) {
    if (line === '...' || elapsed.test(line)) runs.push([]);
    else runs.at(-1)?.push(line);
  }
  return runs.filter((run) => run.length > 0);
}

function indexOfRun(printed: readonly string[], run: readonly string[], from: number): number {
  for (let at = from; at + run.length <= printed.length; at++)
    if (run.every((line, index) => printed[at + index] === line)) return at;
  return -1;
}
