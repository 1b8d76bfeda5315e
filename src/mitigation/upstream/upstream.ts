/**
 * The origins of one site, as one worker serves them: which origin gets a request, who waits, who is given up.
 *
 *   acquire -> shed (overload) | origin with room -> stream | waiting line -> stream, or given up in time
 *
 * A request that reached no origin is tried at others at once; one that was sent is repeated only if its exchange asks,
 * within the retry budget. Everything that decides by itself is a file of its own; this one holds the order.
 */
import type { OriginFault } from '../exchange/origin-stream.ts';
import { PRIORITIES, type Priority } from '../pipeline/priority.ts';
import type { TurnClock } from '../turn-clock.ts';
import type { Balance } from './balance/balance.ts';
import { ClientHash } from './balance/client-hash.ts';
import { FastestOfTwo } from './balance/fastest-of-two.ts';
import { LeastConnections } from './balance/least-connections.ts';
import { RoundRobin } from './balance/round-robin.ts';
import { GRADE_UNHEALTHY, Origin, type OriginGroup } from './origin.ts';
import type { OriginClient, OriginWish } from './origin-client.ts';
import type { Overload } from './overload.ts';
import { RetryBudget } from './retry-budget.ts';
import type { Tries } from './stream-pool.ts';
import type { UpstreamEvents } from './upstream-events.ts';
import type { UpstreamPolicy } from './upstream-policy.ts';
import { type Waiting, WaitingLine } from './waiting-line.ts';

export interface UpstreamOptions {
  readonly clock: TurnClock;
  /** Even numbers from 0 to below 1. */
  readonly random: () => number;
  readonly overload: Overload;
  readonly events: UpstreamEvents;
}

/** Origins that one request is tried at where connecting fails. */
const CONNECT_TRIES_MAX = 3;

/** Clients without a place that are looked at before their class counts as served; the next may hold less. */
const FULL_PASSED_MAX = 16;

export class Upstream implements OriginGroup {
  readonly clock: TurnClock;
  readonly random: () => number;
  readonly #overload: Overload;
  readonly #events: UpstreamEvents;
  readonly #budget: RetryBudget;
  readonly #line: WaitingLine = new WaitingLine();
  #policy: UpstreamPolicy;
  #balance: Balance;
  #origins: readonly Origin[];
  /** Origins of policies before, which still have something under way. */
  #leaving: Origin[] = [];
  #serving = false;

  constructor(policy: UpstreamPolicy, { clock, random, overload, events }: UpstreamOptions) {
    this.clock = clock;
    this.random = random;
    this.#overload = overload;
    this.#events = events;
    this.#budget = new RetryBudget(clock.nowMs());
    this.#policy = policy;
    this.#balance = this.#createBalance(policy);
    this.#origins = policy.origins.map((origin) => new Origin(origin, this));
  }

  get policy(): UpstreamPolicy {
    return this.#policy;
  }

  /** Finds an origin for the exchange: `onOrigin` is called at once or later, or else `onOriginFault`. */
  acquire(client: OriginClient, wish: OriginWish): void {
    this.#budget.noteRequest();
    this.acquireAgain(client, wish);
  }

