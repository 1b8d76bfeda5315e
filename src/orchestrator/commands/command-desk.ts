/**
 * Where commands to nodes are decided, and where what became of them is taken down.
 *
 * A command is an entry of the ledger first, and in force once that is durable: nodes hear of it over their channels, and
 * whoever was away hears of it when it comes back before the deadline. What it says about the registry (a node is to
 * drain, to run, to end) follows, and is made good by `settle` where the process died in between.
 */

import { parseBanTarget } from '../../core/ban-target.ts';
import type { Logger } from '../../core/logger.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type IssuedCommand, OPEN_COMMANDS_MAX } from '../../fleet/fleet-commands.ts';
import type { FleetState } from '../../fleet/fleet-state.ts';
import { canonicalSelector, type NodePlace, selects } from '../../fleet/selector.ts';
import type { ReportedResult } from '../../messages/command-results.ts';
import type { CommandIssued, CommandName, CommandResult } from '../../messages/entries/commands.ts';
import type { Author } from '../../messages/ledger-entry.ts';
import type { Selector } from '../../messages/selector.ts';
import type { TerminateRequest } from '../../messages/terminate-request.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import { type DeskFault, toDeskFault } from '../desk-fault.ts';
import type { FleetRegistry, TerminateFault } from '../members/registry.ts';
import type { OrchestratorCounters } from '../metrics.ts';
import type { TerminateOrder } from '../store/fleet-store.ts';

export interface CommandDeskDeps {
  readonly hub: FleetHub;
  readonly registry: FleetRegistry;
  readonly counters: OrchestratorCounters;
  readonly logger: Logger;
  /** Makes a v4 UUID. */
  readonly newId: () => string;
}

export interface CommandWish {
  readonly command: CommandName;
  readonly selector: Selector;
  readonly parameters: CommandIssued['parameters'];
  /** Within which a node must begin. */
  readonly deadlineSeconds: number;
}

export type CommandFault = DeskFault<
  'no_node_matches' | 'unreadable_target' | 'too_many_nodes' | 'too_many_commands' | 'store_unavailable'
>;

export interface TakenCommand {
  readonly id: string;
  readonly nodes: readonly string[];
  readonly deadlineMs: number;
}

/** What all of them have to tell still fits into memory. */
const DIAGNOSED_NODES_MAX = 500;
const NODES_MAX = 10_000;
/** A node that is away and was ordered to end by itself hears of it for so long when it comes back. */
const END_WITHIN_SECONDS = 3600;
/** A node that begins at the deadline has its answer here by then. */
const ANSWER_SLACK_MS = 5000;
/** Results that one step writes at once. */
const RESULTS_AT_ONCE = 1000;
const SYSTEM: Author = { kind: 'system', id: 'commands' };

export class CommandDesk {
  readonly #deps: CommandDeskDeps;

  constructor(deps: CommandDeskDeps) {
    this.#deps = deps;
  }

  /** Gives a command to all nodes that the selector means now; resolves once it is durable. */
  async issue(wish: CommandWish, by: Author): Promise<Result<TakenCommand, CommandFault>> {
    const selector = canonicalSelector(wish.selector);
    const nodes = this.#resolve(selector);
    if (nodes.length === 0) {
      return fail({ code: 'no_node_matches', detail: `No node of the fleet is meant by "${selector}".` });
    }
    const parameters = readParameters(wish);
    if (!parameters.ok) return parameters;
    const nodesMax = wish.command === 'diagnose' ? DIAGNOSED_NODES_MAX : NODES_MAX;
    if (nodes.length > nodesMax) {
      const detail = `"${selector}" means ${nodes.length} nodes; ${wish.command} can be told to ${nodesMax} at once.`;
      return fail({ code: 'too_many_nodes', detail });
    }
    const { hub, newId, counters } = this.#deps;
    const id = newId();
    const deadlineMs = hub.wallMs() + Math.round(wish.deadlineSeconds * 1000);
    const body: CommandIssued = {
      kind: 'command_issued',
      id,
      command: wish.command,
      parameters: parameters.value,
      selector,
      nodes: [...nodes],
      deadline_ms: deadlineMs,
    };
    const before = this.#intentsOf(nodes);
    const decided = await hub.decideOn<CommandFault>((state) =>
      isCrowded(state) ? fail(CROWDED) : ok([{ by, before, body }]),
    );
    if (!decided.ok) return fail(toDeskFault(decided.fault));
    counters.add('secbeat_commands_issued_total');
    this.#carryOver(body);
    return ok({ id, nodes, deadlineMs });
  }

