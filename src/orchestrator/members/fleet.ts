/**
 * The fleet in memory, in step with the store.
 *
 * What an answer acknowledges (a registration, an order, a planned end) goes through `commit` or `close` and is
 * durable before it takes effect; when the store refuses, nothing changes. Heartbeats go through `note` and are
 * written in batches by `flush`: losing the last ones costs nothing, since after a restart every known node gets a
 * whole tolerance to be heard again.
 *
 * Bounds: `nodesMax` nodes, of which the longest dead gives way to a newcomer; `TOMBSTONES_MAX` tombstones.
 */
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Liveness, NodeStatus } from '../../messages/node-words.ts';
import type { OrchestratorCounters } from '../metrics.ts';
import type { FleetStore, RemoteChange, StoredValue, StoreFault, Tombstone } from '../store/fleet-store.ts';
import { mergeValues, wasHeard } from '../store/merge-values.ts';
import { isEnding, observe, publishedStatus, type ToleranceRule } from './liveness.ts';
import { type NodeRecord, reportOf, unheardRecord } from './node-record.ts';

export interface FleetOptions {
  readonly rule: ToleranceRule;
  readonly nodesMax: number;
  /**
   * Which places in the order of registration this orchestrator gives away, of which each has `offset` left over when
   * divided by `step`; all of them where it is left out. So those who register nodes at once do not give one place twice.
   */
  readonly ordinals?: { readonly step: number; readonly offset: number };
}

export interface FleetDeps {
  readonly store: FleetStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: OrchestratorCounters;
}

const TOMBSTONES_MAX = 10_000;
const TOMBSTONE_RETENTION_MS = 3_600_000;
/** A node that has been dead for this long is forgotten. */
const DEAD_RETENTION_MS = 7 * 86_400_000;

export class Fleet {
  readonly #options: FleetOptions;
  readonly #deps: FleetDeps;
  /** In the order of first registration. */
  readonly #records = new Map<string, NodeRecord>();
  /** The oldest in front. */
  readonly #tombstones = new Map<string, Tombstone>();
  /** Nodes whose record is newer than the store's. */
  readonly #unsaved = new Set<string>();
  /** A node came from another orchestrator whose place is not the last. */
  #unordered = false;
  #nextOrdinal = 1;
  #storeFault: StoreFault | null = null;