  /** The same for a request that has been sent before, and counts once. */
  acquireAgain(client: OriginClient, wish: OriginWish): void {
    if (!this.#overload.admits(wish.priority)) this.#shed(client, wish);
    else this.#place(client, wish);
  }

  /** Takes a wish back, where the exchange has ended meanwhile. */
  cancel(client: OriginClient): void {
    if (this.#line.leave(client)) return;
    if (this.#origins.some((origin) => origin.cancel(client))) return;
    this.#leaving.some((origin) => origin.cancel(client));
  }

  /** Whether one more request may be sent a second time; takes it out of the budget. */
  mayRetry(): boolean {
    const may = this.#budget.take(this.clock.nowMs(), this.#policy.retry);
    if (may) this.#events.requestRetried();
    return may;
  }

  /** Puts a new policy in force. Origins that stay keep their connections, and what is known of them. */
  configure(policy: UpstreamPolicy): void {
    const before = this.#policy;
    const known = new Map(this.#origins.map((origin) => [origin.id, origin]));
    this.#policy = policy;
    if (policy.balance !== before.balance) this.#balance = this.#createBalance(policy);
    this.#origins = policy.origins.map((origin) => {
      const kept = known.get(origin.id);
      if (kept === undefined) return new Origin(origin, this);
      known.delete(origin.id);
      kept.configure(origin);
      return kept;
    });
    for (const origin of known.values()) origin.close();
    this.#leaving.push(...known.values());
    this.#serve();
  }

  /** Ends waits that have lasted too long; called a few times a second. */
  sweep(nowMs: number): void {
    for (const origin of this.#origins) origin.sweep(nowMs);
    for (const origin of this.#leaving) origin.sweep(nowMs);
    if (this.#leaving.length > 0) this.#leaving = this.#leaving.filter((origin) => origin.isBusy);
    this.#budget.advance(nowMs);
    for (let late = this.#line.takeExpired(nowMs); late !== null; late = this.#line.takeExpired(nowMs)) {
      late.client.onOriginFault('busy', false);
    }
    this.#serve();
  }

  /** Closes what is idle; connections in use close when they are given back. */
  close(): void {
    for (const origin of this.#origins) origin.close();
  }

  /** Whether anything is under way or waits. */
  get isBusy(): boolean {
    return this.#line.length > 0 || [...this.#origins, ...this.#leaving].some((origin) => origin.isBusy);
  }

  mayEject(): boolean {
    const { ejection } = this.#policy;
    if (ejection === null) return false;
    const out = this.#origins.filter((origin) => origin.isEjected).length + 1;
    const may = out * 100 <= this.#origins.length * ejection.ejectedPercentMax;
    if (may) this.#events.originEjected();
    return may;
  }

  onRoom(): void {
    this.#serve();
  }

  onConnectFailed(
    { id }: Origin,
    fault: OriginFault,
    client: OriginClient,
    wish: OriginWish,
    tries: Tries,
  ): void {
    const tried = tries === null ? [id] : [...tries, id];
    const next = tried.length < CONNECT_TRIES_MAX ? this.#choose(client, wish, tried) : NONE_HEALTHY;
    if (typeof next === 'string') client.onOriginFault(fault, false);
    else next.take(client, wish, tried);
  }

  onHealthChange(healthy: boolean): void {
    this.#events.originHealthChanged(healthy);
  }

  onUnexpected(error: unknown): void {
    this.#events.unexpected(error);
  }

  #place(client: OriginClient, wish: OriginWish): void {
    const origin = this.#choose(client, wish, null);
    if (typeof origin !== 'string') {
      origin.take(client, wish, null);
    } else if (origin === NONE_HEALTHY) {
      client.onOriginFault('none_healthy', false);
    } else {
      this.#wait(client, wish);
    }
  }

  #wait(client: OriginClient, wish: OriginWish): void {
    const { queueMax, queueTimeoutMs } = this.#policy;
    const given = this.#line.enter(client, wish, this.clock.nowMs() + queueTimeoutMs, queueMax);
    if (given === null) this.#serve();
    else if (given.client === client) client.onOriginFault('busy', false);
    else this.#shed(given.client, given.wish);
  }

  #shed(client: OriginClient, { priority }: OriginWish): void {
    this.#events.requestShed(priority);
    client.onOriginFault('shed', false);
  }

  /** Gives room to those who wait, the highest class first. */
  #serve(): void {
    // Serving one may end another stream at once: the loop that runs already sees the room.
    if (this.#serving || this.#line.length === 0) return;
    this.#serving = true;
    try {
      for (const priority of PRIORITIES) this.#serveClass(priority);
    } finally {
      this.#serving = false;
    }
  }

  /** The clients of a class in turn; who holds its share already is passed by, of whom there are few. */
  #serveClass(priority: Priority): void {
    let passed = 0;
    for (const next of this.#line.turns(priority)) {
      let origin = this.#choose(next.client, next.wish, null);
      if (origin === OVER_SHARE) continue;
      if (origin === NO_ROOM && this.#shedStalled(next)) origin = this.#choose(next.client, next.wish, null);
      if (origin === NO_ROOM && ++passed < FULL_PASSED_MAX) continue;
      if (typeof origin === 'string') return;
      this.#line.leave(next.client);
      origin.take(next.client, next.wish, null);
    }
  }

  /** Has an origin break off an answer that its client does not take; whether one did. */
  #shedStalled({ client, wish }: Waiting): boolean {
    for (const origin of this.#origins) {
      if (!origin.carries(wish)) continue;
      const shed = origin.shedStalled(client, wish.priority);
      if (shed === null) continue;
      this.#events.requestShed(shed);
      return true;
    }
    return false;
  }

  #choose(client: OriginClient, wish: OriginWish, tried: Tries): Choice {
    const nowMs = this.clock.nowMs();
    const origins = this.#origins;
    if (origins.length === 1 && tried === null) {
      const only = origins[0]!;
      if (only.judge(nowMs) === GRADE_UNHEALTHY && this.#policy.whenNoneHealthy === 'refuse')
        return NONE_HEALTHY;
      const step = only.look(client, wish.priority);
      return step === 'fits' ? only : step;
    }
    const first = this.#chooseOf(client, wish, tried, wish.avoid);
    if (wish.avoid === '' || typeof first !== 'string') return first;
    // The origin that has failed the request before serves it again only where there is no other.
    return this.#chooseOf(client, wish, tried, '');
  }

  #chooseOf(client: OriginClient, wish: OriginWish, tried: Tries, avoid: string): Choice {
    const nowMs = this.clock.nowMs();
    const origins = this.#origins;
    let lowest = GRADE_UNHEALTHY + 1;
    for (const origin of origins) {
      if (isCandidate(origin, wish, tried, avoid)) lowest = Math.min(lowest, origin.judge(nowMs));
    }
    const worst = this.#policy.whenNoneHealthy === 'try_any' ? GRADE_UNHEALTHY : GRADE_UNHEALTHY - 1;
    if (lowest > worst) return NONE_HEALTHY;
    let none: Choice = NO_ROOM;
    for (const origin of origins) {
      origin.share = 0;
      if (!isCandidate(origin, wish, tried, avoid) || origin.grade !== lowest) continue;
      const step = origin.look(client, wish.priority);
      if (step === 'fits') origin.weigh(nowMs);
      else if (step === OVER_SHARE) none = OVER_SHARE;
    }
    const place = this.#balance.pick(origins, wish.hash);
    return place === -1 ? none : origins[place]!;
  }

  #createBalance({ balance }: UpstreamPolicy): Balance {
    switch (balance) {
      case 'round_robin':
        return new RoundRobin();
      case 'least_connections':
        return new LeastConnections();
      case 'client_hash':
        return new ClientHash();
      case 'latency':
        return new FastestOfTwo(this.random);
    }
  }
}

function isCandidate(origin: Origin, wish: OriginWish, tried: Tries, avoid: string): boolean {
  return origin.id !== avoid && origin.carries(wish) && tried?.includes(origin.id) !== true;
}

const NONE_HEALTHY = 'none_healthy';
const NO_ROOM = 'full';
const OVER_SHARE = 'over_share';

type Choice = Origin | typeof NONE_HEALTHY | typeof NO_ROOM | typeof OVER_SHARE;
