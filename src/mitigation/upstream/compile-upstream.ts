/**
 * From the configuration to the policy of one group of origins, for one of several workers: node-wide counts are
 * divided, files of certificates read and tried out.
 */
import { isIP } from 'node:net';
import type { Config } from '../../config/schema.ts';
import { messageOf } from '../../core/error-message.ts';
import { type Prefix, parsePrefix } from '../../core/ip.ts';
import { compilePrefixSet } from '../../core/prefix-set.ts';
import type { HealthCheckMarks } from '../pipeline/priority.ts';
import type { SnapshotSources } from '../snapshot-sources.ts';
import { createOriginContext } from './dial.ts';
import type {
  BreakerPolicy,
  EjectionPolicy,
  HealthCheckPolicy,
  OriginPolicy,
  OriginProtocol,
  OriginTlsPolicy,
  UpstreamPolicy,
} from './upstream-policy.ts';

type UpstreamSettings = Omit<Config['upstream'], 'monitors'>;

/** An origin as the configuration writes it; all but the address has a default. */
export interface OriginSettings {
  readonly url: string;
  readonly weight?: number;
  readonly backup?: boolean;
  readonly connections_max?: number | undefined;
  readonly send_proxy?: 'off' | 'v1' | 'v2';
  readonly verify?: boolean;
  readonly server_name?: string | undefined;
  readonly ca_path?: string | undefined;
  readonly cert_path?: string | undefined;
  readonly key_path?: string | undefined;
}

/** What a site says of its origins. */
export interface SiteOrigins {
  readonly name: string;
  readonly origins: readonly OriginSettings[];
  /** What differs from [upstream]. */
  readonly upstream?:
    | { readonly [Key in keyof UpstreamSettings]?: UpstreamSettings[Key] | undefined }
    | undefined;
}

export interface UpstreamSource {
  /** Names the group across reloads. */
  readonly id: string;
  /** Where the settings stand, for faults: `network.backend_addr` or `sites[2].origins`. */
  readonly path: string;
  /** At least one. */
  readonly origins: readonly OriginSettings[];
  readonly settings: UpstreamSettings;
  readonly connectTimeoutMs: number;
}

/** What a compilation needs from outside; each fault is a sentence for the operator. */
export interface UpstreamCompiling {
  readonly workers: number;
  readonly ruleFiles: SnapshotSources['ruleFiles'];
  readonly faults: string[];
}

/** Null where a fault was added. */
export function compileUpstream(source: UpstreamSource, compiling: UpstreamCompiling): UpstreamPolicy | null {
  const { id, settings } = source;
  const { workers, faults } = compiling;
  const known = faults.length;
  const origins: OriginPolicy[] = [];
  for (const [index, entry] of source.origins.entries()) {
    const origin = compileOrigin(entry, source, compiling);
    if (origins.some((other) => other.id === origin.id)) {
      faults.push(`${source.path}[${index}]: ${origin.id} stands in the list before`);
    }
    origins.push(origin);
  }
  const { enabled, status_min, status_max } = settings.health_check;
  if (enabled && status_min > status_max) {
    faults.push(
      `${source.path}: health_check.status_min is above status_max, so no check could ever be good`,
    );
  }
  if (faults.length > known) return null;
  const authority = authorityOf(new URL(source.origins[0]!.url));
  return {
    id,
    authority,
    balance: settings.balance,
    origins,
    responseTimeoutMs: settings.response_timeout_seconds * 1000,
    queueMax: Math.ceil(settings.queue_max / workers),
    queueTimeoutMs: settings.queue_timeout_ms,
    healthCheck: compileHealthCheck(settings.health_check, authority),
    ejection: origins.length === 1 ? null : compileEjection(settings.ejection),
    breaker: compileBreaker(settings.breaker),
    slowStartMs: settings.slow_start_seconds * 1000,
    whenNoneHealthy: settings.when_none_healthy,
    retry: {
      attemptsMax: settings.retry.attempts_max,
      budgetPercent: settings.retry.budget_percent,
      budgetPerSecondMin: settings.retry.budget_per_second_min,
    },
  };
}

/** The one group of a node without a list of sites. */
export function compileNodeUpstream(config: Config, compiling: UpstreamCompiling): UpstreamPolicy | null {
  const { backend_addr, connection_timeout } = config.network;
  return compileUpstream(
    {
      id: '',
      path: 'network.backend_addr',
      origins: [{ url: `http://${backend_addr}` }],
      settings: config.upstream,
      connectTimeoutMs: connection_timeout * 1000,
    },
    compiling,
  );
}

/** The origins of one site. */
export function compileSiteUpstream(
  config: Config,
  { name, origins, upstream }: SiteOrigins,
  compiling: UpstreamCompiling,
): UpstreamPolicy | null {
  return compileUpstream(
    {
      id: name,
      path: `sites.${name}.origins`,
      origins,
      settings: overlay(config.upstream, upstream ?? {}),
      connectTimeoutMs: config.network.connection_timeout * 1000,
    },
    compiling,
  );
}

