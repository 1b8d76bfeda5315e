/**
 * A limit that holds for the fleet, and one client whom all nodes count under it. Each process of a node has the tables
 * that workers and the main thread share, with one thread for both.
 */
import { configSchema } from '../../src/config/schema.ts';
import { FleetLimitTable } from '../../src/core/fleet-limit-table.ts';
import { createFleetSlotsMemory } from '../../src/core/fleet-slots.ts';
import { createLimitTableMemory } from '../../src/core/limit-groups.ts';
import { compileLimits } from '../../src/mitigation/limits/compile-limits.ts';
import { FleetUsage } from '../../src/mitigation/limits/fleet-usage.ts';

export const LIMIT_COUNT = 40;
export const LIMIT_WINDOW_MS = 6000;
const CONFIG = configSchema.parse({
  limits: [
    {
      name: 'shared',
      algorithm: 'sliding_window',
      scope: 'fleet',
      count: LIMIT_COUNT,
      window_seconds: LIMIT_WINDOW_MS / 1000,
      fleet_share: 0.05,
    },
  ],
});
const { rate, fleet } = compileLimits(CONFIG.limits, '')[0]!;
const SHARE = fleet!;
/** What a node admits in a window without a word from the fleet. */
export const OWN_SHARE = SHARE.own;
/** One client needs little room. */
const KEYS_MAX = 12;
const CLIENT = { low: 77, high: 99 };
const SEED = { low: 1, high: 2 };

export class SharedLimit {
  readonly usage: FleetUsage;
  readonly #table: FleetLimitTable;

  constructor() {
    const limits = createLimitTableMemory(KEYS_MAX, SEED);
    const slots = createFleetSlotsMemory(SEED);
    this.#table = new FleetLimitTable(limits, slots);
    this.usage = new FleetUsage(new FleetLimitTable(limits, slots));
    this.usage.configure(CONFIG);
  }

  /** One request of the client; whether it is admitted. */
  admits(nowMs: number): boolean {
    return this.#table.charge(CLIENT.low, CLIENT.high, nowMs, rate, SHARE) === 0;
  }
}
