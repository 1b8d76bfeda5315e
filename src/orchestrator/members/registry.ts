/**
 * The registry: what nodes and operators may say, and what becomes of the fleet.
 *
 * Decisions are pure functions beside this file; here they meet the fleet, the counters and the log.
 */
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { NodePlace } from '../../fleet/selector.ts';
import type { ControlAnswer } from '../../messages/control-answer.ts';
import type { HeartbeatRequest } from '../../messages/heartbeat-request.ts';
import type { NodeInfo } from '../../messages/node-info.ts';
import type { Intent } from '../../messages/node-words.ts';
import type { RegistrationRequest } from '../../messages/registration-request.ts';
import type { TerminateRequest } from '../../messages/terminate-request.ts';
import type { OrchestratorCounters } from '../metrics.ts';
import type { TerminateOrder } from '../store/fleet-store.ts';
import type { Fleet } from './fleet.ts';
import { beatenRecord, isLastBeat } from './heartbeat.ts';
import { isEnding, type ToleranceRule } from './liveness.ts';
import { type NodeRecord, placeOf, toControlAnswer, toNodeInfo } from './node-record.ts';
import { decideRegistration, isSuperseded, joinedRecord, returnedRecord } from './registration.ts';

export interface RegistryDeps {
  readonly fleet: Fleet;
  readonly rule: ToleranceRule;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: OrchestratorCounters;
  /** Makes a v4 UUID. */
  readonly newId: () => string;
  /** Told when what is wanted of a node has changed, or when the node is gone. */
  readonly onCommand: (nodeId: string) => void;
  /** Told of each heartbeat, with what is known of the node after it. */
  readonly onBeat?: (record: NodeRecord) => void;
  /** The revision that a node has to run; 0 for all of them where it is left out. */
  readonly policyRevision?: (place: NodePlace) => number;
}

export type RegistrationFault = 'superseded_process' | 'node_terminated' | 'fleet_full' | 'store_unavailable';
export type HeartbeatFault = 'unknown_node' | 'superseded_process' | 'store_unavailable';
export type TerminateFault = 'unknown_node' | 'store_unavailable';

export interface Registered {
  readonly nodeId: string;
  readonly control: ControlAnswer;
}

export interface PageRequest {
  /** 0 begins at the first node. */
  readonly afterOrdinal: number;
  readonly offset: number;
  readonly limit: number;
}

export interface RegistryPage {
  readonly nodes: NodeInfo[];
  /** Where the next page begins; null on the last one. */
  readonly nextOrdinal: number | null;
}

export class FleetRegistry {
  readonly #deps: RegistryDeps;

  constructor(deps: RegistryDeps) {
    this.#deps = deps;
  }

