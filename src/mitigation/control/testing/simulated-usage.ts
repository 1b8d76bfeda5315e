/**
 * Nodes that share one fleet-wide limit with an orchestrator, on simulated time: the real tables, exchange and
 * allotments, with a network that delays, loses, doubles and overtakes as the test says. Each clock has an origin of its own.
 */
import { configSchema } from '../../../config/schema.ts';
import { FleetLimitTable } from '../../../core/fleet-limit-table.ts';
import { createFleetSlotsMemory } from '../../../core/fleet-slots.ts';
import { createLimitTableMemory } from '../../../core/limit-groups.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import type { Timers } from '../../../core/timers.ts';
import { Allotments } from '../../../fleet/limits/allotments.ts';
import { usageReport } from '../../../messages/usage-report.ts';
import { compileLimits } from '../../limits/compile-limits.ts';
import { FleetUsage } from '../../limits/fleet-usage.ts';
import type { LimitPolicy } from '../../limits/limit-policy.ts';
import type { Answer, Call, OrchestratorTransport } from '../orchestrator-transport.ts';
import { UsageExchange } from '../usage-exchange.ts';

export interface FleetLimitSettings {
  readonly count: number;
  readonly windowSeconds: number;
  readonly share: number;
}

/** What becomes of one message: how long each copy of it is under way; none where it is lost. */
export type Fate = () => readonly number[];

/** The way to the orchestrator and back. */
export interface Link {
  readonly there: Fate;
  readonly back: Fate;
}

export interface SimulatedNode {
  /** One request of the client; whether it was admitted. */
  ask(): boolean;
  readonly usage: FleetUsage;
  link: Link;
  stop(): void;
}

const KEY = { low: 77, high: 99 };
const SEED = { low: 1, high: 2 };
const LEDGER = 'ledger';
const START_MS = 1_000_000;
const RULES = { leaseMs: 5000, holdingsMax: 1000 };

export class SimulatedUsage {
  readonly limit: LimitPolicy;
  /** When requests were admitted, by true time. */
  readonly admittedMs: number[] = [];
  readonly #settings: FleetLimitSettings;
  #queue: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];
  #order = 0;
  #nowMs = START_MS;
  #allotments: Allotments | null = null;
  #processes = 0;

  constructor(settings: FleetLimitSettings) {
    this.#settings = settings;
    const config = configSchema.parse({ limits: [limitConfig(settings)] });
    this.limit = compileLimits(config.limits, '')[0]!;
  }

  get nowMs(): number {
    return this.#nowMs - START_MS;
  }

  /** Node processes that have been there. */
  get processes(): number {
    return this.#processes;
  }

  get allotments(): Allotments | null {
    return this.#allotments;
  }

  /** An orchestrator without memory takes over, or with `false` there is none. */
  orchestrate(there: boolean): void {
    this.#allotments = there ? new Allotments(RULES, this.#nowMs) : null;
  }

  at(delayMs: number, run: () => void): () => void {
    const event = { atMs: this.#nowMs + delayMs, order: this.#order++, run };
    const later = (other: typeof event): boolean => other.atMs > event.atMs;
    const place = this.#queue.findIndex(later);
    this.#queue.splice(place === -1 ? this.#queue.length : place, 0, event);
    return () => {
      this.#queue = this.#queue.filter((other) => other !== event);
    };
  }

  /** Lets time pass; what is due happens in order. */
  async pass(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    for (;;) {
      const next = this.#queue[0];
      if (next === undefined || next.atMs > endMs) break;
      this.#queue.shift();
      this.#nowMs = next.atMs;
      next.run();
      await settled();
    }
    this.#nowMs = endMs;
  }

  /** A node process starts, with memory of its own, and follows this ledger. */
  node(name: string, link: Link, ledgerId: () => string = () => LEDGER): SimulatedNode {
    this.#processes += 1;
    const offsetMs = this.#processes * 1_234_567.5;
    const clock = { nowMs: () => this.#nowMs + offsetMs, wallMs: () => 0 };
    const slots = createFleetSlotsMemory(SEED);
    const limits = createLimitTableMemory(64, SEED);
    const usage = new FleetUsage(new FleetLimitTable(limits, slots));
    usage.configure(configSchema.parse({ limits: [limitConfig(this.#settings)] }));
    const table = new FleetLimitTable(limits, slots);
    const timers: Timers = { after: (delayMs, run) => this.at(delayMs, run) };
    const { rate, fleet } = this.limit;
    const node: SimulatedNode = {
      usage,
      link,
      ask: () => {
        const admitted = table.charge(KEY.low, KEY.high, clock.nowMs(), rate, fleet!) === 0;
        if (admitted) this.admittedMs.push(this.nowMs);
        return admitted;
      },
      stop: () => exchange.stop(),
    };
    const transport = this.#transport(() => node.link, name);
    const shared = { transport, timers, clock, usage, random: () => 0.5 };
    const exchange = new UsageExchange({ ...shared, epoch: this.#processes, ledgerId });
    usage.follow(ledgerId());
    exchange.start('node');
    exchange.run();
    return node;
  }

  /** Most requests that were admitted in any window. */
  most(): number {
    const windowMs = this.#settings.windowSeconds * 1000;
    let first = 0;
    let most = 0;
    for (const [index, atMs] of this.admittedMs.entries()) {
      while (this.admittedMs[first]! <= atMs - windowMs) first++;
      most = Math.max(most, index - first + 1);
    }
    return most;
  }

  #transport(link: () => Link, name: string): OrchestratorTransport {
    return {
      call: (call) => this.#call(call, link, name),
      readLines: () => Promise.resolve('not here'),
      close: () => undefined,
    };
  }

  #call({ body, timeoutMs }: Call, link: () => Link, name: string): Promise<Result<Answer, string>> {
    const { promise, resolve } = Promise.withResolvers<Result<Answer, string>>();
    this.at(timeoutMs, () => resolve(fail('timeout')));
    const text = JSON.stringify(body);
    const arrive = (): void => {
      if (this.#allotments === null) return;
      const report = usageReport.parse(JSON.parse(text));
      const answer = this.#allotments.take(name, report, this.#nowMs);
      const status = answer === null ? 409 : 200;
      for (const delayMs of link().back()) {
        this.at(delayMs, () => resolve(ok({ status, json: answer, retryAfterMs: 0 })));
      }
    };
    for (const delayMs of link().there()) this.at(delayMs, arrive);
    return promise;
  }
}

function limitConfig({ count, windowSeconds, share }: FleetLimitSettings): object {
  return {
    name: 'shared',
    algorithm: 'sliding_window',
    scope: 'fleet',
    count,
    window_seconds: windowSeconds,
    fleet_share: share,
  };
}

/** Lets everything run that waits for nothing but its turn. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
