/**
 * What is known of an address without asking anybody: the country it is registered in, and the network (autonomous
 * system) that announces it. Both are numbers, so that rules compare them without a text per request.
 */
import type { AddressWords } from './ip.ts';

/** The answer where nothing is known: no country has these letters, and AS 0 is reserved (RFC 7607). */
export const GEO_UNKNOWN = 0;

export interface GeoTable {
  /** The country as `packCountry` packs it; GEO_UNKNOWN where the data has none, or none was loaded. */
  countryOf(words: AddressWords): number;
  /** The AS number, 1 to 2^32 - 1; GEO_UNKNOWN where the data has none, or none was loaded. */
  asnOf(words: AddressWords): number;
}

/** Two letters of ISO 3166-1 in either case as one number; GEO_UNKNOWN where the text is something else. */
export function packCountry(text: string): number {
  return /^[A-Za-z]{2}$/.test(text)
    ? ((text.charCodeAt(0) & UPPER) << 8) | (text.charCodeAt(1) & UPPER)
    : GEO_UNKNOWN;
}

/** The two letters in upper case; empty for GEO_UNKNOWN. */
export function countryText(country: number): string {
  return country === GEO_UNKNOWN ? '' : String.fromCharCode(country >>> 8, country & 0xff);
}

/** Clears the bit in which small letters differ from capital ones. */
const UPPER = ~0x20;
