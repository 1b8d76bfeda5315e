/** What a worker applies limits with: the shared table and counters, and the reader of keys. */
import { FleetLimitTable } from '../../core/fleet-limit-table.ts';
import type { GeoTable } from '../../core/geo-table.ts';
import { LimitCounts } from '../../core/limit-counts.ts';
import { LimitTable } from '../../core/limit-table.ts';
import type { LimitPolicy } from './limit-policy.ts';
import { type KeyedRequest, RequestKeys } from './request-keys.ts';

export class Limiter {
  readonly #table: LimitTable;
  readonly #fleetTable: FleetLimitTable;
  readonly #counts: LimitCounts;
  readonly #keys: RequestKeys;

  constructor(table: SharedArrayBuffer, counts: SharedArrayBuffer, fleetSlots: SharedArrayBuffer) {
    this.#table = new LimitTable(table);
    this.#fleetTable = new FleetLimitTable(table, fleetSlots);
    this.#counts = new LimitCounts(counts);
    this.#keys = new RequestKeys(this.#table.seed, this.#fleetTable.seed);
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
    const { rate, fleet } = limit;
    const seconds =
      fleet === null
        ? this.#table.charge(keys.low, keys.high, nowMs, rate)
        : this.#fleetTable.charge(keys.low, keys.high, nowMs, rate, fleet);
    if (seconds > 0) this.#counts.count(rate.identityLow, rate.identityHigh, limit.observes);
    return seconds;
  }
}
