/**
 * The closed table of metrics that a node publishes under its own prefix.
 *
 * `source` says who counts: `traffic` metrics live in shared memory and are written by the workers
 * (traffic-layout.ts gives them their cells), `node` metrics are read by the main thread when a page is
 * made. Names carry base units. docs/metrics.md is made from this table.
 */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly source: 'traffic' | 'node';
  readonly labels: readonly string[];
  /** Whether series that were never counted are printed; hidden where the label sets multiply. */
  readonly zeros: 'shown' | 'hidden';
  readonly help: string;
}

export const METRICS = {
  secbeat_requests_total: {
    type: 'counter',
    source: 'traffic',
    labels: ['method', 'status'],
    zeros: 'hidden',
    help: 'Requests that ended, by method and answered status.',
  },
  secbeat_verdicts_total: {
    type: 'counter',
    source: 'traffic',
    labels: ['verdict', 'reason'],
    zeros: 'shown',
    help: 'What became of each request: pass, refuse, fail at the origin, or abandon by the client.',
  },
  secbeat_waf_rule_matches_total: {
    type: 'counter',
    source: 'traffic',
    labels: ['rule'],
    zeros: 'hidden',
    help: 'Requests that a rule matched, whether they were blocked or only observed.',
  },
  secbeat_waf_blocks_total: {
    type: 'counter',
    source: 'traffic',
    labels: ['family'],
    zeros: 'shown',
    help: 'Requests blocked by the web application firewall, by the family of the first rule that matched.',
  },
  secbeat_waf_inspection_duration_seconds: {
    type: 'histogram',
    source: 'traffic',
    labels: ['result', 'category'],
    zeros: 'hidden',
    help: 'Time spent inspecting one request, in seconds.',
  },
  secbeat_connections_total: {
    type: 'counter',
    source: 'traffic',
    labels: [],
    zeros: 'shown',
    help: 'Client connections admitted.',
  },
  secbeat_connections_active: {
    type: 'gauge',
    source: 'traffic',
    labels: [],
    zeros: 'shown',
    help: 'Client connections open now.',
  },
  secbeat_connections_refused_total: {
    type: 'counter',
    source: 'traffic',
    labels: ['reason'],
    zeros: 'shown',
    help: 'Client connections closed before their first request.',
  },
  secbeat_tls_handshakes_total: {
    type: 'counter',
    source: 'traffic',
    labels: ['result', 'version'],
    zeros: 'hidden',
    help: 'TLS handshakes that ended, by result and agreed protocol version.',
  },
  secbeat_client_bytes_total: {
    type: 'counter',
    source: 'traffic',
    labels: ['direction'],
    zeros: 'shown',
    help: 'Bytes of bodies and tunnels received from clients and sent to them, headers left out.',
  },
  secbeat_request_duration_seconds: {
    type: 'histogram',
    source: 'traffic',
    labels: [],
    zeros: 'shown',
    help: 'Whole time of a request in the node, in seconds.',
  },
  secbeat_proxy_overhead_seconds: {
    type: 'histogram',
    source: 'traffic',
    labels: [],
    zeros: 'shown',
    help: 'Share of a request that the node itself took, the time of the origin left out, in seconds.',
  },
  secbeat_upstream_duration_seconds: {
    type: 'histogram',
    source: 'traffic',
    labels: [],
    zeros: 'shown',
    help: 'Time from handing a request to an origin to the last byte of its answer, in seconds.',
  },
  secbeat_upstream_errors_total: {
    type: 'counter',
    source: 'traffic',
    labels: ['kind'],
    zeros: 'shown',
    help: 'Requests that an origin failed, before or during its answer.',
  },
  secbeat_upstream_retries_total: {
    type: 'counter',
    source: 'traffic',
    labels: [],
    zeros: 'shown',
    help: 'Requests that were given to an origin once more.',
  },
  secbeat_upstream_ejections_total: {
    type: 'counter',
    source: 'traffic',
    labels: [],
    zeros: 'shown',
    help: 'Times that a worker took an origin out because it failed requests.',
  },
  secbeat_upstream_origins_out: {
    type: 'gauge',
    source: 'traffic',
    labels: [],
    zeros: 'shown',
    help: 'Origins out of service now, by checks, failures or refused connections; each worker counts for itself.',
  },
  secbeat_requests_shed_total: {
    type: 'counter',
    source: 'traffic',
    labels: ['class'],
    zeros: 'shown',
    help: 'Requests given up because others went first, by their class.',
  },
  secbeat_bans_added_total: {
    type: 'counter',
    source: 'traffic',
    labels: ['source'],
    zeros: 'shown',
    help: 'Bans put in force, by who asked for them.',
  },
  secbeat_bans_active: {
    type: 'gauge',
    source: 'node',
    labels: [],
    zeros: 'shown',
    help: 'Bans in force now.',
  },
  secbeat_list_entries: {
    type: 'gauge',
    source: 'node',
    labels: ['list'],
    zeros: 'shown',
    help: 'Different prefixes of each large list in force.',
  },
  secbeat_list_age_seconds: {
    type: 'gauge',
    source: 'node',
    labels: ['list'],
    zeros: 'shown',
    help: 'Time since a large list was last known to be what its file or server has; absent before the first time.',
  },
  secbeat_list_refusals_total: {
    type: 'counter',
    source: 'node',
    labels: ['list'],
    zeros: 'shown',
    help: 'Connections and forwarded requests refused because of a large list.',
  },
  secbeat_list_failures_total: {
    type: 'counter',
    source: 'node',
    labels: ['list'],
    zeros: 'shown',
    help: 'Looks at the file or server of a large list that brought nothing usable.',
  },
  secbeat_kernel_bans: {
    type: 'gauge',
    source: 'node',
    labels: [],
    zeros: 'shown',
    help: 'Bans that the kernel enforces; absent where it does not.',
  },
  secbeat_kernel_failures_total: {
    type: 'counter',
    source: 'node',
    labels: [],
    zeros: 'shown',
    help: 'Changes that the kernel did not take; absent where bans are not given to it.',
  },
  secbeat_clients_active: {
    type: 'gauge',
    source: 'node',
    labels: [],
    zeros: 'shown',
    help: 'Client addresses that hold at least one connection now.',
  },
  secbeat_limited_requests_total: {
    type: 'counter',
    source: 'node',
    labels: ['limit', 'site', 'result'],
    zeros: 'hidden',
    help: 'Requests that a configured limit refused, or only observed that it would have.',
  },
  secbeat_fleet_limit_keys: {
    type: 'gauge',
    source: 'node',
    labels: [],
    zeros: 'shown',
    help: 'Keys of fleet-wide limits that are in use enough for the orchestrator to know; absent without such limits.',
  },
  secbeat_fleet_limit_reports_total: {
    type: 'counter',
    source: 'node',
    labels: ['result'],
    zeros: 'shown',
    help: 'Reports on fleet-wide limits to the orchestrator, by whether they were answered.',
  },
  secbeat_fleet_limit_overflows_total: {
    type: 'counter',
    source: 'node',
    labels: [],
    zeros: 'shown',
    help: 'Requests whose key of a fleet-wide limit found no place to be told of, so that it stays at fleet_share.',
  },
  secbeat_fleet_limit_fallback: {
    type: 'gauge',
    source: 'node',
    labels: [],
    zeros: 'shown',
    help: '1 while the orchestrator has left reports on fleet-wide limits unanswered and the node goes by fleet_share, else 0.',
  },
  secbeat_table_overflows_total: {
    type: 'counter',
    source: 'node',
    labels: ['table'],
    zeros: 'shown',
    help: 'Times that a newcomer had to share an allowance because its part of a shared table was full.',
  },
  secbeat_table_evictions_total: {
    type: 'counter',
    source: 'node',
    labels: ['table'],
    zeros: 'shown',
    help: 'Entries that a full shared table gave up for others.',
  },
  secbeat_events_dropped_total: {
    type: 'counter',
    source: 'traffic',
    labels: ['sink'],
    zeros: 'shown',
    help: 'Log lines given up because a queue was full or a rate cap was reached.',
  },
  secbeat_memory_usage_bytes: {
    type: 'gauge',
    source: 'node',
    labels: [],
    zeros: 'shown',
    help: 'Resident memory of the node process.',
  },
  secbeat_cpu_usage_percent: {
    type: 'gauge',
    source: 'node',
    labels: [],
    zeros: 'shown',
    help: 'Busy share of the machine since the last reading, 0 to 100.',
  },
  secbeat_uptime_seconds: {
    type: 'gauge',
    source: 'node',
    labels: [],
    zeros: 'shown',
    help: 'Time since the node process started.',
  },
  secbeat_policy_revision: {
    type: 'gauge',
    source: 'node',
    labels: [],
    zeros: 'shown',
    help: 'Revision of the configuration in force.',
  },
  secbeat_fleet_policy_revision: {
    type: 'gauge',
    source: 'node',
    labels: [],
    zeros: 'shown',
    help: "Revision of the fleet's policy in force, 0 for the node's own configuration alone; absent before the node has heard of any.",
  },
  secbeat_under_attack: {
    type: 'gauge',
    source: 'node',
    labels: [],
    zeros: 'shown',
    help: '1 while the fleet is under attack and limits are stricter, else 0.',
  },
  secbeat_control_link_up: {
    type: 'gauge',
    source: 'node',
    labels: [],
    zeros: 'shown',
    help: '1 while the orchestrator answers, 0 while it does not; absent without an orchestrator.',
  },
  secbeat_workers_alive: {
    type: 'gauge',
    source: 'node',
    labels: [],
    zeros: 'shown',
    help: 'Worker threads that serve traffic now.',
  },
  secbeat_worker_restarts_total: {
    type: 'counter',
    source: 'node',
    labels: [],
    zeros: 'shown',
    help: 'Worker threads that were replaced after they ended unexpectedly.',
  },
  secbeat_build_info: {
    type: 'gauge',
    source: 'node',
    labels: ['version'],
    zeros: 'shown',
    help: 'Always 1; the label carries the version of the program.',
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof METRICS;

export const METRIC_NAMES: readonly MetricName[] = Object.keys(METRICS) as MetricName[];

/** Names of the metrics that workers count in shared memory. */
export type TrafficMetricName = {
  [Name in MetricName]: (typeof METRICS)[Name]['source'] extends 'traffic' ? Name : never;
}[MetricName];

export const TRAFFIC_METRIC_NAMES: readonly TrafficMetricName[] = METRIC_NAMES.filter(
  (name): name is TrafficMetricName => METRICS[name].source === 'traffic',
);
