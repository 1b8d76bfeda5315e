/**
 * Counters in shared memory: one region per writing thread, summed by whoever reads.
 *
 * A region has exactly one writer, which makes plain additions safe: no lock, no atomic operation, no
 * message. Cells are 64-bit floats, exact up to 2^53; an aligned 64-bit store is one store on 64-bit
 * machines, so a reader sees the value before or after it, never half of each. A restarted worker takes the
 * same region again and goes on counting, so totals never fall.
 */
import { LATENCY_CELLS, latencyCell } from './latency-buckets.ts';
import type { TrafficLayout } from './traffic-layout.ts';

/** Zeroed memory for `writers` threads. */
export function createTrafficMemory(layout: TrafficLayout, writers: number): SharedArrayBuffer {
  return new SharedArrayBuffer(writers * layout.regionCells * Float64Array.BYTES_PER_ELEMENT);
}

/** One writer's region. Every method is allocation-free; a cell comes from the layout, never from input. */
export class CounterBlock {
  readonly #cells: Float64Array;

  /** `writer` counts from 0; throws for the memory of another layout and for a writer without a region. */
  constructor(layout: TrafficLayout, memory: SharedArrayBuffer, writer: number) {
    this.#cells = regionOf(layout, memory, writer);
  }

  increment(cell: number): void {
    this.#cells[cell]! += 1;
  }

  add(cell: number, by: number): void {
    this.#cells[cell]! += by;
  }

  set(cell: number, value: number): void {
    this.#cells[cell] = value;
  }

  /** Counts one duration in the histogram whose first cell is given; a negative one counts as 0. */
  observe(histogram: number, seconds: number): void {
    this.#cells[histogram + latencyCell(seconds)]! += 1;
    if (seconds > 0) this.#cells[histogram + LATENCY_CELLS]! += seconds;
  }
}

/** Sums every cell over all regions. */
export function sumRegions(layout: TrafficLayout, memory: SharedArrayBuffer): Float64Array {
  const sums = new Float64Array(layout.cells);
  for (let writer = 0; writer < regionCount(layout, memory); writer += 1) {
    const region = regionOf(layout, memory, writer);
    for (let cell = 0; cell < layout.cells; cell += 1) sums[cell]! += region[cell]!;
  }
  return sums;
}

/**
 * Forgets what a thread that has ended held open: its gauges. Called by the main thread when a worker is
 * gone, and by a worker when it takes its region; never while the region's writer runs.
 */
export function clearGauges(layout: TrafficLayout, memory: SharedArrayBuffer, writer: number): void {
  regionOf(layout, memory, writer)[layout.spans.secbeat_connections_active.offset] = 0;
}

function regionOf(layout: TrafficLayout, memory: SharedArrayBuffer, writer: number): Float64Array {
  if (!Number.isInteger(writer) || writer < 0 || writer >= regionCount(layout, memory)) {
    throw new RangeError(`The counter memory has no region ${writer}`);
  }
  const offset = writer * layout.regionCells * Float64Array.BYTES_PER_ELEMENT;
  return new Float64Array(memory, offset, layout.cells);
}

function regionCount(layout: TrafficLayout, memory: SharedArrayBuffer): number {
  const count = memory.byteLength / (layout.regionCells * Float64Array.BYTES_PER_ELEMENT);
  if (!Number.isInteger(count)) throw new RangeError('The counter memory was made for another layout');
  return count;
}
