/**
 * What this node uses of fleet-wide limits, on the main thread: which keys the fleet has to know, and what it has said of
 * them. The workers see it at once, in shared memory.
 */
import { createHash } from 'node:crypto';
import type { Config } from '../../config/schema.ts';
import type { FleetLimitTable, FleetShare } from '../../core/fleet-limit-table.ts';
import type { LimitRate } from '../../core/limit-rate.ts';
import { formatKeyWords, parseKeyWords } from '../../fleet/limits/key-words.ts';
import type { KeyUsage, LimitUsage, UsageAnswer } from '../../messages/usage-report.ts';
import { compileLimits } from './compile-limits.ts';

/** A node whose reports have stood unanswered for so long goes by its own share. */
const FALLBACK_MS = 5000;

interface FleetLimit {
  readonly rate: LimitRate;
  readonly share: FleetShare;
}

/** For the metrics. */
export interface FleetUsageReading {
  readonly keys: number;
  readonly answered: number;
  readonly failed: number;
  /** How often a key that the fleet should know found no place. */
  readonly overflows: number;
  /** Whether keys are in use for which nobody has given an answer lately. */
  readonly fallback: boolean;
}

export class FleetUsage {
  readonly #table: FleetLimitTable;
  /** By the two words of their identity. */
  #limits: ReadonlyMap<string, FleetLimit> = new Map();
  #ledgerId = '';
  #answered = 0;
  #failed = 0;
  #unansweredMs: number | null = null;

  constructor(table: FleetLimitTable) {
    this.#table = table;
  }

  /** Goes by the limits of this configuration from now on. */
  configure({ limits, sites }: Pick<Config, 'limits' | 'sites'>): void {
    const all = [
      ...compileLimits(limits, ''),
      ...sites.flatMap((site) => compileLimits(site.limits, site.name)),
    ];
    this.#limits = new Map(
      all.flatMap(({ rate, fleet }) =>
        fleet === null ? [] : [[identityOf(rate), { rate, share: fleet }] as const],
      ),
    );
  }

  /** Whether there is anything to exchange. */
  get active(): boolean {
    return this.#limits.size > 0;
  }

  /** Whether keys are those of a fleet; before, no other node means the same by them. */
  get follows(): boolean {
    return this.#ledgerId !== '';
  }

  /** Hashes keys as the fleet of this ledger does; all nodes of a fleet know it, and no client. */
  follow(ledgerId: string): void {
    if (ledgerId === '' || ledgerId === this.#ledgerId) return;
    this.#ledgerId = ledgerId;
    const digest = createHash('sha256').update(`keys of fleet-wide limits\n${ledgerId}`).digest();
    this.#table.setSeed({ low: digest.readInt32LE(0), high: digest.readInt32LE(4) });
  }

  /** All that the fleet has to know at this moment; what it need not know any more is given back. */
  collect(nowMs: number): readonly LimitUsage[] {
    const byLimit = new Map<string, KeyUsage[]>();
    for (const key of this.#table.hotKeys()) {
      const name = formatKeyWords({ low: key.identityLow, high: key.identityHigh });
      const limit = this.#limits.get(name);
      if (limit === undefined) {
        this.#table.release(key);
        continue;
      }
      const standing = this.#table.settle(key, limit.rate, limit.share, nowMs);
      if (standing === null) continue;
      const usage = { key: formatKeyWords(key), used: standing.used, allowance: standing.allowance };
      const usages = byLimit.get(name);
      if (usages === undefined) byLimit.set(name, [usage]);
      else usages.push(usage);
    }
    return [...byLimit].map(([name, keys]) => toUsage(name, this.#limits.get(name)!, keys));
  }

  /** The fleet has answered what was collected at this monotonic time. */
  answered({ lease_ms: leaseMs, limits }: UsageAnswer, collectedMs: number): void {
    this.#answered += 1;
    this.#unansweredMs = null;
    for (const { limit, keys } of limits) {
      const known = this.#limits.get(limit);
      if (known === undefined) continue;
      for (const { key, allowance } of keys) {
        const { low, high } = parseKeyWords(key);
        this.#table.allow(low, high, Math.min(allowance, known.rate.countMax), collectedMs + leaseMs);
      }
    }
  }

  /** What was collected has found nobody, or nobody who would answer. */
  unanswered(nowMs: number): void {
    this.#failed += 1;
    this.#unansweredMs ??= nowMs;
  }

  /** There is nothing to tell the fleet. */
  idle(): void {
    this.#unansweredMs = null;
  }

  /** Null where no limit holds for the fleet. */
  read(nowMs: number): FleetUsageReading | null {
    if (!this.active) return null;
    return {
      keys: this.#table.hotKeys().length,
      answered: this.#answered,
      failed: this.#failed,
      overflows: this.#table.overflows,
      fallback: this.#unansweredMs !== null && nowMs - this.#unansweredMs >= FALLBACK_MS,
    };
  }
}

function identityOf({ identityLow, identityHigh }: LimitRate): string {
  return formatKeyWords({ low: identityLow, high: identityHigh });
}

function toUsage(limit: string, { rate }: FleetLimit, keys: KeyUsage[]): LimitUsage {
  // Seven slices make the window; see limit-rate.ts.
  const windowMs = Math.ceil((rate.sliceUs * 7) / 1000);
  return { limit, count: rate.countMax, window_ms: windowMs, keys };
}
