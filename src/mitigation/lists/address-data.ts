/** All that a node knows of addresses beside its configuration: the large lists, and countries and networks. */
import { join } from 'node:path';
import type { Config } from '../../config/schema.ts';
import type { ListMemory } from '../../core/access-lists.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import { GeoKeeper } from './geo-keeper.ts';
import { ListKeeper, type ListReading } from './list-keeper.ts';
import type { GeoMemory } from './loaded-geo.ts';
import { LoaderThread } from './loader-thread.ts';

export interface AddressDataOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stateDir: string;
  readonly onLists: (lists: readonly ListMemory[]) => void;
  readonly onGeo: (geo: GeoMemory | null) => void;
}

export class AddressData {
  readonly #logger: Logger;
  readonly #loader = new LoaderThread();
  readonly #lists: ListKeeper;
  readonly #geo: GeoKeeper;

  constructor({ clock, logger, stateDir, onLists, onGeo }: AddressDataOptions) {
    const loader = this.#loader;
    this.#logger = logger;
    const folder = join(stateDir, 'lists');
    this.#lists = new ListKeeper({ loader, clock, logger, folder, onChange: onLists });
    this.#geo = new GeoKeeper({ loader, logger, onChange: onGeo });
  }

  get lists(): readonly ListMemory[] {
    return this.#lists.current;
  }

  get geo(): GeoMemory | null {
    return this.#geo.current;
  }

  /** Loads what is on this machine; faults are sentences for the operator, and the node should not start. */
  async start(config: Config): Promise<readonly string[]> {
    const faults = await this.#lists.start(config.lists);
    const geo = await this.#geo.load(config.geo);
    return geo.ok ? faults : [...faults, geo.fault];
  }

  /** A reloaded configuration is in force; what it asks for is loaded meanwhile, and faults are logged. */
  configure(config: Config): void {
    this.#lists.configure(config.lists);
    void this.#geo.load(config.geo).then((geo) => {
      if (!geo.ok) this.#logger.error('Address data could not be loaded', { reason: geo.fault });
    });
  }

  /** Looks at what is due; called every second. */
  sweep(): void {
    this.#lists.sweep();
  }

  /** What metrics show of the lists. */
  read(): readonly ListReading[] {
    return this.#lists.read();
  }

  close(): void {
    this.#lists.close();
    this.#loader.close();
  }
}
