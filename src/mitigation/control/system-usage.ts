/**
 * How busy the machine is: processor, memory, packets.
 *
 * Readings of the kernel's counters are pure text and numbers; rates are differences between two of them. Rates are
 * renewed when at least `WINDOW_MS` have passed, so that several callers in a row see the same figures instead of
 * ones from an interval too short to mean anything.
 */
import { readFileSync } from 'node:fs';
import { type CpuInfo, cpus, freemem, totalmem } from 'node:os';
import type { Clock } from '../../core/clock.ts';
import type { SystemUsage } from '../node-control.ts';

/** Where the figures come from; the running system, or what a test says. */
export interface SystemSources {
  /** Times of every processor since the start of the machine. */
  readonly cpus: () => readonly Pick<CpuInfo, 'times'>[];
  /** The text of /proc/net/dev; null where there is none. */
  readonly networkText: () => string | null;
  /** The text of /proc/meminfo; null where there is none. */
  readonly memoryText: () => string | null;
  readonly memoryFallback: () => MemoryReading;
  readonly residentBytes: () => number;
}

export interface CpuReading {
  readonly busyMs: number;
  readonly totalMs: number;
}

export interface MemoryReading {
  readonly totalBytes: number;
  readonly availableBytes: number;
}

const WINDOW_MS = 200;

/** Sums the processors; zeros where the system does not tell. */
export function readCpus(processors: readonly Pick<CpuInfo, 'times'>[]): CpuReading {
  let busyMs = 0;
  let totalMs = 0;
  for (const { times } of processors) {
    const busy = times.user + times.nice + times.sys + times.irq;
    busyMs += busy;
    totalMs += busy + times.idle;
  }
  return { busyMs, totalMs };
}

/** Packets in and out over all interfaces; loopback counts only where it is the only one. */
export function parseNetworkPackets(text: string): number {
  let loopback = 0;
  let others: number | null = null;
  for (const line of text.split('\n')) {
    const [, name, figures] = /^\s*([^\s:]+):\s*([\d\s]+)$/.exec(line) ?? [];
    if (name === undefined || figures === undefined) continue;
    const columns = figures.trim().split(/\s+/).map(Number);
    const packets = (columns[1] ?? 0) + (columns[9] ?? 0);
    if (name === 'lo') loopback = packets;
    else others = (others ?? 0) + packets;
  }
  return others ?? loopback;
}

/** Total and available memory; null where the text says neither. */
export function parseMemory(text: string): MemoryReading | null {
  const totalKb = /^MemTotal:\s+(\d+) kB$/m.exec(text)?.[1];
  const availableKb = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  if (totalKb === undefined || availableKb === undefined) return null;
  return { totalBytes: Number(totalKb) * 1024, availableBytes: Number(availableKb) * 1024 };
}

/** The sources of the running system. */
function systemSources(): SystemSources {
  return {
    cpus,
    networkText: () => readText('/proc/net/dev'),
    memoryText: () => readText('/proc/meminfo'),
    memoryFallback: () => ({ totalBytes: totalmem(), availableBytes: freemem() }),
    residentBytes: () => process.memoryUsage.rss(),
  };
}

interface Rates {
  readonly cpuPercent: number;
  readonly packetsPerSecond: number;
}

interface Sample {
  readonly atMs: number;
  readonly cpu: CpuReading;
  /** Null where the kernel does not say. */
  readonly packets: number | null;
}

/** Reads the machine; one for all callers of a process. */
export class SystemMeter {
  readonly #sources: SystemSources;
  readonly #clock: Clock;
  #sample: Sample;
  #rates: Rates = { cpuPercent: 0, packetsPerSecond: 0 };

  constructor(clock: Clock, sources: SystemSources = systemSources()) {
    this.#clock = clock;
    this.#sources = sources;
    this.#sample = this.#takeSample();
  }

  /** What the machine does now; rates are since the last renewal, zero before the first. */
  read(): SystemUsage {
    if (this.#clock.nowMs() - this.#sample.atMs >= WINDOW_MS) {
      const sample = this.#takeSample();
      this.#rates = toRates(this.#sample, sample);
      this.#sample = sample;
    }
    const { memoryText, memoryFallback, residentBytes } = this.#sources;
    const text = memoryText();
    const memory = (text === null ? null : parseMemory(text)) ?? memoryFallback();
    return {
      ...this.#rates,
      memoryPercent: toPercent(memory.totalBytes - memory.availableBytes, memory.totalBytes),
      residentBytes: residentBytes(),
    };
  }

  #takeSample(): Sample {
    const text = this.#sources.networkText();
    return {
      atMs: this.#clock.nowMs(),
      cpu: readCpus(this.#sources.cpus()),
      packets: text === null ? null : parseNetworkPackets(text),
    };
  }
}

function toRates(before: Sample, after: Sample): Rates {
  const seconds = (after.atMs - before.atMs) / 1000;
  const packets = before.packets === null || after.packets === null ? 0 : after.packets - before.packets;
  return {
    cpuPercent: toPercent(after.cpu.busyMs - before.cpu.busyMs, after.cpu.totalMs - before.cpu.totalMs),
    // Counters fall when an interface goes away; that is not traffic.
    packetsPerSecond: Math.max(0, packets) / seconds,
  };
}

function toPercent(part: number, whole: number): number {
  return whole > 0 ? Math.min(100, Math.max(0, (part / whole) * 100)) : 0;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Another system than Linux, or one that hides it.
    return null;
  }
}
