/**
 * The upstreams of all sites of one worker, by the id of their policy.
 *
 * A reload changes them in place: an upstream that stays keeps everything, one that goes finishes what it has.
 */
import type { TurnClock } from '../turn-clock.ts';
import { Overload } from './overload.ts';
import { Upstream } from './upstream.ts';
import type { UpstreamEvents } from './upstream-events.ts';
import type { UpstreamPolicy } from './upstream-policy.ts';

export interface UpstreamsOptions {
  readonly clock: TurnClock;
  /** Even numbers from 0 to below 1. */
  readonly random: () => number;
  readonly events: UpstreamEvents;
  /** Time from one sweep to the next. */
  readonly sweepMs: number;
}

export class Upstreams {
  readonly overload: Overload;
  readonly #options: UpstreamsOptions;
  readonly #upstreams = new Map<string, Upstream>();
  /** What no policy names any longer: kept until nothing is under way. */
  readonly #leaving = new Set<Upstream>();

  constructor(policies: readonly UpstreamPolicy[], options: UpstreamsOptions) {
    this.#options = options;
    this.overload = new Overload(options.sweepMs, options.clock.nowMs());
    this.configure(policies);
  }

  /** The upstream of a policy in force; a request that began before a reload gets what its policy named. */
  of(policy: UpstreamPolicy): Upstream {
    const known = this.#upstreams.get(policy.id);
    if (known !== undefined) return known;
    // Its site went with a reload while this request was being read.
    for (const upstream of this.#leaving) if (upstream.policy.id === policy.id) return upstream;
    const late = this.#create(policy);
    late.close();
    this.#leaving.add(late);
    return late;
  }

  configure(policies: readonly UpstreamPolicy[]): void {
    const named = new Map(policies.map((policy) => [policy.id, policy]));
    for (const [id, upstream] of this.#upstreams) {
      if (named.has(id)) continue;
      this.#upstreams.delete(id);
      this.#leaving.add(upstream);
      upstream.close();
    }
    for (const [id, policy] of named) {
      const known = this.#upstreams.get(id);
      if (known === undefined) this.#upstreams.set(id, this.#create(policy));
      else known.configure(policy);
    }
  }

  /** @param bufferedBytes octets of bodies that the worker holds, of at most `bufferedBytesMax` */
  sweep(nowMs: number, bufferedBytes: number, bufferedBytesMax: number): void {
    this.overload.look(nowMs, bufferedBytes, bufferedBytesMax);
    for (const upstream of this.#upstreams.values()) upstream.sweep(nowMs);
    for (const upstream of this.#leaving) {
      upstream.sweep(nowMs);
      if (!upstream.isBusy) this.#leaving.delete(upstream);
    }
  }

  close(): void {
    for (const upstream of this.#upstreams.values()) upstream.close();
  }

  #create(policy: UpstreamPolicy): Upstream {
    return new Upstream(policy, { ...this.#options, overload: this.overload });
  }
}