  /** Orders one node to end. An order that stands already is left as it is, and no other command is made of it. */
  async terminate(
    nodeId: string,
    request: TerminateRequest,
    by: Author,
  ): Promise<Result<TerminateOrder, TerminateFault | CommandFault['code']>> {
    const { registry } = this.#deps;
    const intent = registry.intentOf(nodeId);
    if (intent === null) return fail('unknown_node');
    if (intent === 'terminate') return registry.terminate(nodeId, request);
    const { reason, grace_period_seconds: grace_seconds } = request;
    const wish = {
      command: 'terminate',
      selector: `node:${nodeId}`,
      parameters: { reason, grace_seconds },
    } as const;
    const issued = await this.issue({ ...wish, deadlineSeconds: END_WITHIN_SECONDS }, by);
    return issued.ok ? registry.terminate(nodeId, request, issued.value.id) : fail(issued.fault.code);
  }

  /** What a node has to say about its commands; resolves with how much of it was waited for. */
  async report(nodeId: string, results: readonly ReportedResult[]): Promise<Result<number, CommandFault>> {
    const first = new Map<string, ReportedResult>();
    for (const result of results) if (!first.has(result.id)) first.set(result.id, result);
    const bodies = [...first.values()].map(
      (result): CommandResult => ({ kind: 'command_result', node: nodeId, ...result }),
    );
    return await this.#take(bodies, { kind: 'node', id: nodeId });
  }

  /**
   * One look over all open commands: who has not answered in time is noted, and the registry is brought to what commands
   * say. To be called every second or so.
   */
  async settle(): Promise<void> {
    const { hub } = this.#deps;
    const overdue = hub.state.commands.overdue(hub.wallMs() - ANSWER_SLACK_MS, RESULTS_AT_ONCE);
    const late = overdue.map(({ command, node }) => resultOf(command.id, node, 'expired', NO_ANSWER));
    if (late.length > 0) await this.#take(late, SYSTEM);
    this.#settleDrains();
    await this.#settleEnds(null);
  }

  /** To be called when a node may have left the fleet: then its order to end is carried out. */
  async nodeChanged(nodeId: string): Promise<void> {
    if (this.#deps.registry.place(nodeId) === null) await this.#settleEnds(nodeId);
  }

  #resolve(selector: Selector): readonly string[] {
    const { registry } = this.#deps;
    // Who names a node means it, alive or not.
    const named = selector.startsWith('node:') ? registry.place(selector.slice('node:'.length)) : null;
    const places: readonly NodePlace[] = named === null ? registry.places() : [named];
    return places.filter((place) => selects(selector, place)).map(({ id }) => id);
  }

