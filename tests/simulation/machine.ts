/**
 * A machine with a clock of its own, and the processes that run on it one after the other.
 *
 * The monotonic clock counts from a start that differs between machines; the wall clock is wrong by something, and may be
 * stepped. A process that has ended does nothing any more: its timers never fire, whatever holds them.
 */
import type { Clock } from '../../src/core/clock.ts';
import type { Timers } from '../../src/core/timers.ts';
import type { Schedule } from './schedule.ts';

/** Where the wall clocks stand when a simulation begins. */
const EPOCH_MS = 1_700_000_000_000;

export class Machine implements Clock {
  readonly name: string;
  readonly #schedule: Schedule;
  readonly #bootedMs: number;
  #wrongMs: number;
  /** What everything on this machine takes longer. */
  lagMs = 0;

  /** @param wrongMs how far the wall clock is ahead */
  constructor(schedule: Schedule, name: string, bootedMs: number, wrongMs: number) {
    this.#schedule = schedule;
    this.name = name;
    this.#bootedMs = bootedMs;
    this.#wrongMs = wrongMs;
  }

  nowMs(): number {
    return this.#schedule.nowMs + this.#bootedMs;
  }

  wallMs(): number {
    return EPOCH_MS + this.#schedule.nowMs + this.#wrongMs;
  }

  /** Somebody sets the wall clock. */
  stepClock(byMs: number): void {
    this.#wrongMs += byMs;
  }

  startProcess(): Life {
    return new Life(this.#schedule, this);
  }
}

/** One process, from its start to its end. */
export class Life implements Timers {
  readonly #schedule: Schedule;
  readonly #machine: Machine;
  readonly #onEnd = new Set<() => void>();
  #alive = true;

  constructor(schedule: Schedule, machine: Machine) {
    this.#schedule = schedule;
    this.#machine = machine;
  }

  get alive(): boolean {
    return this.#alive;
  }

  after(delayMs: number, run: () => void): () => void {
    return this.#schedule.after(delayMs + this.#machine.lagMs, () => {
      if (this.#alive) run();
    });
  }

  /** What others see when the process ends, such as its connections breaking off. */
  onEnd(run: () => void): () => void {
    this.#onEnd.add(run);
    return () => this.#onEnd.delete(run);
  }

  /** The process is gone between two of its steps. */
  end(): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const run of this.#onEnd) run();
    this.#onEnd.clear();
  }
}
