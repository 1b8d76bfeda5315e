/** What all threads of the node share, as its main thread reads it: who the clients are, what limits count, what traffic was like. */
import type { Config } from '../config/schema.ts';
import { BanTable } from '../core/ban-table.ts';
import { ClientTable } from '../core/client-table.ts';
import { ConnectionCounts } from '../core/connection-count.ts';
import { ConnectionLedger } from '../core/connection-ledger.ts';
import { ConnectionUnits } from '../core/connection-units.ts';
import { FleetLimitTable } from '../core/fleet-limit-table.ts';
import { LimitTable } from '../core/limit-table.ts';
import type { MetricFamily } from '../export/prometheus.ts';
import { FleetUsage } from './limits/fleet-usage.ts';
import { LimitReadings } from './limits/limit-readings.ts';
import { createNodeMemory } from './memory.ts';
import type { TrafficTotals } from './node-control.ts';
import type { Policy } from './policy.ts';
import { clearGauges, sumRegions } from './telemetry/counter-block.ts';
import { metricFamilies, type NodeReading } from './telemetry/metric-families.ts';
import { createTrafficLayout, type TrafficLayout } from './telemetry/traffic-layout.ts';
import { trafficTotals } from './telemetry/traffic-totals.ts';
import { TrafficWindow, type WindowFigures } from './telemetry/traffic-window.ts';
import type { NodeMemory } from './worker-messages.ts';

/** Clients that were seen this recently count as active in the metrics. */
const ACTIVE_WITHIN_MS = 60_000;

/** What only these tables can tell of the metrics. */
type TablesReading = Pick<
  NodeReading,
  'clientsActive' | 'tableEvictions' | 'tableOverflows' | 'limits' | 'fleetLimits'
>;

export class SharedTables {
  readonly memory: NodeMemory;
  readonly bans: BanTable;
  /** What is used of limits that hold for the fleet. */
  readonly fleetUsage: FleetUsage;
  readonly #layout: TrafficLayout;
  readonly #clients: ClientTable;
  readonly #limits: LimitTable;
  readonly #limitReadings: LimitReadings;
  readonly #window: TrafficWindow;

  constructor(config: Config, { rules }: Pick<Policy, 'rules'>, workers: number, nowMs: number) {
    this.#layout = createTrafficLayout(rules);
    this.#window = new TrafficWindow(this.#layout, nowMs);
    this.memory = createNodeMemory(config, this.#layout, workers);
    const { clients, bans, limits, limitCounts, fleetSlots } = this.memory;
    this.#clients = new ClientTable(clients);
    this.bans = new BanTable(bans);
    this.#limits = new LimitTable(limits);
    this.#limitReadings = new LimitReadings(limitCounts);
    this.fleetUsage = new FleetUsage(new FleetLimitTable(limits, fleetSlots));
  }

  /** Totals over all workers since the start. */
  totals(): TrafficTotals {
    return trafficTotals(this.#layout, this.#sums());
  }

  /** What traffic was like since this was asked last. */
  window(nowMs: number): WindowFigures {
    return this.#window.read(this.#sums(), nowMs);
  }

  /** All metrics: those of the tables and, with `rest`, those that others count. */
  metrics(config: Config, nowMs: number, rest: Omit<NodeReading, keyof TablesReading>): MetricFamily[] {
    const [clients, limits] = [this.#clients, this.#limits];
    const own: TablesReading = {
      clientsActive: clients.activeClients(nowMs, ACTIVE_WITHIN_MS),
      tableEvictions: { clients: clients.evictions(), limits: limits.evictions() },
      tableOverflows: { clients: clients.overflows(), limits: limits.overflows() },
      limits: this.#limitReadings.read(config),
      fleetLimits: this.fleetUsage.read(nowMs),
    };
    return metricFamilies(this.#layout, this.#sums(), { ...rest, ...own }, config.metrics.legacy_names);
  }

  /** Gives back what a worker held that is gone. */
  releaseWorker(index: number): void {
    clearGauges(this.#layout, this.memory.traffic, index);
    const counts = new ConnectionCounts(this.memory.counts);
    const ledger = new ConnectionLedger(this.memory.ledgers[index]!);
    new ConnectionUnits(counts, this.#clients, ledger).closeAll();
  }

  #sums(): ReturnType<typeof sumRegions> {
    return sumRegions(this.#layout, this.memory.traffic);
  }
}
