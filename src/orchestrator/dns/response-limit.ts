/**
 * Keeps answers over UDP from being turned against others: anybody can ask in somebody else's name, so each network is
 * answered so many times a second, and beyond that every other answer is cut short, which sends whoever really asks to TCP.
 *
 * Bounded: a fixed table; networks that share a place share its answers.
 */
import { type AddressWords, IPV4_OFFSET, isIpv4, maskWords } from '../../core/ip.ts';
import { type HashSeed, hashWords } from '../../core/keyed-hash.ts';

export type Leave = 'answer' | 'cut' | 'drop';

const PLACES = 4096;
const PER_SECOND = 200;
const WINDOW_MS = 1000;
/** Bits of the network of an address: /24 of IPv4 and /56 of IPv6. */
const IPV4_BITS = IPV4_OFFSET + 24;
const IPV6_BITS = 56;

export class ResponseLimit {
  readonly #counts = new Uint32Array(PLACES);
  readonly #seed: HashSeed;
  #windowMs = 0;

  /** @param secret keeps others from choosing who shares a place; its first eight octets count */
  constructor(secret: Uint8Array) {
    const octets = new DataView(secret.buffer, secret.byteOffset, secret.byteLength);
    this.#seed = { low: octets.getInt32(0), high: octets.getInt32(4) };
  }

  /** Whether one more answer may go to this address. */
  take(client: AddressWords, nowMs: number): Leave {
    if (nowMs - this.#windowMs >= WINDOW_MS) {
      this.#windowMs = nowMs;
      this.#counts.fill(0);
    }
    const place = this.#placeOf(client);
    const count = this.#counts[place]! + 1;
    this.#counts[place] = count;
    if (count <= PER_SECOND) return 'answer';
    return count % 2 === 0 ? 'cut' : 'drop';
  }

  #placeOf(client: AddressWords): number {
    const network = Int32Array.from(client);
    maskWords(network, isIpv4(client) ? IPV4_BITS : IPV6_BITS);
    return (hashWords(network, this.#seed.low, this.#seed.high) >>> 0) % PLACES;
  }
}
