/**
 * Holds back clients that try wrong tokens: ten attempts at once, then one every six seconds.
 *
 * Method: one number per client, the time at which all its attempts will be forgotten (a leaky bucket written
 * as a time). Bound: `CLIENTS_MAX` clients. Only a client that owes nothing is forgotten; when none can be,
 * new clients share one bucket, so that flooding the table gives nobody a fresh start. An IPv6 client is its
 * /64 network.
 */
import { clientKeyInto, createAddressWords } from '../../core/ip.ts';

export const ATTEMPTS_AT_ONCE = 10;
export const ATTEMPT_INTERVAL_MS = 6000;
export const CLIENTS_MAX = 1024;

const IPV6_CLIENT_BITS = 64;
const SHARED_KEY = 'shared';

export class AttemptLimiter {
  readonly #forgottenAtMs = new Map<string, number>();

  /** Milliseconds until this client may try again; 0 where it may now. `nowMs` is monotonic. */
  waitMs(address: string, nowMs: number): number {
    const forgottenAt = this.#forgottenAtMs.get(this.#bucketOf(clientKey(address), nowMs)) ?? nowMs;
    return Math.max(0, forgottenAt - nowMs - (ATTEMPTS_AT_ONCE - 1) * ATTEMPT_INTERVAL_MS);
  }

  /** Counts one wrong attempt. */
  recordFailure(address: string, nowMs: number): void {
    const bucket = this.#bucketOf(clientKey(address), nowMs);
    const forgottenAt = Math.max(this.#forgottenAtMs.get(bucket) ?? nowMs, nowMs);
    this.#forgottenAtMs.set(bucket, forgottenAt + ATTEMPT_INTERVAL_MS);
  }

  /** Clients and the shared bucket that are remembered. */
  get size(): number {
    return this.#forgottenAtMs.size;
  }

  #bucketOf(key: string, nowMs: number): string {
    if (this.#forgottenAtMs.has(key) || this.#forgottenAtMs.size < CLIENTS_MAX) return key;
    for (const [client, forgottenAt] of this.#forgottenAtMs) {
      if (forgottenAt <= nowMs) this.#forgottenAtMs.delete(client);
    }
    return this.#forgottenAtMs.size < CLIENTS_MAX ? key : SHARED_KEY;
  }
}

function clientKey(address: string): string {
  const words = createAddressWords();
  return clientKeyInto(address, IPV6_CLIENT_BITS, words) ? words.join(':') : SHARED_KEY;
}
