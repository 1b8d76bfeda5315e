/**
 * Keeps answers over UDP from being turned against others: anybody can ask in somebody else's name, so each network is
 * answered so many times a second, and beyond that every other answer is cut short, which sends whoever really asks to TCP.
 *
 * Bounded: a fixed table; networks that share a place share its answers.
 */
import { createHash } from 'node:crypto';
import { type AddressWords, isIpv4 } from '../../core/ip.ts';

export type Leave = 'answer' | 'cut' | 'drop';

const PLACES = 4096;
const PER_SECOND = 200;
const WINDOW_MS = 1000;
/** Where the network of an IPv4 and of an IPv6 address ends: /24 and /56. */
const IPV4_WORDS_MASK = 0xffffff00;
const IPV6_WORD_MASK = 0xffffff00;

export class ResponseLimit {
  readonly #counts = new Uint32Array(PLACES);
  readonly #secret: Uint8Array;
  #windowMs = 0;

  /** @param secret keeps others from choosing who shares a place */
  constructor(secret: Uint8Array) {
    this.#secret = secret;
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
    if (isIpv4(client)) {
      network[3] = network[3]! & IPV4_WORDS_MASK;
    } else {
      network[1] = network[1]! & IPV6_WORD_MASK;
      network[2] = 0;
      network[3] = 0;
    }
    const hash = createHash('sha256').update(this.#secret).update(new Uint8Array(network.buffer)).digest();
    return hash.readUInt32BE(0) % PLACES;
  }
}
