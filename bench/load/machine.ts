/** What the comparison needs to know of the machine, and processor time and memory of processes, from /proc. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Where the programs run: the proxies on one core, load and origin on another where there is one. */
export interface Cores {
  readonly proxy: number;
  readonly load: number;
}

/** Reads a processor list such as `0-1,4`. */
export function parseCoreList(text: string): number[] {
  return text
    .trim()
    .split(',')
    .flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

export function findCores(): Cores {
  const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const [proxy = 0, load = proxy] = parseCoreList(allowed);
  return { proxy, load };
}

export function describeProcessor(): string {
  return /^model name\s*:\s*(.+)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown processor';
}

/** Microseconds in one tick of the times in /proc. */
export function readTickMicros(): number {
  return 1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
}

/** Open files that this process may allow its children. */
export function readFilesMax(): number {
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return hard === undefined ? Number.POSITIVE_INFINITY : Number(hard);
}

interface ProcessStat {
  readonly parent: number;
  /** User and system time of all threads. */
  readonly ticks: number;
}

/** Reads /proc/PID/stat; the name in parentheses may hold anything, so fields count from the last one. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

/** A process and all its descendants. */
export function findFamily(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readProc(`${name}/stat`) : null;
    if (stat !== null) parents.set(Number(name), parseStat(stat).parent);
  }
  const family = [root];
  for (const member of family) {
    for (const [pid, parent] of parents) if (parent === member) family.push(pid);
  }
  return family;
}

/** Processor time of the processes so far, in ticks. */
export function readTicks(pids: readonly number[]): number {
  return sum(pids, (pid) => {
    const stat = readProc(`${pid}/stat`);
    return stat === null ? 0 : parseStat(stat).ticks;
  });
}

/** Resident memory of the processes, in KiB. */
export function readResidentKib(pids: readonly number[]): number {
  return sum(pids, (pid) => Number(/^VmRSS:\s*(\d+)/m.exec(readProc(`${pid}/status`) ?? '')?.[1] ?? 0));
}

/** Null where the process has ended. */
function readProc(path: string): string | null {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return null;
  }
}

function sum(pids: readonly number[], value: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + value(pid), 0);
}
