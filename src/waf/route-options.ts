/**
 * What is in force on which part of a site: the site's own options, those of routes above a path, and the strictest of
 * all for paths that origins read in several ways.
 */
import { isWithin } from '../core/plain-path.ts';
import type { RuleException } from '../core/rule-exception.ts';

export type InspectionMode = 'block' | 'monitor' | 'off';

/** What may differ from one part of a site to another. */
export interface RouteOptions {
  readonly mode: InspectionMode;
  /** Anomaly scores; null for the usual ones, and for what the setup file of a Core Rule Set says. */
  readonly inboundThreshold: number | null;
  readonly outboundThreshold: number | null;
  /** Of a Core Rule Set; null for what its setup file says. */
  readonly paranoiaLevel: number | null;
  readonly exceptions: readonly RuleException[];
}

/** A part of a site; what is left out follows the site, exceptions add up. */
export interface PartialRoute extends Partial<RouteOptions> {
  readonly path: string;
}

/** A site and its parts. */
export interface SiteOptions {
  readonly site: RouteOptions;
  readonly routes: readonly PartialRoute[];
}

/** What differs for one of several sites; its exceptions and routes add to those that hold for all. */
export interface SiteOverlay extends Partial<RouteOptions> {
  readonly routes: readonly PartialRoute[];
}

/** What holds for a site: what it says itself, also at a path that both name, and else what holds for all. */
export function overlaySite({ site, routes }: SiteOptions, overlay: SiteOverlay): SiteOptions {
  return {
    site: {
      ...override(site, overlay),
      exceptions: [...site.exceptions, ...(overlay.exceptions ?? [])],
    },
    routes: [...routes, ...overlay.routes],
  };
}

/** Stands for the whole site. */
export const SITE_PATH = '/';

/** Those of the Core Rule Set: one unmistakable attack is enough. */
export const INBOUND_THRESHOLD = 5;
export const OUTBOUND_THRESHOLD = 4;

/** Every path but the site's own that a route or an exception names. */
export function ownPaths({ site, routes }: SiteOptions): readonly string[] {
  const named = [
    ...routes.map(({ path }) => path),
    ...[site, ...routes].flatMap(({ exceptions }) => exceptions ?? []).map(({ path }) => path ?? SITE_PATH),
  ];
  return [...new Set(named)].filter((path) => path !== SITE_PATH);
}

/** What holds at a path: the site's options, then those of every route above it, the longest last. */
export function routeAt({ site, routes }: SiteOptions, path: string): RouteOptions {
  const above = routes
    .filter((route) => isWithin(path, route.path))
    .sort((one, other) => one.path.length - other.path.length);
  const exceptions = [site, ...above]
    .flatMap((route) => route.exceptions ?? [])
    .filter((exception) => exception.path === null || isWithin(path, exception.path));
  return { ...above.reduce<RouteOptions>((held, route) => override(held, route), site), exceptions };
}

function override(held: RouteOptions, route: Partial<RouteOptions>): RouteOptions {
  return {
    mode: route.mode ?? held.mode,
    inboundThreshold: route.inboundThreshold ?? held.inboundThreshold,
    outboundThreshold: route.outboundThreshold ?? held.outboundThreshold,
    paranoiaLevel: route.paranoiaLevel ?? held.paranoiaLevel,
    exceptions: held.exceptions,
  };
}

const STRICTNESS: readonly InspectionMode[] = ['off', 'monitor', 'block'];

/** For a path that can be read in several ways: no exception of any path, and the strictest of everything else. */
export function strictestOf({ site, routes }: SiteOptions): RouteOptions {
  const all = [site, ...routes.map((route) => override(site, route))];
  const levels = all.map(({ paranoiaLevel }) => paranoiaLevel ?? 0);
  const mode = Math.max(...all.map((route) => STRICTNESS.indexOf(route.mode)));
  return {
    mode: STRICTNESS[mode] ?? 'block',
    inboundThreshold: lowest(
      INBOUND_THRESHOLD,
      all.map((route) => route.inboundThreshold),
    ),
    outboundThreshold: lowest(
      OUTBOUND_THRESHOLD,
      all.map((route) => route.outboundThreshold),
    ),
    paranoiaLevel: Math.max(...levels) === 0 ? null : Math.max(...levels),
    exceptions: site.exceptions.filter(({ path }) => path === null),
  };
}

/** The lowest of thresholds of which null means the usual one. */
function lowest(usual: number, thresholds: readonly (number | null)[]): number | null {
  const min = Math.min(...thresholds.map((threshold) => threshold ?? usual));
  return min === usual && thresholds.includes(null) ? null : min;
}
