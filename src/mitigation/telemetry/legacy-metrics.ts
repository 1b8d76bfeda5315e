/**
 * The metric names of older installations, kept for their dashboards and alerts; `metrics.legacy_names`
 * switches them off. Each is a sum over series of the node's own metrics, so nothing is counted twice and an
 * alias can never disagree with its source.
 */
import type { HistogramFamily, MetricFamily, ScalarFamily, ScalarSample } from '../../export/prometheus.ts';
import type { MetricName } from './metric-definitions.ts';

export interface LegacyMetric {
  readonly help: string;
  readonly sum: readonly LegacySource[];
}

export interface LegacySource {
  readonly metric: MetricName;
  /** Only series whose labels have one of the listed values. */
  readonly where?: Readonly<Record<string, readonly string[]>>;
}

const POLICY_REASONS = ['waf', 'rate_limit', 'limit', 'forbidden_client'] as const;
const LIMIT_REASONS = ['rate_limit', 'limit', 'forbidden_client'] as const;
const TOO_LARGE_REASONS = ['body_too_large', 'target_too_long', 'header_too_large'] as const;
const ERROR_REASONS = [
  ...TOO_LARGE_REASONS,
  'bad_request',
  'unknown_site',
  'ambiguous_path',
  'misdirected',
  'method_not_allowed',
  'request_timeout',
  'expectation_failed',
  'upgrade_required',
  'not_implemented',
  'http_version',
  'shed',
  'overloaded',
  'internal_error',
] as const;
const LIMIT_CONNECTION_REASONS = [
  'manual_blacklist',
  'banned',
  'global_limit',
  'connection_limit',
  'connection_rate',
  'handshake_limit',
] as const;

const httpErrors: LegacyMetric = {
  help: 'Requests that failed at the origin or were refused for another reason than a limit, a ban or a rule.',
  sum: [verdicts({ verdict: ['fail'] }), verdicts({ reason: ERROR_REASONS })],
};
const wafBlocks: LegacyMetric = {
  help: 'Requests blocked by the web application firewall.',
  sum: [verdicts({ reason: ['waf'] })],
};
const rateLimit: LegacyMetric = {
  help: 'Requests and connections refused because a client sent too many in a short time.',
  sum: [verdicts({ reason: ['rate_limit'] }), refusals('connection_rate')],
};
const connectionLimit: LegacyMetric = {
  help: 'Connections refused because the client holds too many.',
  sum: [refusals('connection_limit')],
};
const globalLimit: LegacyMetric = {
  help: 'Connections refused because all connections of the node were in use.',
  sum: [refusals('global_limit')],
};
const activeConnections: LegacyMetric = {
  help: 'Client connections open now.',
  sum: [{ metric: 'secbeat_connections_active' }],
};

