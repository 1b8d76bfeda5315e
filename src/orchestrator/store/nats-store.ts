/**
 * The fleet in a bucket of NATS that several orchestrators share: one key for each node, with all that is known of it.
 *
 * The bucket is mirrored in memory by a watch, so reading waits for nobody. Writes wait in memory, the newest for each
 * node, and leave a few at a time: each says which revision it was made on, and where somebody else was quicker it is
 * merged with what he wrote (`merge-values.ts`). So what `putNodes` took is durable only once `saved` has resolved, and
 * whatever acknowledges it to somebody waits for that.
 *
 * Bounds: one waiting write for each node; `WRITES_AT_ONCE` under way. After `STALLED_MS` without a success no more
 * is taken.
 */
import { type JetStreamManager, jetstream } from '@nats-io/jetstream';
import { type KV, type KvEntry, Kvm } from '@nats-io/kv';
import { messageOf } from '../../core/error-message.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { pause, type Timers } from '../../core/timers.ts';
import { hasApiCode, WRONG_LAST_SEQUENCE } from '../nats/api-codes.ts';
import { watchBucket } from '../nats/bucket-watch.ts';
import type { NatsTools } from '../nats/nats-tools.ts';
import type {
  FleetStore,
  NodeReport,
  RemoteChange,
  StoredFleet,
  StoredNode,
  StoredValue,
  StoreFault,
  Tombstone,
} from './fleet-store.ts';
import { mergeValues } from './merge-values.ts';
import { NodeMirror } from './node-mirror.ts';

interface Waiting {
  /** Rises with each write that was asked for. */
  readonly turn: number;
  /** What it was made on. */
  readonly base: StoredValue | null;
  readonly value: StoredValue | null;
}

const NO_REPORT: NodeReport = {
  metrics: null,
  sequence: null,
  appliedRevision: null,
  refusedPolicy: null,
  ledgerSeq: null,
};
const CALL_MS = 2000;
const OPEN_MS = 5000;
const WRITES_AT_ONCE = 64;
const RETRY_PAUSE_MS = 250;
const STALLED_MS = 3000;
/** Longer than the servers of a cluster take to agree on a new leader. */
const SAVED_MS = 12_000;
/** How often marks of what was forgotten are swept out. */
const SWEEP_MS = 3_600_000;

/** Opens the bucket, reads it, and stays up to date. */
export async function openNatsStore(options: NatsTools): Promise<Result<NatsStore, string>> {
  try {
    const client = jetstream(options.connection, { timeout: OPEN_MS });
    // Read from the leader of the bucket: a copy may be behind.
    const wanted = { history: 1, replicas: options.replicas, allow_direct: false };
    const bucket = await new Kvm(client).create(`${options.prefix}_nodes`, wanted);
    const store = new NatsStore(options, bucket, await client.jetstreamManager());
    for await (const entry of await bucket.history()) store.take(entry);
    store.start();
    return ok(store);
  } catch (error) {
    return fail(`the bucket of nodes: ${messageOf(error)}`);
  }
}

export class NatsStore implements FleetStore {
  readonly shared = true;
  readonly #options: NatsTools;
  readonly #bucket: KV;
  readonly #manager: JetStreamManager;
  readonly #mirror: NodeMirror;
  readonly #waiting = new Map<string, Waiting>();
  readonly #progress = new Set<() => void>();
  readonly #closing = new AbortController();
  #turn = 0;
  #writing: Promise<void> | null = null;
  /** Since when no write has succeeded although one was tried; null in good times. */
  #failing: { readonly sinceMs: number; readonly message: string } | null = null;
  #sweepAtMs: number;
  /** Nodes that were forgotten before the last sweep. */
  #marks: readonly string[] = [];

  constructor(options: NatsTools, bucket: KV, manager: JetStreamManager) {
    this.#options = options;
    this.#mirror = new NodeMirror(options.logger);
    this.#bucket = bucket;
    this.#manager = manager;
    this.#sweepAtMs = options.clock.nowMs() + SWEEP_MS;
  }

