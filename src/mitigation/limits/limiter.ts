/** What a worker applies limits with: the shared table and counters, and the reader of keys. */
import type { GeoTable } from '../../core/geo-table.ts';
import { LimitCounts } from '../../core/limit-counts.ts';
import { LimitTable } from '../../core/limit-table.ts';
import type { LimitPolicy } from './limit-policy.ts';
import { type KeyedRequest, RequestKeys } from './request-keys.ts';

export class Limiter {
  readonly #table: LimitTable;
  readonly #counts: LimitCounts;
  readonly #keys: RequestKeys;

  constructor(table: SharedArrayBuffer, counts: SharedArrayBuffer) {
    this.#table = new LimitTable(table);
    this.#counts = new LimitCounts(counts);
    this.#keys = new RequestKeys(this.#table.seed);
  }

  /** Turns to a request; `end` must follow. */
  begin(request: KeyedRequest, geo: GeoTable | null): void {
    this.#keys.begin(request, geo);
  }

  end(): void {
    this.#keys.end();
  }

  /** Charges the request to a limit where it applies; 0 lets it pass, else the seconds until it would. */
  charge(limit: LimitPolicy, nowMs: number): number {
    const keys = this.#keys;
    if (!keys.matches(limit.filter)) return 0;
    keys.make(limit);
    const seconds = this.#table.charge(keys.low, keys.high, nowMs, limit.rate);
    if (seconds > 0) this.#counts.count(limit.rate.identityLow, limit.rate.identityHigh, limit.observes);
    return seconds;
  }
}
