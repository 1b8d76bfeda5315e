/**
 * From the configuration to the table of sites. Without a list of sites there is one, which everything belongs to and
 * whose origin is network.backend_addr.
 */
import { parseRequestEdit, parseResponseEdit } from '../../config/header-edit.ts';
import { parseHostPattern } from '../../config/host-pattern.ts';
import type { Config } from '../../config/schema.ts';
import type { HeaderEdits } from '../../http/header-edits.ts';
import { overlayKey } from '../compile-firewall.ts';
import { withAltSvc } from '../http3/http3-policy.ts';
import type { LimitPolicy } from '../limits/limit-policy.ts';
import type { Firewall, HttpPolicy, SitePolicy } from '../snapshot.ts';
import type { UpstreamPolicy } from '../upstream/upstream-policy.ts';
import { compileEdits } from './compile-edits.ts';
import { type SitePlace, SiteTable } from './site-table.ts';

type SiteConfig = Config['sites'][number];

/** What sites are made of that is compiled elsewhere. */
export interface SiteParts {
  readonly firewall: Firewall | null;
  readonly http: HttpPolicy;
  /** What all answers tell of HTTP/3; null for nothing. */
  readonly altSvc: HeaderEdits | null;
  /** Of the node where there is no list of sites. */
  readonly upstream: () => UpstreamPolicy | null;
  readonly upstreamOf: (site: SiteConfig) => UpstreamPolicy | null;
  readonly limitsOf: (site: SiteConfig) => readonly LimitPolicy[];
}

/** Null where an upstream could not be compiled, which has told its faults. */
export function compileSites(config: Config, parts: SiteParts): SiteTable | null {
  if (config.sites.length === 0) {
    const upstream = parts.upstream();
    if (upstream === null) return null;
    const waf = parts.firewall?.policies.get(overlayKey(undefined)) ?? null;
    const none = compileNone(upstream, parts);
    return new SiteTable([{ hosts: [], path: '/', site: { ...none, waf } }], none);
  }
  const places: SitePlace[] = [];
  let whole = true;
  for (const site of config.sites) {
    const upstream = parts.upstreamOf(site);
    if (upstream === null) whole = false;
    else places.push(compilePlace(site, upstream, parts));
  }
  const [first] = places;
  return whole && first !== undefined ? new SiteTable(places, compileNone(first.site.upstream, parts)) : null;
}

/** A site that changes nothing and inspects nothing. */
function compileNone(upstream: UpstreamPolicy, { http, altSvc }: SiteParts): SitePolicy {
  return {
    name: '',
    waf: null,
    upstream,
    http,
    limits: [],
    defaultHost: upstream.authority,
    preserveHost: true,
    requestEdits: null,
    responseEdits: altSvc,
    strictSni: false,
  };
}

function compilePlace(site: SiteConfig, upstream: UpstreamPolicy, parts: SiteParts): SitePlace {
  const hosts = site.hosts.flatMap((host) => {
    const pattern = parseHostPattern(host);
    return pattern.ok ? [pattern.value] : [];
  });
  const policy: SitePolicy = {
    name: site.name,
    waf: parts.firewall?.policies.get(overlayKey(site.waf)) ?? null,
    upstream,
    http: compileSiteHttp(parts.http, site.http),
    limits: parts.limitsOf(site),
    defaultHost: upstream.authority,
    preserveHost: site.preserve_host,
    requestEdits: compileEdits(site.request_headers, parseRequestEdit),
    responseEdits: withAltSvc(compileEdits(site.response_headers, parseResponseEdit), parts.altSvc),
    strictSni: site.strict_sni,
  };
  return { hosts, path: site.path, site: policy };
}

function compileSiteHttp(http: HttpPolicy, site: SiteConfig['http']): HttpPolicy {
  if (site === undefined) return http;
  const { request_timeout_seconds, websocket_idle_timeout_seconds } = site;
  return {
    ...http,
    requestTimeoutMs: inMs(request_timeout_seconds) ?? http.requestTimeoutMs,
    tunnelIdleTimeoutMs: inMs(websocket_idle_timeout_seconds) ?? http.tunnelIdleTimeoutMs,
    bodyBytesMax: site.body_bytes_max ?? http.bodyBytesMax,
    bodyBytesPerSecondMin: site.body_bytes_per_second_min ?? http.bodyBytesPerSecondMin,
    responseBytesPerSecondMin: site.response_bytes_per_second_min ?? http.responseBytesPerSecondMin,
  };
}

function inMs(seconds: number | undefined): number | null {
  return seconds === undefined ? null : seconds * 1000;
}
