/** The scaler over a fleet that obeys it, on simulated time, under any load. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { type ForecastState, forecastAt, isSeasoned, observe } from './forecast.ts';
import {
  CALM,
  type ScalableNode,
  type ScalerRule,
  type ScalerState,
  type ScalingWish,
  stepScaler,
} from './scaler.ts';

const STEP_MS = 60_000;

const arbitraryRule: fc.Arbitrary<ScalerRule> = fc
  .record({
    fleetMin: fc.integer({ min: 1, max: 4 }),
    above: fc.integer({ min: 0, max: 20 }),
    stepMax: fc.integer({ min: 1, max: 5 }),
    cooldownMs: fc.integer({ min: 0, max: 10 * STEP_MS }),
    upThreshold: fc.double({ min: 0.5, max: 0.95, noNaN: true }),
    gap: fc.double({ min: 0.1, max: 0.45, noNaN: true }),
  })
  .map(({ above, gap, ...rule }) => ({
    ...rule,
    ...{ fleetMax: rule.fleetMin + above, fillToMin: true, downThreshold: rule.upThreshold - gap },
  }));

interface Change {
  readonly atMs: number;
  readonly wish: ScalingWish;
}

/** A fleet that grows and shrinks as it is told, and shares a load evenly. */
class ObedientFleet {
  readonly changes: Change[] = [];
  size: number;
  #nowMs = 0;
  #state: ScalerState = CALM;
  #forecast: ForecastState | null = null;
  readonly #rule: ScalerRule;

  constructor(rule: ScalerRule, size: number) {
    this.#rule = rule;
    this.size = size;
  }

  look(load: number): void {
    this.#nowMs += STEP_MS;
    const share = Math.min(load / this.size, 1);
    this.#forecast = observe(this.#forecast, { atMs: this.#nowMs, value: share * this.size }, STEP_MS);
    const view = {
      ...{ nowMs: this.#nowMs, awaited: 0, doubtful: false, nodes: this.#nodes(share) },
      ...{ forecast: this.#ahead(), lastDecidedAtMs: this.changes.at(-1)?.atMs ?? null },
    };
    const { state, wish } = stepScaler(this.#state, view, this.#rule);
    this.#state = state;
    if (wish === null) return;
    this.changes.push({ atMs: this.#nowMs, wish });
    this.size += wish.action === 'up' ? wish.nodes : -wish.nodeIds.length;
  }

  #nodes(share: number): ScalableNode[] {
    return Array.from({ length: this.size }, (_, index) => ({
      ...{ id: String(index), registeredAtMs: index, alive: true, share },
    }));
  }

  #ahead() {
    if (this.#forecast === null || !isSeasoned(this.#forecast)) return null;
    const { expected, lower, upper } = forecastAt(this.#forecast, 10 * STEP_MS, STEP_MS);
    return { expected: expected / this.size, lower: lower / this.size, upper: upper / this.size };
  }
}

it('never leaves its bounds, its step and its cool-down, whatever the load does', () => {
  const loads = fc.array(fc.double({ min: 0, max: 30, noNaN: true }), { maxLength: 120 });
  fc.assert(
    fc.property(arbitraryRule, fc.nat({ max: 30 }), loads, (rule, start, series) => {
      const fleet = new ObedientFleet(rule, rule.fleetMin + (start % (rule.fleetMax - rule.fleetMin + 1)));
      for (const load of series) {
        const before = fleet.size;
        fleet.look(load);
        assert.ok(fleet.size >= rule.fleetMin && fleet.size <= rule.fleetMax, String(fleet.size));
        assert.ok(Math.abs(fleet.size - before) <= rule.stepMax);
      }
      for (const [index, { atMs }] of fleet.changes.entries()) {
        const before = fleet.changes[index - 1];
        if (before !== undefined) assert.ok(atMs - before.atMs >= rule.cooldownMs);
      }
    }),
  );
});

it('comes to rest under a load that does not change', () => {
  fc.assert(
    fc.property(arbitraryRule, fc.double({ min: 0, max: 20, noNaN: true }), (rule, load) => {
      const fleet = new ObedientFleet(rule, rule.fleetMin);
      for (let look = 0; look < 400; look++) fleet.look(load);
      const settled = fleet.changes.length;
      for (let look = 0; look < 200; look++) fleet.look(load);
      assert.equal(fleet.changes.length, settled, 'it goes on changing');
    }),
  );
});
