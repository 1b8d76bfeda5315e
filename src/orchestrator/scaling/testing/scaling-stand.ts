/** Scaling over a whole fleet on a clock that only the test moves, with a receiver that answers as it is told. */
import { randomUUID } from 'node:crypto';
import { silentLogger } from '../../../core/logger.ts';
import { ok, type Result } from '../../../core/result.ts';
import { createHastyTimers } from '../../../core/testing/hasty-timers.ts';
import { FleetHub } from '../../channel/fleet-hub.ts';
import { CommandDesk } from '../../commands/command-desk.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { openSqliteLedger } from '../../ledger/sqlite-ledger.ts';
import { summariseFleet } from '../../members/fleet-summary.ts';
import type { SmallAnswer, SmallRequest } from '../../small-request.ts';
import { MEMORY } from '../../sqlite/sqlite-file.ts';
import { makeBeat, SimulatedFleet } from '../../testing/simulated-fleet.ts';
import { assembleScaling, SCALING_DEFAULTS, type Scaling, type ScalingOptions } from '../assemble-scaling.ts';

export const WEBHOOK = { url: 'https://receiver.example/provision', secret: 'key' };

export class ScalingStand {
  readonly sim: SimulatedFleet;
  readonly ledger: Ledger;
  readonly hub: FleetHub;
  readonly commands: CommandDesk;
  readonly options: ScalingOptions;
  /** What the receiver was sent. */
  readonly sent: SmallRequest[] = [];
  /** What it answers, in this order; 200 once there is no more. */
  readonly answers: Result<SmallAnswer, string>[] = [];
  /** How long it would have paused. */
  readonly pausesMs: number[] = [];
  scaling: Scaling;

  private constructor(sim: SimulatedFleet, ledger: Ledger, hub: FleetHub, change: Partial<ScalingOptions>) {
    this.sim = sim;
    this.ledger = ledger;
    this.hub = hub;
    this.options = { ...SCALING_DEFAULTS, webhook: WEBHOOK, ...change };
    const { registry, counters } = sim;
    this.commands = new CommandDesk({
      ...{ hub, registry, counters, logger: silentLogger, newId: randomUUID },
    });
    this.scaling = this.assemble();
  }

  static async open(change: Partial<ScalingOptions> = {}): Promise<ScalingStand> {
    const sim = new SimulatedFleet();
    const ledger = openSqliteLedger({ path: MEMORY, clock: sim.clock });
    if (!ledger.ok) throw new Error(ledger.fault.message);
    const hub = await FleetHub.load(ledger.value, sim.clock);
    if (!hub.ok) throw new Error(hub.fault.message);
    return new ScalingStand(sim, ledger.value, hub.value, change);
  }

  /** Another process over the same ledger, after the present one was killed. */
  assemble(): Scaling {
    const { fleet, registry, sweeper, clock, counters } = this.sim;
    const timers = createHastyTimers((delayMs) => this.pausesMs.push(delayMs));
    this.scaling = assembleScaling(this.options, {
      ...{ fleet, hub: this.hub, commands: this.commands, clock, timers, counters, logger: silentLogger },
      random: () => 0,
      send: async (request) => {
        this.sent.push(request);
        return this.answers.shift() ?? ok({ status: 200, retryAfterMs: 0 });
      },
      figures: () => summariseFleet(registry.nodes()),
      doubtful: () => sweeper.doubtful,
      tendIntervalMs: 10_000,
    });
    return this.scaling;
  }

  /** Registers nodes and lets the time go by in which an orchestrator that has just begun decides nothing. */
  settle(count: number, cpu = 50): string[] {
    const ids = Array.from({ length: count }, () => {
      this.sim.clock.advanceMs(1);
      return this.sim.register();
    });
    for (let passed = 0; passed <= 110_000; passed += 10_000) {
      this.beat(ids, cpu);
      this.sim.passMs(10_000);
    }
    this.beat(ids, cpu);
    return ids;
  }

  beat(ids: readonly string[], cpu: number, change: Partial<Parameters<typeof makeBeat>[1]> = {}): void {
    for (const id of ids) {
      const beat = makeBeat(id);
      this.sim.registry.heartbeat({ ...beat, metrics: { ...beat.metrics, cpu_usage: cpu }, ...change });
    }
  }

  /** So many minutes with heartbeats and one look each. */
  async look(count: number, ids: readonly string[], cpu: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      for (let passed = 0; passed < 60_000; passed += 10_000) {
        this.beat(ids, cpu);
        this.sim.passMs(10_000);
      }
      this.beat(ids, cpu);
      await this.scaling.desk.check();
    }
  }

  /** Lets calls of the receiver come to their end. */
  async calm(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  async close(): Promise<void> {
    await this.scaling.stop();
    this.hub.close();
    await this.ledger.close();
  }
}
