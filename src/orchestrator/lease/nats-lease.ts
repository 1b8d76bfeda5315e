/**
 * The lease as a key in a bucket of NATS; the revision of the key is the fencing token.
 *
 * The key has no lifetime of its own, since old servers accept one and forget it: everybody counts for himself (see
 * `lease-state.ts`). Nothing here rejects or hangs; while the servers are away nobody holds the lease for longer than its
 * term.
 */
import { randomUUID } from 'node:crypto';
import { jetstream } from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import { messageOf } from '../../core/error-message.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { pause } from '../../core/timers.ts';
import type { NatsTools } from '../nats/nats-tools.ts';
import type { Lease } from './lease.ts';
import {
  holdsLease,
  type LeaseState,
  type LeaseTerms,
  leaseFoundOwn,
  leaseSeen,
  leaseWritten,
  mayWrite,
  NO_LEASE,
} from './lease-state.ts';

export interface NatsLeaseOptions extends NatsTools {
  /** Tells this orchestrator from the others, for people. */
  readonly holder: string;
  /** 4.5 s where it is left out. */
  readonly termMs?: number;
}

const KEY = 'duties';
const TERM_MS = 4500;
/** Of the term: how often it is renewed or looked at. */
const PACE = 1 / 3;
const RETRY_MS = 250;
const CALL_MS = 1000;
const OPEN_MS = 5000;

/** Opens the bucket and begins to seek the lease. */
export async function openNatsLease(options: NatsLeaseOptions): Promise<Result<NatsLease, string>> {
  try {
    const client = jetstream(options.connection, { timeout: OPEN_MS });
    // Read from the leader of the bucket: a copy may be behind.
    const wanted = { history: 1, replicas: options.replicas, allow_direct: false };
    await new Kvm(client).create(`${options.prefix}_lease`, wanted);
    const hasty = jetstream(options.connection, { timeout: CALL_MS });
    const bucket = await new Kvm(hasty).open(`${options.prefix}_lease`, wanted);
    return ok(new NatsLease(options, bucket));
  } catch (error) {
    return fail(`the bucket of the lease: ${messageOf(error)}`);
  }
}

export class NatsLease implements Lease {
  readonly #options: NatsLeaseOptions;
  readonly #terms: LeaseTerms;
  readonly #bucket: KV;
  readonly #listeners = new Set<(held: boolean) => void>();
  readonly #closing = new AbortController();
  readonly #seeking: Promise<void>;
  #state: LeaseState = NO_LEASE;
  #told = false;
  /** What this one has tried to write last. */
  #written = '';
  #cancelEnd: () => void = () => undefined;

  constructor(options: NatsLeaseOptions, bucket: KV) {
    this.#options = options;
    this.#terms = { termMs: options.termMs ?? TERM_MS };
    this.#bucket = bucket;
    this.#seeking = this.#seek();
  }

  get held(): boolean {
    return holdsLease(this.#state, this.#options.clock.nowMs());
  }

  get fencingToken(): number {
    return this.held ? this.#state.revision : 0;
  }

  onChange(listener: (held: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await this.#seeking;
    this.#cancelEnd();
    const { revision } = this.#state;
    const held = this.held;
    this.#state = NO_LEASE;
    this.#tell();
    if (!held) return;
    // Where this fails the others wait for the end of the term.
    await this.#bucket.delete(KEY, { previousSeq: revision }).catch(() => undefined);
  }

  async #seek(): Promise<void> {
    const { timers, clock } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const beganAtMs = clock.nowMs();
      const done = mayWrite(this.#state, beganAtMs, this.#terms)
        ? await this.#write(beganAtMs)
        : await this.#look();
      this.#tell();
      await pause(timers, done ? this.#terms.termMs * PACE : RETRY_MS, signal);
    }
  }

  async #write(beganAtMs: number): Promise<boolean> {
    const { holder, clock } = this.#options;
    const mark = randomUUID();
    const value = JSON.stringify({ holder, mark, until_ms: Math.round(clock.wallMs() + this.#terms.termMs) });
    const { revision } = this.#state;
    this.#written = value;
    try {
      const written =
        revision === 0
          ? await this.#bucket.create(KEY, value)
          : await this.#bucket.update(KEY, value, revision);
      this.#state = leaseWritten(written, beganAtMs, this.#terms);
      return true;
    } catch {
      // Somebody was quicker, or the write came to be and its answer got lost: what is there now tells.
      await this.#look();
      return false;
    }
  }

  async #look(): Promise<boolean> {
    const { clock } = this.#options;
    try {
      const entry = await this.#bucket.get(KEY);
      const found = entry !== null && entry.operation === 'PUT' ? entry : null;
      const mine = found !== null && found.string() === this.#written;
      this.#state = mine
        ? leaseFoundOwn(this.#state, found.revision)
        : leaseSeen(this.#state, found?.revision ?? 0, clock.nowMs());
      return true;
    } catch {
      return false;
    }
  }

  /** Tells when `held` has changed, and makes sure that the end is told in time where no renewal succeeds. */
  #tell(): void {
    const { clock, timers, logger, holder } = this.#options;
    const held = this.held;
    this.#cancelEnd();
    if (held) this.#cancelEnd = timers.after(this.#state.heldUntilMs - clock.nowMs() + 1, () => this.#tell());
    if (held === this.#told) return;
    this.#told = held;
    logger.info(held ? 'This orchestrator is in charge' : 'This orchestrator is no longer in charge', {
      holder,
    });
    for (const listener of this.#listeners) listener(held);
  }
}
