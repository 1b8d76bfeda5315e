/** A configured limit, ready to be applied: compiled once, read for every request. */
import type { FleetShare } from '../../core/fleet-limit-table.ts';
import type { LimitRate } from '../../core/limit-rate.ts';

/** What of a request a limit counts by; a number so that the hot path switches on integers. */
export const KEY_CLIENT = 1;
export const KEY_PREFIX = 2;
export const KEY_HEADER = 3;
export const KEY_COOKIE = 4;
export const KEY_PATH = 5;
export const KEY_JA4 = 6;
export const KEY_COUNTRY = 7;
export const KEY_ASN = 8;
export const KEY_HOST = 9;
export const KEY_METHOD = 10;

export interface KeyPart {
  readonly kind: number;
  /** Of a header in lower case, of a cookie as written; else empty. */
  readonly name: string;
  /** Leading bits of an address that count, with KEY_PREFIX. */
  readonly ipv4Bits: number;
  readonly ipv6Bits: number;
}

/** To which requests a limit applies; null applies to all. */
export interface LimitFilter {
  /** In the form of `coarsePath`. */
  readonly path: string | null;
  readonly methods: ReadonlySet<string> | null;
  /** As `packCountry` packs them. */
  readonly countries: ReadonlySet<number> | null;
  readonly asns: ReadonlySet<number> | null;
}

export interface LimitPolicy {
  readonly name: string;
  /** The site it belongs to, or '' where it applies to all. */
  readonly site: string;
  /** What it counts by, as configured: `client + path`. */
  readonly keysText: string;
  readonly parts: readonly KeyPart[];
  readonly filter: LimitFilter;
  readonly rate: LimitRate;
  /** What this node admits by itself of a limit that the whole fleet counts by; null where it counts alone. */
  readonly fleet: FleetShare | null;
  /** Whether it counts only, and lets everything pass. */
  readonly observes: boolean;
  readonly action: 'reject' | 'tarpit' | 'drop';
  /** How long a tarpit holds its answer back. */
  readonly delayMs: number;
  /** Whether a refusal is a violation of the client, which leads to a ban. */
  readonly countsAsViolation: boolean;
}