  /** Begins to follow the bucket. */
  start(): void {
    const { prefix, timers, logger } = this.#options;
    void watchBucket({
      ...{ bucket: this.#bucket, manager: this.#manager, name: `${prefix}_nodes` },
      ...{ take: (entry) => this.take(entry), signal: this.#closing.signal, timers, logger },
    });
  }

  load(): Result<StoredFleet, StoreFault> {
    const values = this.#mirror.values();
    const nodes = values.flatMap((value) => (value?.kind === 'node' ? [value.node] : []));
    const tombstones = values.flatMap((value) => (value?.kind === 'tombstone' ? [value.tombstone] : []));
    return ok({
      nodes: nodes.toSorted((one, other) => one.ordinal - other.ordinal),
      tombstones: tombstones.toSorted((one, other) => one.closedAtMs - other.closedAtMs),
    });
  }

  putNodes(nodes: readonly StoredNode[], reports: readonly NodeReport[] = []): Result<void, StoreFault> {
    return this.#put(
      nodes.map((node, index) => [node.nodeId, { kind: 'node', node, report: reports[index] ?? NO_REPORT }]),
    );
  }

  closeNode(tombstone: Tombstone): Result<void, StoreFault> {
    return this.#put([[tombstone.nodeId, { kind: 'tombstone', tombstone }]]);
  }

  removeNodes(nodeIds: readonly string[]): Result<void, StoreFault> {
    return this.#remove(nodeIds, 'node');
  }

  removeTombstones(nodeIds: readonly string[]): Result<void, StoreFault> {
    return this.#remove(nodeIds, 'tombstone');
  }

  probe(): Result<void, StoreFault> {
    return this.#obstacle();
  }

  async saved(): Promise<Result<void, StoreFault>> {
    const { clock, timers } = this.#options;
    const turn = this.#turn;
    const deadlineMs = clock.nowMs() + SAVED_MS;
    while (this.#oldestTurn() <= turn) {
      if (clock.nowMs() >= deadlineMs || this.#closing.signal.aborted) {
        return fail({ message: `the bucket of nodes: ${this.#failing?.message ?? 'the write did not end'}` });
      }
      await this.#nextProgress(timers);
    }
    return ok(undefined);
  }

  watch(onChange: (change: RemoteChange) => void): () => void {
    return this.#mirror.watch(onChange);
  }

  close(): void {
    this.#closing.abort();
  }

  /** Takes note of what the bucket has. */
  take(entry: KvEntry): void {
    this.#mirror.take(entry);
  }

  /** Of what waits; its order is that of the turns. */
  #oldestTurn(): number {
    return this.#waiting.values().next().value?.turn ?? Number.POSITIVE_INFINITY;
  }

  #obstacle(): Result<void, StoreFault> {
    if (this.#closing.signal.aborted) return fail({ message: 'the bucket of nodes is closed' });
    if (this.#failing === null) return ok(undefined);
    const stalledMs = this.#options.clock.nowMs() - this.#failing.sinceMs;
    return stalledMs < STALLED_MS
      ? ok(undefined)
      : fail({ message: `the bucket of nodes: ${this.#failing.message}` });
  }

  #put(values: readonly (readonly [string, StoredValue | null])[]): Result<void, StoreFault> {
    const obstacle = this.#obstacle();
    if (!obstacle.ok) return obstacle;
    for (const [nodeId, value] of values) {
      this.#turn += 1;
      const before = this.#waiting.get(nodeId);
      const base = before === undefined ? this.#mirror.get(nodeId).value : before.base;
      // Behind the others, so that everyone has a turn.
      this.#waiting.delete(nodeId);
      this.#waiting.set(nodeId, { turn: this.#turn, base, value });
    }
    this.#writing ??= this.#writeAll();
    return ok(undefined);
  }

