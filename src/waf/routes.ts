/**
 * Which rules apply where: the site's own, and for some prefixes of the path others. A prefix counts by whole
 * segments, and the longest one wins.
 *
 * The path is brought into its one form before it is looked up. One that origins read in different ways has no place
 * of its own: it gets the strictest of all routes, so that no spelling of a path leads around its rules.
 */
import { isWithin, plainPath } from '../core/plain-path.ts';
import type { RuleSource } from './inspection.ts';

export interface Route {
  /** The prefix, `/` for the whole site. */
  readonly path: string;
  /** With `off` there are no sources. */
  readonly mode: 'block' | 'monitor' | 'off';
  /** In the order in which they look at a request. */
  readonly sources: readonly RuleSource[];
  /** Whether any source looks at answers; where not, they are relayed as they come. */
  readonly inspectsResponses: boolean;
  /** Anomaly scores from which a request is refused and an answer withheld. */
  readonly inboundThreshold: number;
  readonly outboundThreshold: number;
}

export class Routes {
  readonly #site: Route;
  readonly #strictest: Route;
  /** Longest first. */
  readonly #routes: readonly Route[];

  /** @param strictest for paths that can be read in several ways */
  constructor(site: Route, routes: readonly Route[], strictest: Route) {
    this.#site = site;
    this.#strictest = strictest;
    this.#routes = [...routes].sort((a, b) => b.path.length - a.path.length);
  }

  /** @param target in origin form, as received */
  find(target: string): Route {
    if (this.#routes.length === 0) return this.#site;
    const path = plainPath(target);
    if (path === null) return this.#strictest;
    return this.#routes.find((route) => isWithin(path, route.path)) ?? this.#site;
  }
}
