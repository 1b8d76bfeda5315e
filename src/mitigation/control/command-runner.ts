/**
 * Does on this node what the orchestrator commands, each command once, one after the other.
 *
 * The same command comes by several ways and again whenever a channel opens, so its id decides whether it is new. After a
 * restart of the process what has no result yet is done again, which does no harm: commands say how things are to be.
 * Bounds: the newest `KNOWN_MAX` ids; `QUEUE_MAX` commands that wait.
 */
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/error-message.ts';
import type { Logger } from '../../core/logger.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { ReportedResult } from '../../messages/command-results.ts';
import type { CommandOrder } from '../../messages/order.ts';
import type { NodeControl } from '../node-control.ts';
import type { ToOwnClock } from './ban-follower.ts';

export interface CommandRunnerDeps {
  readonly node: Pick<
    NodeControl,
    'status' | 'drain' | 'resume' | 'reload' | 'terminate' | 'addBan' | 'liftHere'
  >;
  /** What an operator wants to know of a node that misbehaves, as JSON. */
  readonly diagnose: () => string;
  readonly clock: Clock;
  readonly onResult: (result: ReportedResult) => void;
  readonly logger: Logger;
}

const KNOWN_MAX = 1000;
const QUEUE_MAX = 1000;
/** Where an older orchestrator does not say how long. */
const BAN_SECONDS = 3600;

export class CommandRunner {
  readonly #deps: CommandRunnerDeps;
  /** Ids of commands that were taken, the oldest first. */
  readonly #known = new Set<string>();
  #turn: Promise<void> = Promise.resolve();
  #waiting = 0;
  #stopped = false;

  constructor(deps: CommandRunnerDeps) {
    this.#deps = deps;
  }

  /** Takes a command; one that is known already is left. Its deadline is by the clock of the orchestrator. */
  take(order: CommandOrder, toOwnClock: ToOwnClock): void {
    const { id } = order;
    // What cannot wait is not remembered: it is heard of again with the next channel.
    if (this.#known.has(id) || this.#stopped || this.#waiting >= QUEUE_MAX) return;
    this.#known.add(id);
    for (const oldest of this.#known) {
      if (this.#known.size <= KNOWN_MAX) break;
      this.#known.delete(oldest);
    }
    this.#waiting += 1;
    this.#turn = this.#turn.then(() => this.#run(order, toOwnClock));
  }

  /** Begins nothing any more. */
  stop(): void {
    this.#stopped = true;
  }

  async #run(order: CommandOrder, toOwnClock: ToOwnClock): Promise<void> {
    const { clock, logger, onResult } = this.#deps;
    this.#waiting -= 1;
    if (this.#stopped) return;
    const { id, command, parameters } = order;
    const fields = { command_id: id, command };
    if (toOwnClock(order.deadline_ms) <= clock.wallMs()) {
      logger.warn('Command came too late and is left', fields);
      onResult({ id, outcome: 'expired', detail: 'The deadline was over when the node could have begun.' });
      return;
    }
    logger.info('Command of the orchestrator', { ...fields, reason: parameters.reason });
    const result = await this.#do(order);
    onResult({ id, ...result });
    if (result.outcome !== 'done') {
      logger.error('Command not carried out', { ...fields, outcome: result.outcome, reason: result.detail });
    }
  }

  /** Nothing that goes wrong here may reach traffic or end the process. */
  async #do(order: CommandOrder): Promise<Omit<ReportedResult, 'id'>> {
    const { node } = this.#deps;
    const { command } = order;
    if (node.status().state === 'Terminating' && command !== 'terminate' && command !== 'diagnose') {
      return { outcome: 'refused', detail: 'The node is terminating.' };
    }
    try {
      const done = await this.#carryOut(order);
      return { outcome: done.ok ? 'done' : 'failed', detail: done.ok ? done.value : done.fault };
    } catch (error) {
      return { outcome: 'failed', detail: `unexpected error: ${messageOf(error)}` };
    }
  }

  async #carryOut({ command, parameters }: CommandOrder): Promise<Result<string, string>> {
    const { node, diagnose } = this.#deps;
    const { reason, grace_seconds: graceSeconds } = parameters;
    switch (command) {
      case 'drain': {
        const drained = await node.drain('fleet', graceSeconds);
        return drained.ok
          ? ok(describeDrain(drained.value, node.status().traffic.connectionsActive))
          : drained;
      }
      case 'undrain': {
        // Said in so many words, it is stronger than what somebody has wanted at the node.
        const resumed = await node.resume(['fleet', 'operator']);
        return resumed.ok ? ok('Connections are taken.') : resumed;
      }
      case 'terminate':
        return ok(`Ends within ${node.terminate(reason, graceSeconds)} s.`);
      case 'reload':
        return describeReload(await node.reload());
      case 'diagnose':
        return ok(diagnose());
      case 'ban':
        return ban(node, parameters);
      case 'unban': {
        const lifted = node.liftHere(parameters.target ?? '');
        return lifted.ok ? ok(lifted.value ? 'The ban is lifted.' : 'There was no ban.') : lifted;
      }
    }
  }
}

function ban(
  node: CommandRunnerDeps['node'],
  { target, reason, duration_seconds: durationSeconds = BAN_SECONDS }: CommandOrder['parameters'],
): Result<string, string> {
  const banned = node.addBan({ target: target ?? '', reason, durationSeconds, source: 'command' });
  return banned.ok ? ok(`Banned until ${banned.value.expiresAt}.`) : banned;
}

function describeDrain(graceSeconds: number, connections: number): string {
  return `No connections are taken; ${connections} are open, WebSockets for at most ${graceSeconds} s.`;
}

function describeReload(reloaded: Awaited<ReturnType<NodeControl['reload']>>): Result<string, string> {
  if (!reloaded.ok) return fail(reloaded.fault.join('\n'));
  const { applied, needsRestart } = reloaded.value;
  return ok(JSON.stringify({ applied, needs_restart: needsRestart }));
}
