/** What the orchestrator counts about itself, and its page for Prometheus. */
import { formatPrometheus, type MetricFamily } from '../export/prometheus.ts';
import { NODE_STATUSES, type NodeStatus } from '../messages/node-words.ts';

/** Every counter with its published help; the names are the metric names. */
export const COUNTERS = {
  orchestrator_nodes_registered_total: 'Registrations accepted, first ones and returns alike.',
  orchestrator_heartbeats_received_total: 'Heartbeats accepted.',
  orchestrator_heartbeats_unknown_node: 'Heartbeats of nodes that are not registered.',
  orchestrator_nodes_terminated_total: 'Nodes that were ordered to terminate.',
  orchestrator_nodes_marked_dead_total: 'Nodes declared dead.',
  orchestrator_nodes_gracefully_terminated_total: 'Nodes that ended as planned.',
  orchestrator_unexpected_node_failures_total: 'Nodes that fell silent without a plan.',
  orchestrator_self_healing_webhooks_sent_total: 'Calls of the provisioning receiver after a node failure.',
  orchestrator_self_healing_webhook_errors_total: 'Such calls that failed.',
  secbeat_superseded_processes_total: 'Messages refused because a newer process has the same node id.',
  secbeat_registrations_limited_total: 'Registrations refused because too many came at once.',
  secbeat_nodes_forgotten_total: 'Dead nodes removed, for their age or to make room.',
  secbeat_mass_silences_total: 'Times that most of the fleet fell silent at once.',
  secbeat_store_faults_total: 'Writes that the fleet store refused.',
  secbeat_api_unauthorized_total: 'Calls of the API without a valid token.',
} as const;

export type CounterName = keyof typeof COUNTERS;

/** Counts since the start of the process. */
export class OrchestratorCounters {
  readonly #values = new Map<CounterName, number>();

  add(name: CounterName, count = 1): void {
    this.#values.set(name, this.get(name) + count);
  }

  get(name: CounterName): number {
    return this.#values.get(name) ?? 0;
  }
}

/** What is true at the moment of the scrape. */
export interface OrchestratorGauges {
  readonly nodesByStatus: Readonly<Record<NodeStatus, number>>;
  readonly massSilence: boolean;
  readonly commandWaiters: number;
  readonly uptimeSeconds: number;
}

/** The page for `GET /metrics`. */
export function formatOrchestratorMetrics(
  counters: OrchestratorCounters,
  gauges: OrchestratorGauges,
): string {
  const { nodesByStatus } = gauges;
  const total = NODE_STATUSES.reduce((sum, status) => sum + nodesByStatus[status], 0);
  return formatPrometheus([
    ...(Object.keys(COUNTERS) as CounterName[]).map((name) => counter(name, counters.get(name))),
    gauge('orchestrator_total_nodes', 'Nodes of the fleet but those that were terminated.', total),
    gauge('orchestrator_active_nodes', 'Nodes whose status is Active.', nodesByStatus.Active),
    {
      type: 'gauge',
      name: 'secbeat_fleet_nodes',
      help: 'Nodes of the fleet by published status.',
      samples: NODE_STATUSES.map((status) => ({
        labels: [['status', status]],
        value: nodesByStatus[status],
      })),
    },
    gauge('secbeat_mass_silence', '1 while most of the fleet is silent at once.', Number(gauges.massSilence)),
    gauge('secbeat_command_waiters', 'Nodes that wait for commands in a long poll.', gauges.commandWaiters),
    gauge('secbeat_uptime_seconds', 'Seconds since the start.', gauges.uptimeSeconds),
  ]);
}

function counter(name: CounterName, value: number): MetricFamily {
  return { type: 'counter', name, help: COUNTERS[name], samples: [{ labels: [], value }] };
}

function gauge(name: string, help: string, value: number): MetricFamily {
  return { type: 'gauge', name, help, samples: [{ labels: [], value }] };
}
