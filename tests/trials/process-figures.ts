/** What a process uses, from /proc, and on which cores the processes of a trial run. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { findCores, readResidentKib, readTickMicros, readTicks } from '../../bench/load/machine.ts';

export interface Figures {
  readonly residentMib: number;
  readonly openFiles: number;
  /** Processor time so far. */
  readonly cpuSeconds: number;
}

export class FigureReader {
  readonly #tickSeconds: number = readTickMicros() / 1_000_000;

  read(pid: number): Figures {
    return {
      residentMib: readResidentKib([pid]) / 1024,
      openFiles: countOpenFiles(pid),
      cpuSeconds: readTicks([pid]) * this.#tickSeconds,
    };
  }
}

/** NaN where the process has ended. */
export function countOpenFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return Number.NaN;
  }
}

export interface Placement {
  /** What was done, for the reader of the report. */
  readonly text: string;
  /** Puts a node that has started on its core. */
  readonly placeNode: (pid: number) => void;
}

/** The system decides, as it does for most nodes. */
export const NOT_PLACED: Placement = { text: 'all processes on all cores', placeNode: () => undefined };

/**
 * The node gets one core, everything else another: this process moves there now, and takes all that it starts along.
 * A machine with one core, or without taskset, leaves all of them together.
 */
export function placeProcesses(): Placement {
  const { proxy, load } = findCores();
  if (proxy === load) return { text: 'one core for all processes', placeNode: () => undefined };
  if (!pin(process.pid, load)) return { text: 'taskset is missing: not pinned', placeNode: () => undefined };
  return {
    text: `node on core ${proxy}; origin, bystander and attackers on core ${load}, attackers at nice 19`,
    placeNode: (pid) => void pin(pid, proxy),
  };
}

/** All threads of a process to one core. */
function pin(pid: number, core: number): boolean {
  return spawnSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' }).status === 0;
}
