/** What happened in a simulation, line by line, and one number for all of it: equal runs have equal traces. */
import { createHash, type Hash } from 'node:crypto';
import type { Schedule } from './schedule.ts';

export class Trace {
  readonly #schedule: Schedule;
  readonly #hash: Hash = createHash('sha256');
  readonly #print: ((line: string) => void) | null;
  #lines = 0;

  constructor(schedule: Schedule, print: ((line: string) => void) | null) {
    this.#schedule = schedule;
    this.#print = print;
  }

  get lines(): number {
    return this.#lines;
  }

  note(who: string, what: string): void {
    const line = `${(this.#schedule.nowMs / 1000).toFixed(4)} ${who} ${what}`;
    this.#lines += 1;
    this.#hash.update(line);
    this.#print?.(line);
  }

  /** The number so far, as text. */
  digest(): string {
    return this.#hash.copy().digest('hex').slice(0, 16);
  }
}
