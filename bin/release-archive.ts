/** A directory as tar.gz, the same bytes for the same files: sorted names, no times, no owners. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface ArchiveEntry {
  /** With slashes, without a leading one. */
  readonly name: string;
  readonly content: Buffer;
  readonly isProgram?: boolean;
}

const blockBytes = 512;

/** Every file below the directory, in one order on every machine. */
export function filesBelow(directory: string): ArchiveEntry[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(directory, name)).isFile())
    .map((name) => ({
      name: name.replaceAll('\\', '/'),
      content: readFileSync(join(directory, name)),
      // Of all the bits of a mode this one is the file's own; the others are its host's.
      isProgram: (statSync(join(directory, name)).mode & 0o100) !== 0,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The archive; directories are made by whoever unpacks it, as its names ask for them. */
export function packed(entries: readonly ArchiveEntry[]): Buffer {
  const blocks = entries.flatMap(({ name, content, isProgram = false }) => [
    header(name, content.length, isProgram ? 0o755 : 0o644),
    padded(content),
  ]);
  // Two empty blocks end an archive.
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]), { level: 9 });
}

function padded(content: Buffer): Buffer {
  const rest = content.length % blockBytes;
  return rest === 0 ? content : Buffer.concat([content, Buffer.alloc(blockBytes - rest)]);
}

/** POSIX ustar: the one form that every tar reads without extensions. */
function header(name: string, size: number, mode: number): Buffer {
  const block = Buffer.alloc(blockBytes);
  const [prefix, short] = split(name);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  block.write(short, 0, 100);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136);
  // The sum is taken with blanks in its own place.
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\0', 257);
  block.write('00', 263);
  block.write(prefix, 345, 155);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** A long name is cut at a slash: 155 bytes before it, 100 behind it. */
function split(name: string): [prefix: string, short: string] {
  const length = (text: string): number => Buffer.byteLength(text);
  if (length(name) <= 100) return ['', name];
  for (let at = name.indexOf('/'); at > 0; at = name.indexOf('/', at + 1)) {
    const [prefix, short] = [name.slice(0, at), name.slice(at + 1)];
    if (length(prefix) <= 155 && length(short) <= 100) return [prefix, short];
  }
  throw new Error(`${name}: too long for an archive, got ${length(name)} bytes; shorten its path`);
}
