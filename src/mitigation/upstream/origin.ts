/**
 * One origin of a group, as one worker knows it: its connections, how well it does, how much it gets.
 */
import type { OriginFault } from '../exchange/origin-stream.ts';
import type { Priority } from '../pipeline/priority.ts';
import type { TurnClock } from '../turn-clock.ts';
import type { Candidate } from './balance/balance.ts';
import { PeakLatency } from './balance/peak-latency.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { ConnectBreaker } from './connect-breaker.ts';
import { createStreamPool } from './create-stream-pool.ts';
import { HealthCheck } from './health-check.ts';
import type { OriginClient, OriginWish } from './origin-client.ts';
import { OriginHealth } from './origin-health.ts';
import { type OriginPlace, OriginPlaces, type PlaceStep } from './origin-places.ts';
import type { StreamPool, StreamPoolOwner, Tries } from './stream-pool.ts';
import type { OriginPolicy, UpstreamPolicy } from './upstream-policy.ts';

/** What an origin needs of its group. */
export interface OriginGroup {
  readonly clock: TurnClock;
  readonly policy: UpstreamPolicy;
  readonly random: () => number;
  /** An origin wants to be taken out; false where too many are out already. */
  mayEject(): boolean;
  onRoom(): void;
  onConnectFailed(
    origin: Origin,
    fault: OriginFault,
    client: OriginClient,
    wish: OriginWish,
    tries: Tries,
  ): void;
  onHealthChange(healthy: boolean): void;
  onUnexpected(error: unknown): void;
}

/** How much an origin is to be preferred; groups use the lowest grade that they have. */
export const GRADE_GOOD = 0;
export const GRADE_BACKUP = 1;
/** It has failed requests, but can be reached. */
export const GRADE_EJECTED = 2;
export const GRADE_UNHEALTHY = 3;

/** Statuses by which a server says that it could not serve, rather than what it thinks of the request. */
const FAILURE_STATUSES: readonly number[] = [502, 503, 504];

export class Origin implements StreamPoolOwner, Candidate {
  readonly id: string;
  readonly clock: TurnClock;
  share = 0;
  latencyMs = 0;
  grade: number = GRADE_GOOD;
  readonly #group: OriginGroup;
  #policy: OriginPolicy;
  readonly #pool: StreamPool;
  readonly #health: OriginHealth;
  readonly #breaker: ConnectBreaker = new ConnectBreaker();
  readonly #latency: PeakLatency = new PeakLatency();
  readonly #limit: ConcurrencyLimit;
  readonly #places: OriginPlaces;
  #check: HealthCheck | null = null;
  #closed = false;
  /** As last told. */
  #healthy = true;

  constructor(policy: OriginPolicy, group: OriginGroup) {
    const nowMs = group.clock.nowMs();
    this.id = policy.id;
    this.clock = group.clock;
    this.#group = group;
    this.#policy = policy;
    this.#pool = createStreamPool(policy, this);
    this.#health = new OriginHealth(nowMs);
    this.#limit = new ConcurrencyLimit(policy.concurrency, nowMs);
    this.#places = new OriginPlaces(this.#limit.value, this.#pool.streamsMax);
    this.#setUpCheck();
  }

  get load(): number {
    return this.#places.total;
  }

  get responseTimeoutMs(): number {
    return this.#group.policy.responseTimeoutMs;
  }

  /** Whether it still has connections or something under way. */
  get isBusy(): boolean {
    return this.#pool.open > 0;
  }

  get isEjected(): boolean {
    return this.#health.isEjected;
  }