  #remove(nodeIds: readonly string[], kind: StoredValue['kind']): Result<void, StoreFault> {
    const present = nodeIds.filter((nodeId) => {
      const { value } = this.#waiting.get(nodeId) ?? this.#mirror.get(nodeId);
      return value?.kind === kind;
    });
    return this.#put(present.map((nodeId) => [nodeId, null]));
  }

  async #writeAll(): Promise<void> {
    const { timers } = this.#options;
    const { signal } = this.#closing;
    // What is put in one turn is looked at together.
    await Promise.resolve();
    while (this.#waiting.size > 0 && !signal.aborted) {
      const nodeIds = [...this.#waiting.keys()].slice(0, WRITES_AT_ONCE);
      await Promise.all(nodeIds.map((nodeId) => this.#write(nodeId)));
      for (const tell of this.#progress) tell();
      if (this.#failing !== null) await pause(timers, RETRY_PAUSE_MS, signal);
    }
    this.#writing = null;
    await this.#sweepMarks();
  }

  async #write(nodeId: string): Promise<void> {
    const waiting = this.#waiting.get(nodeId);
    if (waiting === undefined) return;
    const known = this.#mirror.get(nodeId);
    const value =
      known.value === waiting.base ? waiting.value : mergeValues(waiting.base, waiting.value, known.value);
    try {
      if (value !== known.value) {
        const revision = await this.#writeOn(known.revision, nodeId, value);
        this.#mirror.written(nodeId, revision, value);
      }
      this.#failing = null;
      const now = this.#waiting.get(nodeId);
      if (now === waiting) this.#waiting.delete(nodeId);
      else if (now !== undefined) this.#waiting.set(nodeId, { ...now, base: value });
    } catch (error) {
      if (hasApiCode(error, WRONG_LAST_SEQUENCE)) await this.#lookAgain(nodeId);
      else this.#fail(messageOf(error));
    }
  }

  async #writeOn(revision: number, nodeId: string, value: StoredValue | null): Promise<number> {
    if (value !== null) {
      const text = JSON.stringify(value);
      this.#mirror.sending(nodeId, text, value);
      return await this.#bucket.put(nodeId, text, {
        previousSeq: revision,
        timeout: CALL_MS,
      });
    }
    await this.#bucket.delete(nodeId, { previousSeq: revision });
    return revision;
  }

  /** Somebody else was quicker, or an earlier write came to be whose answer got lost. */
  async #lookAgain(nodeId: string): Promise<void> {
    try {
      const entry = await this.#bucket.get(nodeId);
      if (entry === null) this.#mirror.drop(nodeId);
      else this.take(entry);
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  #fail(message: string): void {
    this.#failing = { sinceMs: this.#failing?.sinceMs ?? this.#options.clock.nowMs(), message };
  }

  /** Resolves after the next round of writes, or after a while. */
  #nextProgress(timers: Timers): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = (): void => {
      cancel();
      this.#progress.delete(end);
      resolve();
    };
    const cancel = timers.after(RETRY_PAUSE_MS, end);
    this.#progress.add(end);
    return promise;
  }

  /** Forgetting leaves a mark for each key, by which the others hear of it; after an hour or two it goes. */
  async #sweepMarks(): Promise<void> {
    const { clock, prefix } = this.#options;
    if (clock.nowMs() < this.#sweepAtMs) return;
    this.#sweepAtMs = clock.nowMs() + SWEEP_MS;
    const bucket = `${prefix}_nodes`;
    for (const nodeId of this.#marks) {
      if (this.#mirror.get(nodeId).value !== null || this.#waiting.has(nodeId)) continue;
      this.#mirror.drop(nodeId);
      const filter = `$KV.${bucket}.${nodeId}`;
      await this.#manager.streams.purge(`KV_${bucket}`, { filter }).catch(() => undefined);
    }
    this.#marks = this.#mirror.marks();
  }
}
