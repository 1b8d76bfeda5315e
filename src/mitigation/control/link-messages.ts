/**
 * What the control link says and hears, between the node's own words and the wire.
 *
 * What is said always fits the schema: a figure that a sensor got wrong must not cost the node its heartbeat. What is
 * heard is read leniently: an answer may be empty, older or newer than this program.
 */
import { fail, ok, type Result } from '../../core/result.ts';
import { terminateParameters } from '../../messages/command.ts';
import { type ControlAnswer, controlAnswer } from '../../messages/control-answer.ts';
import type { HeartbeatRequest } from '../../messages/heartbeat-request.ts';
import type { NodeCapacity, NodePorts } from '../../messages/node-config.ts';
import type { NodeMetrics } from '../../messages/node-metrics.ts';
import type { Intent } from '../../messages/node-words.ts';
import { registrationAnswer } from '../../messages/registration-answer.ts';
import type { RegistrationRequest } from '../../messages/registration-request.ts';
import type { NodeStatus } from '../node-control.ts';

export interface Announcement {
  readonly publicIp: string;
  readonly nodeType: string;
  readonly group: string;
  readonly region: string | null;
  readonly tags: readonly string[];
  readonly weight: number;
  readonly capacity: NodeCapacity;
  readonly ports: NodePorts;
  readonly managementUrl: string | null;
}

export interface Identity {
  readonly nodeId: string | null;
  readonly epoch: number;
  readonly version: string;
}

/** What the node says when it joins or comes back. */
export function toRegistration(announced: Announcement, identity: Identity): RegistrationRequest {
  const { publicIp, nodeType, group, region, tags, weight, capacity, ports, managementUrl } = announced;
  return {
    public_ip: publicIp,
    config: { node_type: nodeType, group, region, tags: [...tags], weight, capacity, ports },
    node_id: identity.nodeId,
    version: identity.version,
    management_url: managementUrl,
    epoch: identity.epoch,
  };
}

/** How far the node is with what the fleet has decided. */
export interface FleetProgress {
  /** Revision of the policy that it runs; 0 for its own configuration alone, null before it has heard of any. */
  readonly appliedRevision: number | null;
  /** The newest policy that it could not put in force. */
  readonly refusedPolicy: HeartbeatRequest['refused_policy'];
  readonly ledgerSeq: number;
}

/** What happened between two heartbeats. */
export interface BeatFigures {
  readonly requestsPerSecond: number;
  /** Times to answer, in milliseconds; 0 without requests. */
  readonly latencyMs: { readonly p50: number; readonly p99: number };
}

export interface BeatFacts {
  readonly nodeId: string;
  readonly epoch: number;
  readonly sequence: number;
  /** Nothing follows this heartbeat. */
  readonly final: boolean;
  readonly progress: FleetProgress;
  readonly figures: BeatFigures;
}

/** The heartbeat of a node in this state. */
export function toHeartbeat(
  status: NodeStatus,
  { nodeId, epoch, sequence, final, progress, figures }: BeatFacts,
): HeartbeatRequest {
  return {
    node_id: nodeId,
    status: final ? 'Terminating' : status.state,
    metrics: toMetrics(status, figures),
    epoch,
    sequence,
    applied_revision: progress.appliedRevision,
    refused_policy: progress.refusedPolicy,
    ledger_seq: progress.ledgerSeq,
    final,
  };
}

function toMetrics({ system, traffic }: NodeStatus, figures: BeatFigures): NodeMetrics {
  return {
    cpu_usage: within(system.cpuPercent, 100),
    memory_usage: within(system.memoryPercent, 100),
    packets_per_second: within(system.packetsPerSecond, 1e12),
    active_connections: Math.round(within(traffic.connectionsActive, 2 ** 32)),
    total_requests: Math.round(within(traffic.requestsTotal, Number.MAX_SAFE_INTEGER)),
    ddos_blocks: Math.round(within(traffic.ddosBlocks, Number.MAX_SAFE_INTEGER)),
    server_errors: Math.round(within(traffic.serverErrors, Number.MAX_SAFE_INTEGER)),
    requests_per_second: within(figures.requestsPerSecond, 1e12),
    latency_ms: within(figures.latencyMs.p50, 1e12),
    latency_p99_ms: within(figures.latencyMs.p99, 1e12),
    waf_blocks: Math.round(within(traffic.wafBlocks, Number.MAX_SAFE_INTEGER)),
  };
}

function within(value: number, max: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(value, 0), max) : 0;
}

/** An order to end. */
export interface TerminateOrder {
  /** Null where the orchestrator only named its intent. */
  readonly commandId: string | null;
  readonly reason: string;
  readonly graceSeconds: number | null;
}

export interface ControlNews {
  readonly order: TerminateOrder | null;
  /** Null where the answer names none. */
  readonly intent: Intent | null;
  /** Null where the answer has none. */
  readonly cursor: number | null;
}

export interface RegistrationNews extends ControlNews {
  readonly nodeId: string;
  readonly intervalMs: number;
}

/** A pace that no orchestrator means, whatever it says. */
const INTERVAL_MIN_MS = 50;

const lenientControl = controlAnswer.partial();
const lenientRegistration = registrationAnswer
  .partial()
  .required({ node_id: true, heartbeat_interval: true });

/** Reads the answer to a registration; the fault says what is missing. */
export function decodeRegistration(json: unknown): Result<RegistrationNews, string> {
  const answer = lenientRegistration.safeParse(json);
  if (!answer.success) return fail('the answer has no usable node_id and heartbeat_interval');
  const { node_id: nodeId, heartbeat_interval: intervalSeconds } = answer.data;
  return ok({
    ...readControl(answer.data),
    nodeId,
    intervalMs: Math.max(intervalSeconds * 1000, INTERVAL_MIN_MS),
  });
}

/** Reads the answer to a heartbeat or to a question for commands; an empty one means that nothing is wanted. */
export function decodeControl(json: unknown): ControlNews {
  const answer = lenientControl.safeParse(json);
  return readControl(answer.success ? answer.data : {});
}

type LenientControl = { readonly [Key in keyof ControlAnswer]?: ControlAnswer[Key] | undefined };

function readControl({ intent, commands = [], cursor: named }: LenientControl): ControlNews {
  const cursor = named ?? null;
  const wanted = intent ?? null;
  for (const command of commands) {
    const parameters = terminateParameters.safeParse(command.parameters);
    if (command.command_type !== 'terminate' || !parameters.success) continue;
    const { reason, grace_period_seconds: graceSeconds } = parameters.data;
    return { cursor, intent: wanted, order: { commandId: command.command_id, reason, graceSeconds } };
  }
  if (intent !== 'terminate') return { cursor, intent: wanted, order: null };
  return { cursor, intent, order: { commandId: null, reason: 'ORCHESTRATOR_INTENT', graceSeconds: null } };
}
