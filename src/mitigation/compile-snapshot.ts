/**
 * From a validated configuration to the snapshot that requests are judged by.
 *
 * Each worker compiles its own copy from the same configuration and the same rule files; the main thread compiles first, so that a
 * configuration that cannot be compiled reaches no worker.
 */

import type { Config } from '../config/schema.ts';
import { compileAccessLists } from '../core/access-lists.ts';
import { type Prefix, parsePrefix } from '../core/ip.ts';
import { compilePrefixSet } from '../core/prefix-set.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { compileFirewall } from './compile-firewall.ts';
import { compileHttp2 } from './http2/http2-policy.ts';
import { compileAltSvc, compileHttp3 } from './http3/http3-policy.ts';
import { hasQuic } from './http3/quic-runtime.ts';
import { compileLimits } from './limits/compile-limits.ts';
import { compileSites } from './sites/compile-sites.ts';
import type { AdmissionPolicy, BanPolicy, HttpPolicy, LogPolicy, Snapshot } from './snapshot.ts';
import type { SnapshotSources } from './snapshot-sources.ts';
import { compileMonitors, compileNodeUpstream, compileSiteUpstream } from './upstream/compile-upstream.ts';

/** Compiles the configuration for one of `workers` worker threads. Faults are sentences for the operator. */
export function compileSnapshot(
  config: Config,
  revision: number,
  workers: number,
  sources: SnapshotSources,
): Result<Snapshot, readonly string[]> {
  const faults: string[] = [];
  const { blacklist } = config.ddos;
  const whitelist = readPrefixes(blacklist.whitelist, 'ddos.blacklist.whitelist', faults);
  const manual = readPrefixes(blacklist.manual_blacklist, 'ddos.blacklist.manual_blacklist', faults);
  const trusted = readPrefixes(config.network.trusted_proxies, 'network.trusted_proxies', faults);
  const senders = readPrefixes(config.network.proxy_protocol_from, 'network.proxy_protocol_from', faults);
  const firewall = sources.keptFirewall ?? compileFirewall(config, sources, faults);
  const http = compileHttp(config, workers);
  const origins = { workers, ruleFiles: sources.ruleFiles, faults };
  const sites = compileSites(config, {
    firewall,
    http,
    altSvc: compileAltSvc(config, hasQuic()),
    limitsOf: (site) => compileLimits(site.limits, site.name),
    upstream: () => compileNodeUpstream(config, origins),
    upstreamOf: (site) => compileSiteUpstream(config, site, origins),
  });
  if (faults.length > 0 || sites === null) return fail(faults);
  return ok({
    revision,
    lists: compileAccessLists(whitelist, manual),
    trustedProxies: compilePrefixSet(trusted),
    proxySenders: compilePrefixSet(senders),
    admission: compileAdmission(config),
    bans: compileBans(config),
    http,
    http2: compileHttp2(config),
    http3: compileHttp3(config),
    limits: compileLimits(config.limits, ''),
    sites,
    firewall,
    monitors: compileMonitors(config.upstream.monitors, faults),
    handshakeTimeoutMs: config.network.tls.handshake_timeout_ms,
    redirectPort: config.network.redirect_port ?? config.network.tls.tls_port,
    logs: compileLogs(config),
  });
}

function readPrefixes(texts: readonly string[], path: string, faults: string[]): readonly Prefix[] {
  const prefixes: Prefix[] = [];
  for (const text of texts) {
    const prefix = parsePrefix(text);
    if (prefix.ok) prefixes.push(prefix.value);
    else faults.push(`${path}: ${prefix.fault}`);
  }
  return prefixes;
}

/** Access lines have the level `info`, security lines `warn`. */
function compileLogs({ logging }: Config): LogPolicy {
  const { level } = logging;
  return {
    accessLog: logging.access_log && (level === 'debug' || level === 'info'),
    securityLog: level !== 'error',
  };
}

function compileAdmission(config: Config): AdmissionPolicy {
  const { rate_limiting, connection_limits, blacklist } = config.ddos;
  return {
    limitsEnabled: config.ddos.enabled,
    ipv6Prefix: config.ddos.ipv6_prefix,
    connectionsTotalMax: connection_limits.max_total_connections,
    handshakesMax: connection_limits.max_concurrent_handshakes,
    client: {
      requestsPerSecond: rate_limiting.requests_per_second,
      requestCapacity: rate_limiting.requests_per_second + rate_limiting.burst_size,
      connectionsMax: connection_limits.max_connections_per_ip,
      newConnectionsPerSecond: connection_limits.max_new_connections_per_second,
      violationWindowMs: rate_limiting.window_seconds * 1000,
      violationsMax: blacklist.violation_threshold,
      penaltyMs: rate_limiting.penalty_duration * 1000,
    },
  };
}

function compileBans(config: Config): BanPolicy {
  const { blacklist } = config.ddos;
  return {
    enabled: config.ddos.enabled && blacklist.enabled,
    durationMs: blacklist.blacklist_duration * 1000,
    multiplier: blacklist.escalation_multiplier,
    durationMaxMs: blacklist.max_blacklist_duration_seconds * 1000,
  };
}

function compileHttp(config: Config, workers: number): HttpPolicy {
  const { http } = config;
  return {
    requestLimits: {
      targetBytesMax: http.target_bytes_max,
      headerBytesMax: http.header_bytes_max,
      headerCountMax: http.header_count_max,
    },
    carryBytesMax: config.network.buffer_size,
    headerTimeoutMs: http.header_timeout_ms,
    idleTimeoutMs: http.idle_timeout_seconds * 1000,
    requestTimeoutMs: http.request_timeout_seconds * 1000,
    tunnelIdleTimeoutMs: http.websocket_idle_timeout_seconds * 1000,
    bodyBytesMax: http.body_bytes_max,
    bodyBytesPerSecondMin: http.body_bytes_per_second_min,
    responseBytesPerSecondMin: http.response_bytes_per_second_min,
    bufferedBytesMax: Math.ceil(http.buffered_body_bytes_total_max / workers),
  };
}
