/**
 * The CloudWatch agent ships what this service writes. It runs as another user and in other namespaces, so neither its
 * process nor its socket can be seen from here; the file in which it notes how far it has shipped can be read by all.
 * It is rewritten after each batch that CloudWatch has taken, and the service writes a batch every few seconds: a note
 * that grows old means an agent that is dead, misconfigured, or not let in by CloudWatch.
 */
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { CheckOf } from '../../../lib/catalog/health';
import type { Clock } from '../../clock';
import type { Check } from '../check';

/** The agent notes its progress ten times a second at most, and ships every five seconds. */
const freshMs = 5000;

/** The note holds a number, a path and ranges; whatever is longer is not the note. */
const maxNoteBytes = 4096;

export interface AgentFiles {
  /** What the agent ships. */
  readonly shipped: string;
  /** Where it notes how far it is. */
  readonly note: string;
}

export function agentCheck(settings: CheckOf<'agent'>, files: AgentFiles, clock: Clock): Check {
  const { name, maxAgeSeconds, critical, timeoutMs } = settings;
  return {
    name,
    kind: 'agent',
    critical,
    limitMs: timeoutMs,
    freshMs,
    async run() {
      const { size, birthtimeMs } = await stat(files.shipped);
      const note = await readNote(files.note);
      const movedMs = Math.max(note?.writtenMs ?? 0, birthtimeMs);
      // A file that has just been begun, or a service that has, cannot have been shipped yet.
      const silentMs = Math.min(clock.now() - movedMs, clock.elapsedMs());
      if (silentMs <= maxAgeSeconds * 1000) return undefined;
      const waitingBytes = Math.max(0, size - (note?.offset ?? 0));
      if (waitingBytes === 0) return 'nothing to ship';
      throw new Error(
        `nothing shipped for ${Math.round(silentMs / 1000)} s while ${waitingBytes} bytes wait, ` +
          `expected at most ${maxAgeSeconds} s`,
      );
    },
  };
}

interface Note {
  readonly offset: number;
  readonly writtenMs: number;
}

/** Undefined when the agent has noted nothing yet; its first line is the offset up to which all is shipped. */
async function readNote(path: string): Promise<Note | undefined> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxNoteBytes), 0, maxNoteBytes, 0);
    const offset = Number.parseInt(buffer.toString('utf8', 0, bytesRead), 10);
    return { offset: Number.isNaN(offset) ? 0 : offset, writtenMs: (await file.stat()).mtimeMs };
  } finally {
    await file.close();
  }
}