  configure(policy: OriginPolicy): void {
    this.#policy = policy;
    this.#pool.configure(policy);
    this.#limit.configure(policy.concurrency);
    this.#places.resize(this.#limit.value, this.#pool.streamsMax);
    this.#health.sweep(this.clock.nowMs(), this.#group.policy.ejection);
    // Without a breaker nobody would close it again.
    if (this.#group.policy.breaker === null) this.#breaker.noteSuccess();
    this.#setUpCheck();
  }

  /** Sets and returns the grade that it has now. */
  judge(nowMs: number): number {
    const unhealthy = this.#health.isDown || (this.#breaker.isOpen && !this.#breaker.allowsTrial(nowMs));
    if (unhealthy) this.grade = GRADE_UNHEALTHY;
    else if (this.#health.isEjected) this.grade = GRADE_EJECTED;
    else this.grade = this.#policy.backup ? GRADE_BACKUP : GRADE_GOOD;
    return this.grade;
  }

  /** Sets what it is to get in proportion to others, and what balances look at. */
  weigh(nowMs: number): void {
    this.share = this.#policy.weight * this.#health.warmth(nowMs, this.#group.policy.slowStartMs);
    this.latencyMs = this.#latency.valueMs(nowMs);
  }

  /** Whether it can take a request of that client now. */
  look({ client }: OriginClient, priority: Priority): PlaceStep {
    return this.#pool.hasRoom ? this.#places.look(client, priority) : 'full';
  }

  /** Breaks an answer off that its client does not take, for one more request; returns the class of that, or null. */
  shedStalled({ client }: OriginClient, priority: Priority): Priority | null {
    if (this.#pool.hasRoom && !this.#places.isOutOfStreams(priority)) return null;
    const place = this.#places.findStalled(client, this.clock.nowMs());
    place?.shed();
    return place?.priority ?? null;
  }

  carries(wish: OriginWish): boolean {
    return !wish.webSocket || this.#pool.carriesTunnels;
  }

  /** Serves a request; only while there is room. */
  take(client: OriginClient, wish: OriginWish, tries: Tries): void {
    if (this.#breaker.isOpen) {
      this.#breaker.beginTrial(this.clock.nowMs() + this.#policy.connectTimeoutMs);
    }
    this.#pool.acquire(client, wish, tries);
  }

  cancel(client: OriginClient): boolean {
    return this.#pool.cancel(client);
  }

  sweep(nowMs: number): void {
    this.#health.sweep(nowMs, this.#group.policy.ejection);
    this.#pool.sweep(nowMs);
    this.#check?.sweep(nowMs);
    if (this.#limit.sweep(nowMs)) this.#places.resize(this.#limit.value, this.#pool.streamsMax);
    if (!this.#closed) this.#tellHealth(this.#isHealthy);
  }

  close(): void {
    this.#closed = true;
    // An origin that is not used any more is nobody's trouble.
    this.#tellHealth(true);
    this.#pool.close();
    this.#check?.close();
    this.#check = null;
  }

  onStreamBegun({ client }: OriginClient, { priority }: OriginWish): OriginPlace {
    return this.#places.take(client, priority);
  }

  onAnswer(status: number, latencyMs: number): void {
    if (this.#breaker.isOpen) this.#breaker.noteSuccess();
    // To fail fast is no sign of being fast.
    if (FAILURE_STATUSES.includes(status)) {
      this.onFailure();
      return;
    }
    const nowMs = this.clock.nowMs();
    const { balance, ejection } = this.#group.policy;
    this.#limit.observe(latencyMs, this.#places.working);
    if (balance === 'latency') this.#latency.observe(latencyMs, nowMs);
    if (ejection !== null) this.#health.noteSuccess(nowMs, ejection);
  }

  onFailure(): void {
    const { ejection } = this.#group.policy;
    const nowMs = this.clock.nowMs();
    if (ejection === null || !this.#health.noteFailure(nowMs, ejection)) return;
    if (this.#group.mayEject()) this.#health.eject(nowMs, ejection);
  }

  onConnected(): void {
    this.#breaker.noteSuccess();
  }

  onConnectFailed(fault: OriginFault, client: OriginClient | null, wish: OriginWish, tries: Tries): void {
    const { breaker, origins } = this.#group.policy;
    // To be refused costs nothing: where there is no other origin, it is worth trying each time.
    const costly = fault === 'connect_timeout' || origins.length > 1;
    if (breaker !== null && costly) this.#breaker.noteFailure(this.clock.nowMs(), breaker);
    this.onFailure();
    if (client !== null) this.#group.onConnectFailed(this, fault, client, wish, tries);
  }

  onRoom(): void {
    this.#group.onRoom();
  }

  onUnexpected(error: unknown): void {
    this.#group.onUnexpected(error);
  }

  get #isHealthy(): boolean {
    return !this.#health.isDown && !this.#health.isEjected && !this.#breaker.isOpen;
  }

  #tellHealth(healthy: boolean): void {
    if (healthy === this.#healthy) return;
    this.#healthy = healthy;
    this.#group.onHealthChange(healthy);
  }

  /** A check keeps its rhythm as long as what it asks stays the same. */
  #setUpCheck(): void {
    const { healthCheck } = this.#group.policy;
    if (healthCheck === null) {
      this.#check?.close();
      this.#check = null;
      this.#health.forgetChecks();
    } else if (this.#check === null) {
      this.#check = new HealthCheck(this.#policy, healthCheck, {
        clock: this.clock,
        random: this.#group.random,
        onResult: (good, nowMs, policy) => {
          this.#health.noteCheck(good, nowMs, policy);
          // Who can be asked for its health can be connected to.
          if (good) this.#breaker.noteSuccess();
          this.#group.onRoom();
        },
        onUnexpected: (error) => this.#group.onUnexpected(error),
      });
    } else {
      this.#check.configure(this.#policy, healthCheck);
    }
  }
}