  /** A node joins or comes back; what is acknowledged is durable. */
  register(request: RegistrationRequest): Result<Registered, RegistrationFault> {
    const { fleet, rule, clock, newId } = this.#deps;
    const nodeId = request.node_id ?? newId();
    const moment = { nowMs: clock.nowMs(), wallMs: clock.wallMs() };
    const acquaintance = { record: fleet.record(nodeId), tombstone: fleet.tombstone(nodeId) };
    const decision = decideRegistration(request, acquaintance, moment.nowMs, rule);
    switch (decision.kind) {
      case 'superseded':
        return this.#refuseSuperseded(decision.record, request.epoch);
      case 'ended':
        return fail('node_terminated');
      case 'returns':
        return this.#admit(returnedRecord(request, decision, moment), 'Node registered again');
      case 'succeeds':
        if (!this.#close(decision.record)) return fail('store_unavailable');
        return this.#join(request, nodeId, null);
      case 'joins':
        return this.#join(request, nodeId, decision.order);
    }
  }

  /** A sign of life; the answer says what is wanted of the node. The last one of a node closes it, durably. */
  heartbeat(beat: HeartbeatRequest): Result<ControlAnswer, HeartbeatFault> {
    const { fleet, rule, clock, counters } = this.#deps;
    const record = fleet.record(beat.node_id);
    if (record === undefined) return this.#heartbeatOfAbsent(beat);
    const moment = { nowMs: clock.nowMs(), wallMs: clock.wallMs() };
    if (isSuperseded(beat.epoch, record, moment.nowMs, rule)) {
      return this.#refuseSuperseded(record, beat.epoch);
    }
    const next = beatenRecord(record, beat, moment);
    counters.add('orchestrator_heartbeats_received_total');
    if (!isLastBeat(beat)) fleet.note(next);
    else if (!this.#close(next)) return fail('store_unavailable');
    this.#deps.onBeat?.(next);
    return ok(this.#toControl(next));
  }

  /**
   * Wants nodes to drain or to run, durably. Nodes that are not there, are wanted to end or are wanted so already are left
   * as they are. What it follows stands in the ledger, so it is for the desk of commands to call.
   */
  intend(nodeIds: readonly string[], intent: 'drain' | 'run'): Result<void, 'store_unavailable'> {
    const { fleet, onCommand } = this.#deps;
    const changed: NodeRecord[] = [];
    for (const nodeId of nodeIds) {
      const record = fleet.record(nodeId);
      if (record === undefined || ['terminate', intent].includes(record.stored.intent)) continue;
      const { stored } = record;
      changed.push({ ...record, stored: { ...stored, intent, cursor: stored.cursor + 1 } });
    }
    if (changed.length === 0) return ok(undefined);
    if (!fleet.commitAll(changed).ok) return fail('store_unavailable');
    for (const { stored } of changed) onCommand(stored.nodeId);
    return ok(undefined);
  }

  /** What is wanted of a node; null for one that is not in the fleet. */
  intentOf(nodeId: string): Intent | null {
    return this.#deps.fleet.record(nodeId)?.stored.intent ?? null;
  }

  /** When the node joined the fleet, by the wall clock; null for one that is not in it. */
  joinedAtMs(nodeId: string): number | null {
    return this.#deps.fleet.record(nodeId)?.stored.registeredAtMs ?? null;
  }

  /** Orders a node to end, durably. An order that stands already is left as it is. */
  terminate(
    nodeId: string,
    request: TerminateRequest,
    commandId: string = this.#deps.newId(),
  ): Result<TerminateOrder, TerminateFault> {
    const { fleet, clock, counters, logger, onCommand } = this.#deps;
    const record = fleet.record(nodeId);
    if (record === undefined) return fail('unknown_node');
    const { stored } = record;
    if (stored.order !== null) return ok(stored.order);
    const { reason, grace_period_seconds: graceSeconds } = request;
    const order = { commandId, reason, graceSeconds, orderedAtMs: clock.wallMs() };
    const next: NodeRecord = {
      ...record,
      stored: { ...stored, intent: 'terminate', order, cursor: stored.cursor + 1 },
      endingSinceMs: record.endingSinceMs ?? clock.nowMs(),
    };
    if (!fleet.commit(next).ok) return fail('store_unavailable');
    counters.add('orchestrator_nodes_terminated_total');
    logger.info('Node ordered to terminate', { node_id: nodeId, command_id: order.commandId, reason });
    onCommand(nodeId);
    return ok(order);
  }

  /** What is wanted of a node now. */
  control(nodeId: string): Result<ControlAnswer, 'unknown_node'> {
    const record = this.#deps.fleet.record(nodeId);
    return record === undefined ? fail('unknown_node') : ok(this.#toControl(record));
  }

  /** Whether all that was acknowledged so far is durable; to be asked before a registration or an end is answered. */
  async saved(): Promise<boolean> {
    return (await this.#deps.fleet.saved()).ok;
  }

  get size(): number {
    return this.#deps.fleet.size;
  }

  /** Where a node stands in the fleet; null for one that is not in it. */
  place(nodeId: string): NodePlace | null {
    const record = this.#deps.fleet.record(nodeId);
    return record === undefined ? null : placeOf(record.stored);
  }

  /** Where all nodes stand that are not on their way out. */
  places(): readonly NodePlace[] {
    return [...this.#deps.fleet.records()]
      .filter(({ stored }) => stored.deadAtMs === null && !isEnding(stored))
      .map(({ stored }) => placeOf(stored));
  }

  /** One node as it is published. */
  node(nodeId: string): Result<NodeInfo, 'unknown_node'> {
    const record = this.#deps.fleet.record(nodeId);
    return record === undefined ? fail('unknown_node') : ok(this.#toInfo(record));
  }

  /** All nodes in the order of first registration. */
  nodes(): NodeInfo[] {
    return [...this.#deps.fleet.records()].map((record) => this.#toInfo(record));
  }

  /** A part of `nodes()`: those behind `afterOrdinal`, without the first `offset`, at most `limit`. */
  page({ afterOrdinal, offset, limit }: PageRequest): RegistryPage {
    const behind = [...this.#deps.fleet.records()].filter(({ stored }) => stored.ordinal > afterOrdinal);
    const taken = behind.slice(offset, offset + limit);
    const last = taken.at(-1);
    const more = behind.length > offset + limit && last !== undefined;
    return {
      nodes: taken.map((record) => this.#toInfo(record)),
      nextOrdinal: more ? last.stored.ordinal : null,
    };
  }

  #toControl({ stored }: NodeRecord): ControlAnswer {
    return toControlAnswer(stored, this.#deps.policyRevision?.(placeOf(stored)));
  }

  #toInfo(record: NodeRecord): NodeInfo {
    return toNodeInfo(record, this.#deps.fleet.liveness(record));
  }

  #join(
    request: RegistrationRequest,
    nodeId: string,
    order: TerminateOrder | null,
  ): Result<Registered, RegistrationFault> {
    const { fleet, clock } = this.#deps;
    if (!fleet.makeRoom()) return fail('fleet_full');
    const place = { nodeId, ordinal: fleet.nextOrdinal, order };
    const record = joinedRecord(request, { ...place, nowMs: clock.nowMs(), wallMs: clock.wallMs() });
    return this.#admit(record, 'Node registered');
  }

  #admit(record: NodeRecord, message: string): Result<Registered, RegistrationFault> {
    const { fleet, counters, logger } = this.#deps;
    const { nodeId, publicIp, nodeType, version } = record.stored;
    if (!fleet.commit(record).ok) return fail('store_unavailable');
    counters.add('orchestrator_nodes_registered_total');
    logger.info(message, { node_id: nodeId, public_ip: publicIp, node_type: nodeType, version });
    return ok({ nodeId, control: this.#toControl(record) });
  }

  #close(record: NodeRecord): boolean {
    const { fleet, onCommand } = this.#deps;
    if (!fleet.close(record).ok) return false;
    onCommand(record.stored.nodeId);
    return true;
  }

  /** A node that is not in the fleet: unknown, or ended as planned and late with its last words. */
  #heartbeatOfAbsent(beat: HeartbeatRequest): Result<ControlAnswer, 'unknown_node'> {
    const { fleet, counters } = this.#deps;
    const tombstone = fleet.tombstone(beat.node_id);
    const sameProcess = tombstone !== undefined && tombstone.epoch === beat.epoch;
    if (sameProcess && (tombstone.order !== null || beat.status === 'Terminating')) {
      return ok(toControlAnswer({ intent: 'terminate', cursor: 1, order: tombstone.order }));
    }
    counters.add('orchestrator_heartbeats_unknown_node');
    return fail('unknown_node');
  }

  #refuseSuperseded(record: NodeRecord, epoch: number | null): Result<never, 'superseded_process'> {
    const { fleet, counters, logger } = this.#deps;
    counters.add('secbeat_superseded_processes_total');
    if (record.refusedEpoch !== epoch) {
      fleet.note({ ...record, refusedEpoch: epoch });
      const fields = { node_id: record.stored.nodeId };
      logger.warn('Two processes use one node id, the older is refused', fields);
    }
    return fail('superseded_process');
  }
}
