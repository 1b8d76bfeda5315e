/**
 * A disk that keeps a ledger, and the ledger that one process of the orchestrator has on it.
 *
 * An append takes its time until it is durable, and a little more until anybody hears of it, so a process can end before,
 * between and behind. What is on the disk then is what the next process finds.
 */

import { fail, ok, type Result } from '../../src/core/result.ts';
import type { Timers } from '../../src/core/timers.ts';
import type { LedgerEntry } from '../../src/messages/ledger-entry.ts';
import type { Checkpoint, Draft, Ledger, LedgerFault } from '../../src/orchestrator/ledger/ledger.ts';
import type { Dice } from './dice.ts';

type Appended = Result<readonly LedgerEntry[], LedgerFault>;

interface Waiting {
  readonly drafts: readonly Draft[];
  readonly expectedHead: number | undefined;
  readonly resolve: (result: Appended) => void;
}

export class SimulatedDisk {
  readonly id: string;
  readonly entries: LedgerEntry[] = [];
  checkpoint: Checkpoint | null = null;
  /** Writes fail, and change nothing. */
  full = false;
  /** Called with what has become durable, before anything else knows. */
  onEntries: ((entries: readonly LedgerEntry[]) => void) | null = null;
  /** Called when something has become durable of which nobody knows yet. */
  onWritten: (() => void) | null = null;

  constructor(id: string) {
    this.id = id;
  }
}

export interface LedgerMoment {
  /** Of the process that has the ledger open. */
  readonly timers: Timers & { onEnd(run: () => void): void };
  readonly dice: Dice;
  wallMs(): number;
}

/** Most writes are quick; now and then the disk has other things to do. */
const WRITE_MAX_MS = 8;
const SLOW_WRITE_MAX_MS = 400;
const SLOW_SHARE = 0.02;
const TELL_MAX_MS = 2;

export class SimulatedLedger implements Ledger {
  readonly #disk: SimulatedDisk;
  readonly #moment: LedgerMoment;
  readonly #watchers = new Set<(entry: LedgerEntry) => void>();
  readonly #settling: (() => void)[] = [];
  #waiting: Waiting[] = [];
  #writing = false;
  #head: number;
  #closed = false;

  constructor(disk: SimulatedDisk, moment: LedgerMoment) {
    this.#disk = disk;
    this.#moment = moment;
    this.#head = disk.entries.length;
  }

  get id(): string {
    return this.#disk.id;
  }

  get head(): number {
    return this.#head;
  }

  append(drafts: readonly Draft[], expectedHead?: number): Promise<Appended> {
    if (this.#closed) return Promise.resolve(fail({ kind: 'unavailable', message: 'the ledger is closed' }));
    const { promise, resolve } = Promise.withResolvers<Appended>();
    this.#waiting.push({ drafts, expectedHead, resolve });
    this.#writeNext();
    return promise;
  }

  read(after: number, limit: number): Promise<Appended> {
    return Promise.resolve(ok(this.#disk.entries.slice(after, after + limit)));
  }

  watch(onEntry: (entry: LedgerEntry) => void): () => void {
    this.#watchers.add(onEntry);
    return () => this.#watchers.delete(onEntry);
  }

  async saveCheckpoint(checkpoint: Checkpoint): Promise<Result<void, LedgerFault>> {
    const disk = this.#disk;
    await this.#pass(WRITE_MAX_MS);
    if (disk.full) return fail({ kind: 'unavailable', message: 'the disk is full' });
    if (checkpoint.seq >= (disk.checkpoint?.seq ?? 0)) disk.checkpoint = checkpoint;
    await this.#pass(TELL_MAX_MS);
    return ok(undefined);
  }

  loadCheckpoint(): Promise<Result<Checkpoint | null, LedgerFault>> {
    return Promise.resolve(ok(this.#disk.checkpoint));
  }

  settled(): Promise<void> {
    if (!this.#writing) return Promise.resolve();
    return new Promise((resolve) => {
      this.#settling.push(resolve);
    });
  }

  async close(): Promise<void> {
    await this.settled();
    this.#closed = true;
  }

  #pass(longestMs: number): Promise<void> {
    const { timers, dice } = this.#moment;
    return new Promise((resolve) => {
      timers.after(dice.between(0, longestMs), resolve);
    });
  }

  #writeNext(): void {
    if (this.#writing || this.#waiting.length === 0) return;
    this.#writing = true;
    const { timers, dice } = this.#moment;
    const writeMs = dice.between(0, dice.chance(SLOW_SHARE) ? SLOW_WRITE_MAX_MS : WRITE_MAX_MS);
    timers.after(writeMs, () => {
      const written = this.#write(this.#waiting.splice(0));
      timers.after(dice.between(0, TELL_MAX_MS), () => this.#tell(written));
      this.#disk.onWritten?.();
    });
  }

  /** One write for all that wait: from here on it is durable. */
  #write(waiting: readonly Waiting[]): readonly (readonly [Waiting, Appended])[] {
    const disk = this.#disk;
    const atMs = Math.round(this.#moment.wallMs());
    return waiting.map((one) => {
      const head = disk.entries.length;
      if (disk.full) return [one, fail({ kind: 'unavailable', message: 'the disk is full' })];
      if (one.expectedHead !== undefined && one.expectedHead !== head) {
        return [one, fail({ kind: 'moved', message: `entry ${head} is the newest` })];
      }
      const entries = one.drafts.map(({ by, body, before = null }, index) => ({
        ...{ seq: head + index + 1, at_ms: atMs, by, before, body },
      }));
      disk.entries.push(...entries);
      disk.onEntries?.(entries);
      return [one, ok(entries)];
    });
  }

  #tell(written: readonly (readonly [Waiting, Appended])[]): void {
    this.#writing = false;
    for (const [{ resolve }, result] of written) {
      if (result.ok) {
        for (const entry of result.value) {
          this.#head = entry.seq;
          for (const watcher of this.#watchers) watcher(entry);
        }
      }
      resolve(result);
    }
    for (const resolve of this.#settling.splice(0)) resolve();
    this.#writeNext();
  }
}
