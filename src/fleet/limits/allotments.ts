/**
 * Fleet-wide limits, divided over the nodes: who may admit how much of which key. Pure but for its memory.
 *
 * Each node admits of a key what its allowance says, in any window: its own share of the limit where nobody has told it
 * otherwise, and more or less by a word from here that holds for as long as a lease. A report states all
 * that is in use on a node: what each key has used in the window that ends with the report, and the allowance in
 * force. From then on at most the larger of both passes there in any window, or what the answer allows; that is what the
 * node holds. Somebody gets more only while all that is held, with it, stays within the limit. So in any window
 *
 *     admitted <= limit + (nodes - 1) * own share
 *
 * whatever messages are lost, late or doubled: a node makes one report at a time, an older one is not heeded, and an
 * answer that the node has given up is seen in its next report not to be in force. Leases are lengths of time, counted by
 * the node from its report and here from the answer, which is later; no two clocks are compared.
 *
 * A node that falls silent holds what it held until its lease and one window are over. Somebody who begins without
 * memory lets nobody have more than he reports until all leases of the time before are over.
 */
import {
  type KeyUsage,
  type LimitUsage,
  USAGE_KEYS_MAX,
  type UsageAnswer,
  type UsageReport,
} from '../../messages/usage-report.ts';
import { KeyShares } from './key-shares.ts';
import { nextAllowance } from './next-allowance.ts';

export interface AllotmentRules {
  readonly leaseMs: number;
  /** Holdings of all nodes together; who has none keeps to his own share. */
  readonly holdingsMax: number;
}

/** One process of a node. */
interface Holder {
  readonly node: string;
  sequence: number;
  keys: ReadonlySet<string>;
  leaseEndMs: number;
  /** Nothing of a silent holder ends before. */
  nextEndMs: number;
}

/** A node remembers a request for at most this much of a window. */
const MEMORY = 8 / 7;
const SWEEP_MS = 1000;
/** Processes of one node that are remembered at once: it must not use up the room of all others. */
const PROCESSES_MAX = 4;

export class Allotments {
  readonly #rules: AllotmentRules;
  readonly #learntMs: number;
  readonly #keys = new Map<string, KeyShares>();
  readonly #holders = new Map<string, Holder>();
  /** How many of them each node has. */
  readonly #processes = new Map<string, number>();
  #holdings = 0;
  #overflows = 0;
  #sweptMs: number;

  constructor(rules: AllotmentRules, startedMs: number) {
    this.#rules = rules;
    this.#learntMs = startedMs + rules.leaseMs;
    this.#sweptMs = startedMs;
  }

  /** Keys that somebody holds something of. */
  get keys(): number {
    return this.#keys.size;
  }

  /** How often a holding found no room. */
  get overflows(): number {
    return this.#overflows;
  }

  /**
   * Takes the report of one process of a node; null where a newer one was taken already.
   *
   * @param nowMs monotonic
   */
  take(node: string, report: UsageReport, nowMs: number): UsageAnswer | null {
    this.#sweep(nowMs);
    const name = `${node}/${report.epoch}`;
    const before = this.#holders.get(name);
    if (before !== undefined && report.sequence <= before.sequence) return null;
    if (before === undefined && (this.#processes.get(node) ?? 0) >= PROCESSES_MAX) {
      this.#overflows += 1;
      return { lease_ms: this.#rules.leaseMs, limits: [] };
    }
    const keys = new Set<string>();
    const limits = report.limits.map((usage) => ({
      limit: usage.limit,
      keys: usage.keys.flatMap((key) => {
        const allowance = this.#settle(name, usage, key, keys, nowMs);
        return allowance === null ? [] : [{ key: key.key, allowance }];
      }),
    }));
    for (const key of before?.keys ?? []) if (!keys.has(key)) this.#drop(name, key);
    const leaseEndMs = nowMs + this.#rules.leaseMs;
    const { sequence } = report;
    if (before !== undefined) this.#forget(name, node);
    if (keys.size > 0) this.#remember(name, { node, sequence, keys, leaseEndMs, nextEndMs: leaseEndMs });
    return { lease_ms: this.#rules.leaseMs, limits };
  }

  /** What the node may use of one key; null where there is no room to keep that. */
  #settle(
    holder: string,
    { limit, count, window_ms: windowMs }: LimitUsage,
    { key, used, allowance }: KeyUsage,
    keys: Set<string>,
    nowMs: number,
  ): number | null {
    const name = limit + key;
    const shares = keys.size < USAGE_KEYS_MAX ? this.#sharesOf(name, holder) : null;
    if (shares === null) {
      this.#overflows += 1;
      return null;
    }
    const decision = nextAllowance({
      ...{ count, allowance, used },
      heldByOthers: shares.heldByOthers(holder),
      toldToOthers: shares.toldToOthers(holder),
      scarce: shares.isScarce(nowMs),
      learning: nowMs < this.#learntMs,
    });
    if (decision.wants) shares.noteWant(nowMs);
    shares.windowMs = Math.max(shares.windowMs, windowMs);
    shares.set(holder, { told: decision.allowance, held: Math.max(allowance, used, decision.allowance) });
    keys.add(name);
    return decision.allowance;
  }

  /** The shares of a key with room for this holder; null where there is none. */
  #sharesOf(name: string, holder: string): KeyShares | null {
    const known = this.#keys.get(name);
    if (known?.has(holder)) return known;
    if (this.#holdings >= this.#rules.holdingsMax) return null;
    this.#holdings += 1;
    const shares = known ?? new KeyShares();
    shares.set(holder, { told: 0, held: 0 });
    this.#keys.set(name, shares);
    return shares;
  }

  #remember(name: string, holder: Holder): void {
    this.#holders.set(name, holder);
    this.#processes.set(holder.node, (this.#processes.get(holder.node) ?? 0) + 1);
  }

  #forget(name: string, node: string): void {
    this.#holders.delete(name);
    const left = (this.#processes.get(node) ?? 0) - 1;
    if (left > 0) this.#processes.set(node, left);
    else this.#processes.delete(node);
  }

  #drop(holder: string, name: string): void {
    const shares = this.#keys.get(name);
    if (shares?.delete(holder)) this.#holdings -= 1;
    if (shares?.size === 0) this.#keys.delete(name);
  }

  /** Forgets what silent nodes held, once none of it can count in a window any more. */
  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < SWEEP_MS) return;
    this.#sweptMs = nowMs;
    for (const [name, holder] of this.#holders) {
      if (nowMs < holder.nextEndMs) continue;
      const kept = new Set<string>();
      holder.nextEndMs = Number.POSITIVE_INFINITY;
      for (const key of holder.keys) {
        const shares = this.#keys.get(key);
        const endMs = holder.leaseEndMs + (shares?.windowMs ?? 0) * MEMORY;
        if (nowMs >= endMs) this.#drop(name, key);
        else {
          shares?.lapse(name);
          kept.add(key);
          holder.nextEndMs = Math.min(holder.nextEndMs, endMs);
        }
      }
      holder.keys = kept;
      if (kept.size === 0) this.#forget(name, holder.node);
    }
  }
}
