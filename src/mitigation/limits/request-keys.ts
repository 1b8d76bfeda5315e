/**
 * What a limit counts a request by, and whether it applies to it at all.
 *
 * One reader for each worker, taken from request to request: what several limits ask for, the path in its one form and
 * the place of the client's address, is worked out once. Nothing is allocated for clients, prefixes and plain paths.
 *
 * A part that the request does not have, or has twice, is stood for by the client: leaving a header out must not
 * lead around a limit, nor put all who leave it out into one bucket that any of them can empty.
 */
import { GEO_UNKNOWN, type GeoTable } from '../../core/geo-table.ts';
import { isIpv4 } from '../../core/ip.ts';
import type { HashSeed } from '../../core/keyed-hash.ts';
import { KeyHasher } from '../../core/limit-key.ts';
import { isWithin } from '../../core/plain-path.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { Client } from '../client.ts';
import { hostNameOf } from '../sites/host-name.ts';
import { coarsePath } from './coarse-path.ts';
import { findCookie, type OctetRange } from './cookie-value.ts';
import { findHeader } from './header-value.ts';
import {
  KEY_ASN,
  KEY_CLIENT,
  KEY_COOKIE,
  KEY_COUNTRY,
  KEY_HEADER,
  KEY_HOST,
  KEY_JA4,
  KEY_METHOD,
  KEY_PATH,
  KEY_PREFIX,
  type KeyPart,
  type LimitFilter,
  type LimitPolicy,
} from './limit-policy.ts';

/** What limits see of a request. */
export interface KeyedRequest {
  readonly head: RequestHead;
  readonly client: Client;
  readonly connection: { readonly ja4: string };
}

const NOT_ASKED = -1;

export class RequestKeys {
  readonly #hasher: KeyHasher;
  readonly #seed: HashSeed;
  readonly #fleetSeed: HashSeed;
  readonly #range: OctetRange = { start: 0, end: 0 };
  #request: KeyedRequest | null = null;
  #geo: GeoTable | null = null;
  #path: string | null = null;
  #country = NOT_ASKED;
  #asn = NOT_ASKED;

  /** @param fleetSeed the secret for keys that all nodes of the fleet make alike */
  constructor(seed: HashSeed, fleetSeed: HashSeed) {
    this.#hasher = new KeyHasher(seed);
    this.#seed = seed;
    this.#fleetSeed = fleetSeed;
  }

  /** The key that was made last. */
  get low(): number {
    return this.#hasher.low;
  }

  get high(): number {
    return this.#hasher.high;
  }

  /** Turns to a request. @param geo null where nothing is known of addresses */
  begin(request: KeyedRequest, geo: GeoTable | null): void {
    this.#request = request;
    this.#geo = geo;
    this.#path = null;
    this.#country = NOT_ASKED;
    this.#asn = NOT_ASKED;
  }

  /** The request is not needed any more. */
  end(): void {
    this.#request = null;
    this.#geo = null;
    this.#path = null;
  }

  matches({ path, methods, countries, asns }: LimitFilter): boolean {
    const request = this.#request!;
    if (methods !== null && !methods.has(request.head.method)) return false;
    if (path !== null && !isWithin(this.#coarsePath(request), path)) return false;
    if (countries !== null && !countries.has(this.#countryOf(request))) return false;
    return asns === null || asns.has(this.#asnOf(request));
  }

  /** Makes the key under which a limit counts the request. */
  make({ rate, parts, fleet }: LimitPolicy): void {
    const request = this.#request!;
    const hasher = this.#hasher;
    hasher.start(fleet === null ? this.#seed : this.#fleetSeed);
    hasher.word(rate.identityLow);
    hasher.word(rate.identityHigh);
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index]!;
      if (!this.#add(request, part)) this.#addClient(request.client, part.kind);
    }
    hasher.finish();
  }

  /** False where the request does not have the part, or has it in two readings. */
  #add(request: KeyedRequest, part: KeyPart): boolean {
    const { head, client } = request;
    switch (part.kind) {
      case KEY_CLIENT:
        this.#addClient(client, 0);
        return true;
      case KEY_PREFIX:
        this.#addPrefix(client, part);
        return true;
      case KEY_HEADER:
        return findHeader(head.fields, part.name, this.#range) && this.#addRange(head, KEY_HEADER);
      case KEY_COOKIE:
        return findCookie(head.fields, part.name, this.#range) && this.#addRange(head, KEY_COOKIE);
      case KEY_PATH:
        return this.#addText(KEY_PATH, this.#coarsePath(request));
      case KEY_JA4:
        return this.#addText(KEY_JA4, request.connection.ja4);
      case KEY_COUNTRY:
        return this.#addNumber(KEY_COUNTRY, this.#countryOf(request));
      case KEY_ASN:
        return this.#addNumber(KEY_ASN, this.#asnOf(request));
      case KEY_HOST:
        return this.#addText(KEY_HOST, hostNameOf(head.host));
      case KEY_METHOD:
        return this.#addText(KEY_METHOD, head.method);
      default:
        return false;
    }
  }

  /** @param missing the kind of the part that the client stands for, or 0 */
  #addClient({ key }: Client, missing: number): void {
    const hasher = this.#hasher;
    hasher.piece(KEY_CLIENT, missing);
    for (let word = 0; word < 4; word++) hasher.word(key[word]!);
  }

  #addPrefix({ words }: Client, { ipv4Bits, ipv6Bits }: KeyPart): void {
    const hasher = this.#hasher;
    const bits = isIpv4(words) ? 96 + ipv4Bits : ipv6Bits;
    hasher.piece(KEY_PREFIX, bits);
    for (let word = 0; word < 4; word++) {
      const kept = bits - word * 32;
      hasher.word(kept >= 32 ? words[word]! : kept <= 0 ? 0 : words[word]! & (-1 << (32 - kept)));
    }
  }

  #addRange({ fields }: RequestHead, kind: number): boolean {
    const { start, end } = this.#range;
    this.#hasher.piece(kind, end - start);
    this.#hasher.bytes(fields.bytes, start, end);
    return true;
  }

  #addText(kind: number, text: string): boolean {
    if (text === '') return false;
    this.#hasher.piece(kind, text.length);
    this.#hasher.lowerText(text, 0, text.length);
    return true;
  }

  #addNumber(kind: number, value: number): boolean {
    if (value === GEO_UNKNOWN) return false;
    this.#hasher.piece(kind, 4);
    this.#hasher.word(value | 0);
    return true;
  }

  #coarsePath({ head }: KeyedRequest): string {
    this.#path ??= coarsePath(head.target);
    return this.#path;
  }

  #countryOf({ client }: KeyedRequest): number {
    if (this.#country === NOT_ASKED) this.#country = this.#geo?.countryOf(client.words) ?? GEO_UNKNOWN;
    return this.#country;
  }

  #asnOf({ client }: KeyedRequest): number {
    if (this.#asn === NOT_ASKED) this.#asn = this.#geo?.asnOf(client.words) ?? GEO_UNKNOWN;
    return this.#asn;
  }
}