  constructor(options: FleetOptions, deps: FleetDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Reads what an earlier process left; to be called once, before anything else. */
  load(): Result<void, StoreFault> {
    const stored = this.#deps.store.load();
    if (!stored.ok) return stored;
    const nowMs = this.#deps.clock.nowMs();
    for (const node of stored.value.nodes) {
      this.#records.set(node.nodeId, unheardRecord(node, nowMs));
      this.#nextOrdinal = node.ordinal + 1;
    }
    for (const tombstone of stored.value.tombstones) this.#tombstones.set(tombstone.nodeId, tombstone);
    return ok(undefined);
  }

  record(nodeId: string): NodeRecord | undefined {
    return this.#records.get(nodeId);
  }

  tombstone(nodeId: string): Tombstone | undefined {
    return this.#tombstones.get(nodeId);
  }

  /** In the order of first registration. */
  records(): IterableIterator<NodeRecord> {
    if (this.#unordered) this.#order();
    return this.#records.values();
  }

  get size(): number {
    return this.#records.size;
  }

  get nextOrdinal(): number {
    const { step, offset } = this.#options.ordinals ?? { step: 1, offset: 0 };
    const beyond = (((offset - this.#nextOrdinal) % step) + step) % step;
    return this.#nextOrdinal + beyond;
  }

  /** Why the store does not take writes; null while it does. */
  get storeFault(): StoreFault | null {
    return this.#storeFault;
  }

  /** What is observed of the node now. */
  liveness(record: NodeRecord): Liveness {
    const silenceMs = this.#deps.clock.nowMs() - record.lastContactMs;
    return observe(silenceMs, record.stored.deadAtMs !== null, this.#options.rule);
  }

  /** Nodes that have missed no heartbeat. */
  alive(): ReadonlySet<string> {
    const alive = [...this.records()].filter((record) => this.liveness(record) === 'alive');
    return new Set(alive.map(({ stored }) => stored.nodeId));
  }

  /** What is published of the node now. */
  status(record: NodeRecord): NodeStatus {
    const { reported, intent } = record.stored;
    return publishedStatus({ reported, intent, liveness: this.liveness(record) });
  }

  /** Writes a record durably, then puts it in force. */
  commit(record: NodeRecord): Result<void, StoreFault> {
    return this.commitAll([record]);
  }

  /** Writes records durably, all or none, then puts them in force. */
  commitAll(records: readonly NodeRecord[]): Result<void, StoreFault> {
    const written = this.#watch(this.#put(records));
    if (!written.ok) return written;
    for (const record of records) {
      const { nodeId, ordinal } = record.stored;
      this.#replace(record);
      this.#unsaved.delete(nodeId);
      this.#tombstones.delete(nodeId);
      this.#nextOrdinal = Math.max(this.#nextOrdinal, ordinal + 1);
    }
    return ok(undefined);
  }

  /**
   * Another orchestrator knows something new of a node. What is new here and not written yet stands beside it.
   *
   * @returns the record afterwards where the node was heard there, null otherwise
   */
  noteRemote({ nodeId, before, value }: RemoteChange): NodeRecord | null {
    const record = this.#records.get(nodeId);
    const tombstone = this.#tombstones.get(nodeId);
    const mine = toValue(record, tombstone);
    const merged = mergeValues(before, mine, value);
    if (merged?.kind !== 'node') {
      this.#remove(nodeId);
      this.#tombstones.delete(nodeId);
      if (merged !== null) this.#tombstones.set(nodeId, merged.tombstone);
      return null;
    }
    const nowMs = this.#deps.clock.nowMs();
    const { node: stored, report } = merged;
    const known = record ?? unheardRecord(stored, nowMs);
    const heard =
      value?.kind === 'node' && wasHeard(before?.kind === 'node' ? before.node : undefined, value.node);
    const next: NodeRecord = {
      ...known,
      ...report,
      stored,
      lastContactMs: heard ? nowMs : known.lastContactMs,
      endingSinceMs: isEnding(stored) ? (known.endingSinceMs ?? nowMs) : null,
    };
    this.#tombstones.delete(nodeId);
    const { ordinal } = stored;
    if (record === undefined && ordinal < this.#nextOrdinal) this.#unordered = true;
    this.#nextOrdinal = Math.max(this.#nextOrdinal, ordinal + 1);
    this.#replace(next);
    return heard ? next : null;
  }

  /** Resolves once all that took effect so far is durable; an answer that acknowledges something waits for it. */
  async saved(): Promise<Result<void, StoreFault>> {
    return this.#watch(await this.#deps.store.saved());
  }

  /** Puts a record in force that the next `flush` writes. */
  note(record: NodeRecord): void {
    this.#replace(record);
    this.#unsaved.add(record.stored.nodeId);
  }

  /** The planned end of a node: the record goes, a tombstone stays for a while. */
  close({ stored }: NodeRecord): Result<void, StoreFault> {
    const { store, clock, counters, logger } = this.#deps;
    const { nodeId, epoch, order } = stored;
    const tombstone = { nodeId, epoch, order, closedAtMs: clock.wallMs() };
    const written = this.#watch(store.closeNode(tombstone));
    if (!written.ok) return written;
    this.#remove(nodeId);
    this.#tombstones.delete(nodeId);
    this.#tombstones.set(nodeId, tombstone);
    counters.add('orchestrator_nodes_gracefully_terminated_total');
    logger.info('Node ended as planned', { node_id: nodeId, reason: order?.reason ?? null });
    return ok(undefined);
  }

  /** Whether there is a place for one more node, if need be that of the longest dead. */
  makeRoom(): boolean {
    if (this.size < this.#options.nodesMax) return true;
    let oldest: { readonly nodeId: string; readonly deadAtMs: number } | null = null;
    for (const { stored } of this.records()) {
      const { nodeId, deadAtMs } = stored;
      if (deadAtMs !== null && (oldest === null || deadAtMs < oldest.deadAtMs)) oldest = { nodeId, deadAtMs };
    }
    return oldest !== null && this.#forget([oldest.nodeId]);
  }

  /** Drops nodes that have been dead and tombstones that have stood for long enough. */
  forgetOld(): void {
    const { clock, store } = this.#deps;
    const wallMs = clock.wallMs();
    const dead = [...this.records()].filter(
      ({ stored }) => stored.deadAtMs !== null && wallMs - stored.deadAtMs > DEAD_RETENTION_MS,
    );
    this.#forget(dead.map(({ stored }) => stored.nodeId));
    const excess = this.#tombstones.size - TOMBSTONES_MAX;
    const stale = [...this.#tombstones.values()].filter(
      ({ closedAtMs }, index) => index < excess || wallMs - closedAtMs > TOMBSTONE_RETENTION_MS,
    );
    const nodeIds = stale.map(({ nodeId }) => nodeId);
    if (nodeIds.length === 0 || !this.#watch(store.removeTombstones(nodeIds)).ok) return;
    for (const nodeId of nodeIds) this.#tombstones.delete(nodeId);
  }

  /** Writes what was noted; after a fault, tries whether the store takes writes again. */
  flush(): void {
    const { store } = this.#deps;
    const noted = [...this.#unsaved].map((nodeId) => this.#records.get(nodeId));
    const nodes = noted.filter((record) => record !== undefined);
    if (nodes.length > 0) {
      if (this.#watch(this.#put(nodes)).ok) this.#unsaved.clear();
    } else if (this.#storeFault !== null) {
      this.#watch(store.probe());
    }
  }

  #put(records: readonly NodeRecord[]): Result<void, StoreFault> {
    return this.#deps.store.putNodes(
      records.map(({ stored }) => stored),
      records.map(reportOf),
    );
  }

  #order(): void {
    this.#unordered = false;
    const records = [...this.#records].sort(
      ([, one], [, other]) => one.stored.ordinal - other.stored.ordinal,
    );
    this.#records.clear();
    for (const [nodeId, record] of records) this.#records.set(nodeId, record);
  }

  #forget(nodeIds: readonly string[]): boolean {
    if (nodeIds.length === 0 || !this.#watch(this.#deps.store.removeNodes(nodeIds)).ok) return false;
    for (const nodeId of nodeIds) this.#remove(nodeId);
    this.#deps.counters.add('secbeat_nodes_forgotten_total', nodeIds.length);
    return true;
  }

  #remove(nodeId: string): void {
    this.#records.delete(nodeId);
    this.#unsaved.delete(nodeId);
  }

  #replace(record: NodeRecord): void {
    const { nodeId } = record.stored;
    const before = this.#records.get(nodeId);
    this.#records.set(nodeId, record);
    if (before === undefined) return;
    const fields = { node_id: nodeId, old_status: this.status(before), new_status: this.status(record) };
    if (fields.old_status !== fields.new_status) this.#deps.logger.info('Node status changed', fields);
  }

  #watch(result: Result<void, StoreFault>): Result<void, StoreFault> {
    const { counters, logger } = this.#deps;
    const before = this.#storeFault;
    this.#storeFault = result.ok ? null : result.fault;
    if (result.ok) {
      if (before !== null) logger.info('The fleet store takes writes again');
      return result;
    }
    counters.add('secbeat_store_faults_total');
    if (before === null) logger.error('The fleet store refuses writes', { error: result.fault.message });
    return fail(result.fault);
  }
}

/** What a shared store has of a node in memory; null where nothing is known of it. */
function toValue(record: NodeRecord | undefined, tombstone: Tombstone | undefined): StoredValue | null {
  if (record !== undefined) return { kind: 'node', node: record.stored, report: reportOf(record) };
  return tombstone === undefined ? null : { kind: 'tombstone', tombstone };
}