  /** For the audit: how many of the nodes were to do what before. */
  #intentsOf(nodes: readonly string[]): Readonly<Record<string, unknown>> {
    const counts = new Map<string, number>();
    for (const node of nodes) {
      const intent = this.#deps.registry.intentOf(node) ?? 'unknown';
      counts.set(intent, (counts.get(intent) ?? 0) + 1);
    }
    return { intents: Object.fromEntries(counts) };
  }

  /** What of a command the registry has to know; where its store does not take it now, `settle` tries again. */
  #carryOver({ id, command, parameters, nodes }: Omit<CommandIssued, 'kind'>): void {
    const { registry, logger } = this.#deps;
    const [first] = nodes;
    const whom = { nodes: nodes.length, first_node: first ?? '' };
    logger.info('Nodes are told to do something', { command_id: id, command, ...whom });
    if (command === 'drain') registry.intend(nodes, 'drain');
    else if (command === 'undrain') registry.intend(nodes, 'run');
    else if (command === 'terminate') {
      const { reason, grace_seconds } = parameters;
      for (const node of nodes) registry.terminate(node, toTerminate(reason, grace_seconds), id);
    }
  }

  #settleDrains(): void {
    const { hub, registry } = this.#deps;
    const { commands } = hub.state;
    const open = new Set([...commands.waiting('drain', 'undrain')].map(({ node }) => node));
    if (open.size === 0) return;
    const wishes = commands.drainWishes();
    const wishing = (drained: boolean): readonly string[] =>
      [...open].filter((node) => wishes.get(node) === drained);
    registry.intend(wishing(true), 'drain');
    registry.intend(wishing(false), 'run');
  }

  /** A node that was to end has done so once it is gone, or is there again in another life. */
  async #settleEnds(only: string | null): Promise<void> {
    const { hub, registry } = this.#deps;
    const ended: CommandResult[] = [];
    for (const { command, node } of hub.state.commands.waiting('terminate')) {
      if (only !== null && node !== only) continue;
      const joinedAtMs = registry.joinedAtMs(node);
      if (joinedAtMs === null || joinedAtMs > command.at_ms) {
        ended.push(resultOf(command.id, node, 'done', 'The node has ended.'));
      } else if (registry.intentOf(node) !== 'terminate') {
        const { reason, grace_seconds } = command.parameters;
        registry.terminate(node, toTerminate(reason, grace_seconds), command.id);
      }
    }
    if (ended.length > 0) await this.#take(ended.slice(0, RESULTS_AT_ONCE), SYSTEM);
  }

  async #take(results: readonly CommandResult[], by: Author): Promise<Result<number, CommandFault>> {
    const { hub, counters } = this.#deps;
    const decided = await hub.decideOn<never>(({ commands }) =>
      ok(results.filter(({ id, node }) => commands.awaits(id, node)).map((body) => ({ by, body }))),
    );
    if (!decided.ok) return fail(toDeskFault<never>(decided.fault));
    counters.add('secbeat_command_results_total', decided.value.length);
    return ok(decided.value.length);
  }
}

const NO_ANSWER = 'The node has not answered by the deadline.';
const CROWDED: CommandFault = {
  code: 'too_many_commands',
  detail: `${OPEN_COMMANDS_MAX} commands are not finished yet; wait until some are.`,
};

function isCrowded({ commands }: FleetState): boolean {
  return commands.open >= OPEN_COMMANDS_MAX;
}

function toTerminate(reason: string, graceSeconds: number | null) {
  return { reason: reason === '' ? 'OPERATOR_REQUEST' : reason, grace_period_seconds: graceSeconds };
}

function resultOf(
  id: string,
  node: string,
  outcome: CommandResult['outcome'],
  detail: string,
): CommandResult {
  return { kind: 'command_result', id, node, outcome, detail };
}

/** How many nodes have answered what. */
export function summaryOf({ nodes, results }: IssuedCommand) {
  const summary = { waiting: nodes.length - results.length, done: 0, failed: 0, refused: 0, expired: 0 };
  for (const { outcome } of results) summary[outcome] += 1;
  return summary;
}

/** The parameters with what a ban is on in its one form. */
function readParameters({
  command,
  parameters,
}: CommandWish): Result<CommandIssued['parameters'], CommandFault> {
  const { reason, grace_seconds } = parameters;
  if (command !== 'ban' && command !== 'unban') return ok({ reason, grace_seconds });
  const target = parseBanTarget(parameters.target ?? '');
  if (target.ok) return ok({ ...parameters, target: target.value.text });
  return fail({ code: 'unreadable_target', detail: `"target" of ${command}: ${target.fault}` });
}
