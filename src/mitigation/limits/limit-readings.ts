/** How often each limit in force was reached, by name: for the metrics, on the main thread. */
import type { Config } from '../../config/schema.ts';
import { LimitCounts } from '../../core/limit-counts.ts';
import { limitIdentity } from './compile-limits.ts';

export interface LimitReading {
  readonly limit: string;
  /** The site that the limit belongs to, or '' where it applies to all. */
  readonly site: string;
  readonly refused: number;
  readonly observed: number;
}

interface NamedLimit {
  readonly name: string;
  readonly site: string;
  readonly low: number;
  readonly high: number;
}

/** What limits without a counter of their own are counted under. */
const OTHERS = 'other';

export class LimitReadings {
  readonly #counts: LimitCounts;
  #config: Config | null = null;
  #limits: readonly NamedLimit[] = [];

  constructor(memory: SharedArrayBuffer) {
    this.#counts = new LimitCounts(memory);
  }

  /** The limits of a configuration that were ever reached. */
  read(config: Config): readonly LimitReading[] {
    if (config !== this.#config) {
      this.#config = config;
      this.#limits = [
        ...nameLimits(config.limits, ''),
        ...config.sites.flatMap((site) => nameLimits(site.limits, site.name)),
      ];
    }
    const readings = this.#limits.map(({ name, site, low, high }) => ({
      limit: name,
      site,
      ...this.#counts.read(low, high),
    }));
    const all = [...readings, { limit: OTHERS, site: '', ...this.#counts.readOthers() }];
    return all.filter(({ refused, observed }) => refused > 0 || observed > 0);
  }
}

function nameLimits(limits: Config['limits'], site: string): readonly NamedLimit[] {
  return limits.map((limit) => ({ name: limit.name, site, ...limitIdentity(limit, site) }));
}
