/**
 * The figures behind the agent's plugins. Processor, disk traffic and connections are this machine's own; memory and
 * disk space are the service's, measured against the machine that the template asks for.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

export interface Reading {
  readonly measurement: string;
  readonly value: number;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** What each plugin can measure here. */
export const measurements: Readonly<Record<string, readonly string[]>> = {
  cpu: ['usage_idle', 'usage_iowait', 'usage_user', 'usage_system'],
  mem: ['used_percent'],
  disk: ['used_percent'],
  diskio: ['io_time'],
  netstat: ['tcp_established', 'tcp_time_wait'],
};

/** One plugin's figures, for the resources (paths, devices) that its section names. */
export type HostReadings = (plugin: string, resources: readonly string[]) => Promise<readonly Reading[]>;

export interface HostSize {
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** Memory of the sizes Vigia is commonly deployed on, GiB; every family listed doubles from one size to the next. */
const memoryGiB: Readonly<Record<string, number>> = {
  't3.micro': 1,
  't3.small': 2,
  't3.medium': 4,
  't3.large': 8,
  't4g.micro': 1,
  't4g.small': 2,
  't4g.medium': 4,
  't4g.large': 8,
  'm6i.large': 8,
  'm7i.large': 8,
  'm7g.large': 8,
  'm7g.xlarge': 16,
  'c7g.large': 4,
  'c7i.large': 4,
};

/** The size the template asks for; a type that is not listed counts as large as this machine. */
export function hostSize(instanceType: string, volumeGiB: number): HostSize {
  const memory = memoryGiB[instanceType];
  return {
    memoryBytes: memory === undefined ? totalmem() : memory * 1024 ** 3,
    diskBytes: volumeGiB * 1024 ** 3,
  };
}

export function createReadings(
  size: HostSize,
  host: { readonly diskDirectory: string; readonly pid: () => number | undefined },
): HostReadings {
  let earlier = withIowait(processorTimes());
  let earlierIo: number | undefined;
  const percent = (value: number, whole: number): number => (whole === 0 ? 0 : (100 * value) / whole);
  const plain = (measurement: string, value: number, unit: string, dimensions = {}): Reading => ({
    measurement,
    value,
    unit,
    dimensions,
  });
  const plugins: Readonly<Record<string, (resources: readonly string[]) => Promise<readonly Reading[]>>> = {
    cpu: async () => {
      const before = await earlier;
      const times = await withIowait(processorTimes());
      const spent = Object.fromEntries(
        // A counter that runs back (iowait may) counts as one that stood still.
        Object.entries(times).map(([key, value]) => [key, Math.max(0, value - (before[key] ?? 0))]),
      );
      const whole = Object.values(spent).reduce((sum, value) => sum + value, 0);
      earlier = Promise.resolve(times);
      return ['idle', 'iowait', 'user', 'system'].map((key) =>
        plain(`usage_${key}`, percent(spent[key] ?? 0, whole), 'Percent', { cpu: 'cpu-total' }),
      );
    },
    mem: async () => [
      plain('used_percent', percent(await residentBytes(host.pid()), size.memoryBytes), 'Percent'),
    ],
    disk: async (resources) => {
      const used = percent(await directoryBytes(host.diskDirectory), size.diskBytes);
      const paths = resources.length === 0 || resources.includes('*') ? ['/'] : resources;
      return paths.map((path) =>
        plain('used_percent', used, 'Percent', { path, device: 'xvda1', fstype: 'xfs' }),
      );
    },
    diskio: async () => {
      // The agent reports what was added since its last look, not the counter itself.
      const total = await ioMilliseconds();
      const added = total - (earlierIo ?? total);
      earlierIo = total;
      return [plain('io_time', added, 'Milliseconds', { name: 'xvda' })];
    },
    netstat: async () => {
      const states = await tcpStates();
      return [
        plain('tcp_established', states.established, 'Count'),
        plain('tcp_time_wait', states.timeWait, 'Count'),
      ];
    },
  };
  return async (plugin, resources) => (await plugins[plugin]?.(resources)) ?? [];
}

type Times = Record<string, number>;

function processorTimes(): Times {
  const total: Times = { idle: 0, iowait: 0, user: 0, system: 0 };
  for (const { times } of cpus()) {
    total.idle = (total.idle ?? 0) + times.idle;
    total.user = (total.user ?? 0) + times.user + times.nice;
    total.system = (total.system ?? 0) + times.sys + times.irq;
  }
  return total;
}

/** Linux alone tells the time spent waiting for disks; elsewhere it stays 0. */
async function withIowait(times: Times): Promise<Times> {
  const text = await readFile('/proc/stat', 'utf8').catch(() => '');
  const iowaitTicks = Number(text.split('\n')[0]?.split(/\s+/)[5] ?? 0);
  // A tick is 10 ms on every Linux that Node runs on.
  return { ...times, iowait: iowaitTicks * 10 };
}

async function residentBytes(pid: number | undefined): Promise<number> {
  if (pid === undefined) return 0;
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined);
  if (status !== undefined) return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'rss=', '-p', String(pid)], (_, stdout) => resolve((Number(stdout) || 0) * 1024));
  });
}

async function directoryBytes(directory: string): Promise<number> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return directoryBytes(path);
      return entry.isFile() ? (await stat(path).catch(() => ({ size: 0 }))).size : 0;
    }),
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

/** Time the disks were busy since boot; Linux alone tells it. */
async function ioMilliseconds(): Promise<number> {
  const text = await readFile('/proc/diskstats', 'utf8').catch(() => '');
  return text
    .split('\n')
    .map((line) => Number(line.trim().split(/\s+/)[12] ?? 0))
    .reduce((sum, value) => sum + (Number.isFinite(value) ? value : 0), 0);
}

/** Connection states by their number in the kernel's table: 01 established, 06 time-wait. */
async function tcpStates(): Promise<{ established: number; timeWait: number }> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const states = tables.flatMap((text) => text.split('\n').map((line) => line.trim().split(/\s+/)[3]));
  return {
    established: states.filter((state) => state === '01').length,
    timeWait: states.filter((state) => state === '06').length,
  };
}
