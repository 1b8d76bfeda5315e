/** Countries and networks as tables that the loader thread has built. */
import type { GeoTable } from '../../core/geo-table.ts';
import { GEO_UNKNOWN } from '../../core/geo-table.ts';
import type { AddressWords } from '../../core/ip.ts';
import { RangeTable, type RangeTableMemory } from '../../core/range-table.ts';

/** Plain data over shared memory, to be sent to another thread; null for a table that is not there. */
export interface GeoMemory {
  readonly country: RangeTableMemory | null;
  readonly asn: RangeTableMemory | null;
}

export class LoadedGeo implements GeoTable {
  readonly #country: RangeTable | null;
  readonly #asn: RangeTable | null;

  constructor({ country, asn }: GeoMemory) {
    this.#country = country === null ? null : new RangeTable(country);
    this.#asn = asn === null ? null : new RangeTable(asn);
  }

  countryOf(words: AddressWords): number {
    return this.#country?.valueOf(words) ?? GEO_UNKNOWN;
  }

  asnOf(words: AddressWords): number {
    return this.#asn?.valueOf(words) ?? GEO_UNKNOWN;
  }
}
