/** Which regions are near a client, by its address. */
import type { AddressWords, Prefix } from '../../core/ip.ts';
import { prefixContains } from '../../core/ip.ts';

export interface Region {
  readonly name: string;
  /** Addresses of clients that belong to it. */
  readonly prefixes: readonly Prefix[];
  /** Regions that take over, the nearest first. */
  readonly next: readonly string[];
}

export interface Nearness {
  /** Regions to try in turn, the nearest first; empty where nothing is known of the client. */
  readonly regions: readonly string[];
  /** How many bits of the address decided; 0 for none. */
  readonly bits: number;
}

export class RegionMap {
  readonly #regions: readonly Region[];

  constructor(regions: readonly Region[]) {
    this.#regions = regions;
  }

  /** The longest prefix decides. Regions are few, and so are their prefixes. */
  nearTo(client: AddressWords): Nearness {
    let found: Region | null = null;
    let bits = -1;
    for (const region of this.#regions) {
      for (const prefix of region.prefixes) {
        if (prefix.bits <= bits || !prefixContains(prefix, client)) continue;
        found = region;
        bits = prefix.bits;
      }
    }
    return found === null ? NOWHERE : { regions: [found.name, ...found.next], bits };
  }
}

const NOWHERE: Nearness = { regions: [], bits: 0 };
