/**
 * Countries and networks of addresses: finds the files, has them built into tables, and keeps the tables in force
 * until newer ones are ready. The files are read at the start and at each reload.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Config } from '../../config/schema.ts';
import type { Logger } from '../../core/logger.ts';
import type { RangeTableMemory } from '../../core/range-table.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { GeoMemory } from './loaded-geo.ts';
import type { LoaderThread } from './loader-thread.ts';

export type GeoConfig = Config['geo'];

export interface GeoKeeperOptions {
  readonly loader: LoaderThread;
  readonly logger: Logger;
  /** Other tables are in force; null where the configuration has switched them off. */
  readonly onChange: (geo: GeoMemory | null) => void;
}

const PACKAGES = { country: '@ip-location-db/asn-country', asn: '@ip-location-db/asn' } as const;
const PATIENCE_MS = 120_000;

export class GeoKeeper {
  readonly #options: GeoKeeperOptions;
  #current: GeoMemory | null = null;
  #generation = 0;

  constructor(options: GeoKeeperOptions) {
    this.#options = options;
  }

  /** The tables in force, or null. */
  get current(): GeoMemory | null {
    return this.#current;
  }

  /** Loads the tables that the configuration asks for; after a fault, a sentence, those before stay in force. */
  async load(config: GeoConfig): Promise<Result<void, string>> {
    const generation = ++this.#generation;
    const loaded = config.enabled ? await this.#read(config) : ok(null);
    if (!loaded.ok) return loaded;
    // Another reload has overtaken this one.
    if (generation !== this.#generation) return ok(undefined);
    if (loaded.value === null && this.#current === null) return ok(undefined);
    this.#current = loaded.value;
    this.#options.onChange(loaded.value);
    return ok(undefined);
  }

  async #read({ country_paths, asn_paths }: GeoConfig): Promise<Result<GeoMemory, string>> {
    const country = await this.#table('country', country_paths);
    if (!country.ok) return country;
    const asn = await this.#table('asn', asn_paths);
    if (!asn.ok) return asn;
    if (country.value === null && asn.value === null) {
      return fail(`geo: there is no data; install ${PACKAGES.country} or name files in geo.country_paths`);
    }
    return ok({ country: country.value, asn: asn.value });
  }

  async #table(
    table: 'country' | 'asn',
    named: readonly string[],
  ): Promise<Result<RangeTableMemory | null, string>> {
    const { loader, logger } = this.#options;
    const paths = named.length > 0 ? named : packagedPaths(PACKAGES[table]);
    if (paths.length === 0) return ok(null);
    const outcome = await loader.run({ kind: 'geo', table, paths }, PATIENCE_MS);
    if (outcome.kind !== 'geo') {
      return fail(`geo.${table}_paths: ${outcome.kind === 'failed' ? outcome.message : 'not read'}`);
    }
    logger.info('Address data loaded', { table, ranges: outcome.rows });
    return ok(outcome.memory);
  }
}

/** The files of an installed data package, or none. */
function packagedPaths(name: string): readonly string[] {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const base = name.slice(name.indexOf('/') + 1);
    return [join(folder, `${base}-ipv4.csv`), join(folder, `${base}-ipv6.csv`)];
  } catch {
    return [];
  }
}
