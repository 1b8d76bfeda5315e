/**
 * Which rules apply where: the site's own, and for some prefixes of the path others. A prefix counts by whole
 * segments, and the longest one wins.
 *
 * The path is brought into one form before it is looked up, as an origin would read it (RFC 3986 section 6.2.2:
 * escapes of unreserved characters undone, dot segments taken out). A path that origins read in different ways has
 * no place of its own: it gets the strictest of all routes, so that no spelling of a path leads around its rules.
 */
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

/** Whether a path lies at a prefix or below it. */
export function isWithin(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  return path.length === prefix.length || prefix.endsWith('/') || path[prefix.length] === '/';
}

const UNRESERVED_ESCAPE = /%(?:2d|2e|5f|7e|3[0-9]|[46][1-9a-f]|[57][0-9a])/gi;
/** An escaped or reversed separator, a control character, a path parameter, an empty segment. */
const AMBIGUOUS = /%(?:2f|5c|25|0|1|7f)|[\\;]|\/\//i;

/** The path of a target in its one form, or null where origins may read it in several ways. */
export function plainPath(target: string): string | null {
  const mark = target.indexOf('?');
  const received = mark === -1 ? target : target.slice(0, mark);
  if (!received.startsWith('/') || AMBIGUOUS.test(received)) return null;
  const decoded = received.includes('%') ? received.replace(UNRESERVED_ESCAPE, decodeEscape) : received;
  return decoded.includes('/.') ? removeDotSegments(decoded) : decoded;
}

function decodeEscape(text: string): string {
  return String.fromCharCode(Number.parseInt(text.slice(1), 16));
}

/** RFC 3986 section 5.2.4. */
function removeDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
    if (last && (segment === '..' || segment === '.')) kept.push('');
  }
  return `/${kept.join('/')}`;
}
