/** A group of two origins with its time in the hands of a test, and the exchanges that are under way. */
import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '../../../core/clock.ts';
import type { Priority } from '../../pipeline/priority.ts';
import { TurnClock } from '../../turn-clock.ts';
import { Overload } from '../overload.ts';
import { Upstream } from '../upstream.ts';
import type { UpstreamPolicy } from '../upstream-policy.ts';
import { originOf, policyOf } from './policies.ts';
import { ScriptedExchange } from './scripted-exchange.ts';
import type { Behaviour } from './scripted-origin.ts';

/** A port that nothing listens on. */
const DEAD_PORT = 1;
const TURNS_MAX = 5000;

export class GroupBench {
  readonly upstream: Upstream;
  readonly unexpected: unknown[] = [];
  /** Origins that are out of service, as telemetry counts them. */
  out = 0;
  readonly #source = new ManualClock();
  readonly #clock: TurnClock;
  readonly #ports: readonly number[];
  readonly #changes: Partial<UpstreamPolicy>;
  readonly #exchanges = new Set<ScriptedExchange>();
  #asked = 0;

  /**
   * @param ports where the two origins listen
   * @param changes what its configurations say differently
   */
  constructor(ports: readonly number[], changes: Partial<UpstreamPolicy> = {}) {
    this.#ports = ports;
    this.#changes = changes;
    this.#clock = new TurnClock(this.#source);
    this.upstream = new Upstream(this.#policyOf(0), {
      clock: this.#clock,
      random: createRandom(),
      overload: new Overload(250, this.#clock.nowMs()),
      events: {
        requestShed: () => undefined,
        requestRetried: () => undefined,
        originEjected: () => undefined,
        originHealthChanged: (healthy) => {
          this.out += healthy ? -1 : 1;
        },
        unexpected: (error) => this.unexpected.push(error),
      },
    });
  }

  /** Exchanges that are under way. */
  get live(): readonly ScriptedExchange[] {
    for (const exchange of this.#exchanges) if (exchange.over) this.#exchanges.delete(exchange);
    return [...this.#exchanges];
  }

  ask(behaviour: Behaviour, priority: Priority): ScriptedExchange {
    const exchange = new ScriptedExchange(this.#asked++, behaviour, priority, this.upstream);
    this.#exchanges.add(exchange);
    exchange.start();
    return exchange;
  }

  pass(ms: number): void {
    this.#source.advanceMs(ms);
    this.#clock.tick();
    this.upstream.sweep(this.#clock.nowMs());
  }

  /** @param variant which of several configurations; 0 is the one of the beginning */
  reload(variant: number, changes: Partial<UpstreamPolicy> = {}): void {
    this.upstream.configure({ ...this.#policyOf(variant), ...changes });
  }

  endAll(): void {
    for (const exchange of this.live) exchange.end();
  }

  /** Lets sockets say what they have to say until something holds; false where it never does. */
  async until(holds: () => boolean): Promise<boolean> {
    for (let turns = 0; turns < TURNS_MAX && !holds(); turns++) await turn();
    return holds();
  }

  #policyOf(variant: number): UpstreamPolicy {
    const [first, second] = this.#ports.map(originOf);
    const sendProxy = variant % 5 === 4 ? 'v1' : 'off';
    const origins = [
      ...(variant % 3 === 2 ? [] : [first!]),
      { ...second!, sendProxy } as const,
      ...(variant % 2 === 1 ? [originOf(DEAD_PORT)] : []),
    ];
    return {
      ...policyOf(origins),
      balance: (['round_robin', 'least_connections', 'client_hash', 'latency'] as const)[variant % 4]!,
      ejection: variant % 7 === 6 ? EJECTION : null,
      breaker: variant % 2 === 1 ? { connectFailures: 3, openMs: 500 } : null,
      ...this.#changes,
    };
  }
}

const EJECTION = {
  consecutiveFailures: 2,
  failurePercent: 50,
  requestsMin: 4,
  windowMs: 1000,
  durationMs: 300,
  durationMaxMs: 1000,
  ejectedPercentMax: 50,
};

/** The same numbers in every run (Lehmer's generator). */
function createRandom(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 0x7fffffff;
    return state / 0x7fffffff;
  };
}