/** Null where nothing is said of monitors. */
export function compileMonitors(
  { paths, addresses }: Config['upstream']['monitors'],
  faults: string[],
): HealthCheckMarks | null {
  if (paths.length === 0 && addresses.length === 0) return null;
  const prefixes: Prefix[] = [];
  for (const text of addresses) {
    const prefix = parsePrefix(text);
    if (prefix.ok) prefixes.push(prefix.value);
    else faults.push(`upstream.monitors.addresses: ${prefix.fault}`);
  }
  return { paths, addresses: addresses.length === 0 ? null : compilePrefixSet(prefixes) };
}

function overlay(settings: UpstreamSettings, site: NonNullable<SiteOrigins['upstream']>): UpstreamSettings {
  const said = Object.entries(site).filter(([, value]) => value !== undefined);
  return { ...settings, ...Object.fromEntries(said) };
}

function compileOrigin(
  entry: OriginSettings,
  { path, settings, connectTimeoutMs }: UpstreamSource,
  compiling: UpstreamCompiling,
): OriginPolicy {
  const { workers } = compiling;
  const parsed = new URL(entry.url);
  const { protocol, secure } = transportOf(parsed);
  const host = hostOf(parsed);
  const port = portOf(parsed);
  const connectionsMax = Math.ceil((entry.connections_max ?? settings.connections_max) / workers);
  return {
    id: `${parsed.protocol}//${parsed.hostname}:${port}`,
    host,
    port,
    protocol,
    tls: secure ? compileTls(entry, host, path, compiling) : null,
    weight: entry.weight ?? 1,
    backup: entry.backup ?? false,
    sendProxy: entry.send_proxy ?? 'off',
    connectionsMax,
    connectTimeoutMs,
    idleTimeoutMs: settings.idle_timeout_seconds * 1000,
    concurrency: {
      min: Math.min(Math.ceil(settings.concurrency_min / workers), connectionsMax),
      max: connectionsMax,
      adaptive: settings.adaptive_concurrency,
    },
  };
}

function compileTls(
  entry: OriginSettings,
  host: string,
  path: string,
  { ruleFiles, faults }: UpstreamCompiling,
): OriginTlsPolicy {
  const read = (file: string | undefined): string | null => {
    if (file === undefined) return null;
    const text = ruleFiles.readText(file);
    if (text.ok) return text.value;
    faults.push(`${path}: ${file}: ${text.fault}`);
    return null;
  };
  if ((entry.cert_path === undefined) !== (entry.key_path === undefined)) {
    faults.push(`${path}: cert_path and key_path go together`);
  }
  const cert = read(entry.cert_path);
  const key = read(entry.key_path);
  const policy: OriginTlsPolicy = {
    serverName: entry.server_name ?? (isIP(host) === 0 ? host : ''),
    verify: entry.verify ?? true,
    ca: read(entry.ca_path),
    client: cert === null || key === null ? null : { cert, key },
  };
  try {
    createOriginContext(policy);
  } catch (error) {
    faults.push(`${path}: the certificates for ${entry.url} cannot be used (${messageOf(error)})`);
  }
  return policy;
}

function compileHealthCheck(
  settings: UpstreamSettings['health_check'],
  authority: string,
): HealthCheckPolicy | null {
  if (!settings.enabled) return null;
  return {
    path: settings.path,
    host: settings.host ?? authority,
    statusMin: settings.status_min,
    statusMax: settings.status_max,
    intervalMs: settings.interval_seconds * 1000,
    timeoutMs: settings.timeout_ms,
    rise: settings.rise,
    fall: settings.fall,
  };
}

function compileEjection(settings: UpstreamSettings['ejection']): EjectionPolicy | null {
  if (!settings.enabled) return null;
  return {
    consecutiveFailures: settings.consecutive_failures,
    failurePercent: settings.failure_percent,
    requestsMin: settings.requests_min,
    windowMs: settings.window_seconds * 1000,
    durationMs: settings.duration_seconds * 1000,
    durationMaxMs: settings.duration_max_seconds * 1000,
    ejectedPercentMax: settings.ejected_percent_max,
  };
}

function compileBreaker(settings: UpstreamSettings['breaker']): BreakerPolicy | null {
  return settings.enabled ? { connectFailures: settings.connect_failures, openMs: settings.open_ms } : null;
}

/** Without the brackets of an IPv6 address. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return transportOf(url).secure ? 443 : 80;
}

/** What a scheme stands for: `h2` is HTTP/2 by TLS, `h2c` without. */
function transportOf({ protocol }: URL): { readonly protocol: OriginProtocol; readonly secure: boolean } {
  return {
    protocol: protocol === 'h2:' || protocol === 'h2c:' ? 'http2' : 'http1',
    secure: protocol === 'https:' || protocol === 'h2:',
  };
}

/** host:port as requests name it. */
function authorityOf({ host }: URL): string {
  return host;
}