export const LEGACY_METRICS: Readonly<Record<string, LegacyMetric>> = {
  https_requests_received: { help: 'Requests that ended.', sum: [{ metric: 'secbeat_requests_total' }] },
  requests_proxied: {
    help: "Requests that got the origin's answer.",
    sum: [verdicts({ verdict: ['pass'] })],
  },
  tls_handshakes_completed: {
    help: 'TLS handshakes that succeeded.',
    sum: [{ metric: 'secbeat_tls_handshakes_total', where: { result: ['completed', 'resumed'] } }],
  },
  tls_handshake_errors: {
    help: 'TLS handshakes that failed or took too long.',
    sum: [{ metric: 'secbeat_tls_handshakes_total', where: { result: ['failed', 'timeout'] } }],
  },
  active_connections: activeConnections,
  http_errors: httpErrors,
  http_errors_total: httpErrors,
  waf_requests_blocked: wafBlocks,
  waf_events_blocked_total: wafBlocks,
  dynamic_blocks_total: { help: 'Connections refused for a ban.', sum: [refusals('banned')] },
  blocked_requests_total: {
    help: 'Requests refused for a limit, a ban or a rule.',
    sum: [verdicts({ reason: POLICY_REASONS })],
  },
  ddos_events_detected_total: {
    help: 'Requests and connections refused for a limit, a ban or a list.',
    sum: [verdicts({ reason: LIMIT_REASONS }), refusals(...LIMIT_CONNECTION_REASONS)],
  },
  l7_proxy_blocked_rate_limit: rateLimit,
  l7_proxy_blocked_connection_limit: connectionLimit,
  l7_proxy_blocked_blacklist: {
    help: 'Requests and connections refused for a ban or the configured blacklist.',
    sum: [verdicts({ reason: ['forbidden_client'] }), refusals('banned', 'manual_blacklist')],
  },
  l7_proxy_blocked_global_limit: globalLimit,
  ddos_blocked_manual_blacklist: {
    help: 'Connections refused for the configured blacklist.',
    sum: [refusals('manual_blacklist')],
  },
  ddos_blocked_blacklist: {
    help: 'Requests and connections refused for a ban.',
    sum: [verdicts({ reason: ['forbidden_client'] }), refusals('banned')],
  },
  ddos_blocked_global_limit: globalLimit,
  ddos_blocked_connection_limit: connectionLimit,
  ddos_blocked_rate_limit: rateLimit,
  ddos_blacklist_additions: {
    help: 'Clients banned automatically.',
    sum: [{ metric: 'secbeat_bans_added_total', where: { source: ['automatic'] } }],
  },
  ddos_blacklist_size: { help: 'Bans in force now.', sum: [{ metric: 'secbeat_bans_active' }] },
  ddos_active_ips: {
    help: 'Client addresses that hold at least one connection now.',
    sum: [{ metric: 'secbeat_clients_active' }],
  },
  ddos_total_connections: activeConnections,
  waf_blocked_sql_injection: wafFamilyBlocks('sql_injection'),
  waf_blocked_xss: wafFamilyBlocks('xss'),
  waf_blocked_path_traversal: wafFamilyBlocks('path_traversal'),
  waf_blocked_command_injection: wafFamilyBlocks('command_injection'),
  waf_blocked_custom_pattern: wafFamilyBlocks('custom_pattern'),
  waf_blocked_oversized: {
    help: 'Requests refused because a part of them was over its limit.',
    sum: [verdicts({ reason: TOO_LARGE_REASONS })],
  },
  waf_inspection_duration_seconds: {
    help: 'Time spent inspecting one request, in seconds.',
    sum: [{ metric: 'secbeat_waf_inspection_duration_seconds' }],
  },
};

/** The older families, made from the node's own; one whose source is absent is left out. */
export function legacyFamilies(families: readonly MetricFamily[]): MetricFamily[] {
  const byName = new Map(families.map((family) => [family.name, family]));
  const aliases: MetricFamily[] = [];
  for (const [name, { help, sum }] of Object.entries(LEGACY_METRICS)) {
    const first = byName.get(sum[0]!.metric);
    if (first === undefined) continue;
    aliases.push(
      first.type === 'histogram' ? renamed(first, name, help) : summed(first.type, name, help, sum, byName),
    );
  }
  return aliases;
}

function renamed(family: HistogramFamily, name: string, help: string): HistogramFamily {
  return { ...family, name, help };
}

function summed(
  type: ScalarFamily['type'],
  name: string,
  help: string,
  sources: readonly LegacySource[],
  byName: ReadonlyMap<string, MetricFamily>,
): ScalarFamily {
  let value = 0;
  for (const { metric, where } of sources) {
    const family = byName.get(metric);
    if (family === undefined || family.type === 'histogram') continue;
    for (const sample of family.samples) {
      if (matches(sample, where)) value += sample.value;
    }
  }
  return { type, name, help, samples: [{ labels: [], value }] };
}

function matches(sample: ScalarSample, where: LegacySource['where']): boolean {
  if (where === undefined) return true;
  return sample.labels.every(([label, value]) => where[label]?.includes(value) ?? true);
}

function verdicts(where: Readonly<Record<string, readonly string[]>>): LegacySource {
  return { metric: 'secbeat_verdicts_total', where };
}

function refusals(...reasons: readonly string[]): LegacySource {
  return { metric: 'secbeat_connections_refused_total', where: { reason: reasons } };
}

function wafFamilyBlocks(family: string): LegacyMetric {
  return {
    help: `Requests blocked by a rule of the family ${family}.`,
    sum: [{ metric: 'secbeat_waf_blocks_total', where: { family: [family] } }],
  };
}
