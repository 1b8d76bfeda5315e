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
  secbeat_commands_issued_total: 'Commands given to nodes.',
  secbeat_command_results_total: 'What single nodes have done with commands, and commands that they left.',
  secbeat_store_faults_total: 'Writes that the fleet store refused.',
  secbeat_usage_reports_total: 'Reports of nodes on what they use of fleet-wide limits.',
  secbeat_usage_reports_late_total: 'Such reports that a newer one had overtaken.',
  secbeat_usage_overflows_total:
    'Times that a key of a fleet-wide limit found no room, and stayed at the own share of a node.',
  secbeat_rollouts_completed_total: 'Rollouts of policy that reached all nodes of their scope.',
  secbeat_rollouts_rolled_back_total: 'Rollouts of policy that were taken back because of what they did.',
  secbeat_api_unauthorized_total:
    'Calls of the API refused for who made them: no valid token or certificate, or not the role.',
} as const;

export type CounterName = keyof typeof COUNTERS;

/** Counters by one label, whose values are a closed list each. */
export const LABELLED_COUNTERS = {
  secbeat_scaling_decisions_total: {
    help: 'Decisions of the scaler and of self-healing, those of a dry run too.',
    label: 'action',
    values: ['up', 'down', 'heal'],
  },
  secbeat_webhook_calls_total: {
    help: 'Calls of the provisioning receiver, every attempt.',
    label: 'status',
    values: ['ok', 'error'],
  },
  secbeat_dns_questions_total: {
    help: 'Questions over DNS, by what became of them; those with nothing to answer are dropped too.',
    label: 'outcome',
    values: ['answered', 'dropped'],
  },
  secbeat_nodes_asked_total: {
    help: 'Silent nodes that were asked directly before they were given up.',
    label: 'answer',
    values: ['alive', 'none'],
  },
} as const;

export type LabelledCounterName = keyof typeof LABELLED_COUNTERS;
export type LabelOf<Name extends LabelledCounterName> = (typeof LABELLED_COUNTERS)[Name]['values'][number];

/** Counts since the start of the process. */
export class OrchestratorCounters {
  readonly #values = new Map<CounterName, number>();
  readonly #labelled = new Map<string, number>();

  add(name: CounterName, count = 1): void {
    this.#values.set(name, this.get(name) + count);
  }

  get(name: CounterName): number {
    return this.#values.get(name) ?? 0;
  }

  addOf<Name extends LabelledCounterName>(name: Name, value: LabelOf<Name>): void {
    this.#labelled.set(`${name} ${value}`, this.getOf(name, value) + 1);
  }

  getOf<Name extends LabelledCounterName>(name: Name, value: LabelOf<Name>): number {
    return this.#labelled.get(`${name} ${value}`) ?? 0;
  }
}

/** What is true at the moment of the scrape. */
export interface OrchestratorGauges {
  readonly nodesByStatus: Readonly<Record<NodeStatus, number>>;
  readonly massSilence: boolean;
  readonly commandWaiters: number;
  readonly limitKeys: number;
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
    ...(Object.keys(LABELLED_COUNTERS) as LabelledCounterName[]).map((name) => labelled(name, counters)),
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
    gauge(
      'secbeat_usage_keys',
      'Keys of fleet-wide limits that nodes have allowances for.',
      gauges.limitKeys,
    ),
    gauge('secbeat_uptime_seconds', 'Seconds since the start.', gauges.uptimeSeconds),
  ]);
}

function counter(name: CounterName, value: number): MetricFamily {
  return { type: 'counter', name, help: COUNTERS[name], samples: [{ labels: [], value }] };
}

function labelled(name: LabelledCounterName, counters: OrchestratorCounters): MetricFamily {
  const { help, label, values } = LABELLED_COUNTERS[name];
  const samples = values.map((value) => ({
    labels: [[label, value]] as const,
    value: counters.getOf(name, value),
  }));
  return { type: 'counter', name, help, samples };
}

function gauge(name: string, help: string, value: number): MetricFamily {
  return { type: 'gauge', name, help, samples: [{ labels: [], value }] };
}
