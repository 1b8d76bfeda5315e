/**
 * Commands of the whole fleet and what became of them, folded from the ledger.
 *
 * Bounds: the newest `COMMANDS_MAX` commands, fewer where nodes and their results are many; older ones stand in the ledger
 * only.
 */
import type { CommandIssued, CommandName, CommandResult } from '../messages/entries/commands.ts';
import type { Author, LedgerEntry } from '../messages/ledger-entry.ts';
import type { CommandOrder } from '../messages/order.ts';

export type NodeResult = Omit<CommandResult, 'kind' | 'id'>;

export interface IssuedCommand extends Omit<CommandIssued, 'kind'> {
  /** Number of its entry. */
  readonly seq: number;
  readonly by: Author;
  readonly at_ms: number;
  /** Of each node the first result; in the order in which they came. */
  readonly results: readonly NodeResult[];
}

/** A node of a command whose outcome is not known. */
export interface OpenCommand {
  readonly command: IssuedCommand;
  readonly node: string;
}

/** More cannot be open: no node can be told of more in one line of its channel. */
export const OPEN_COMMANDS_MAX = 500;

const COMMANDS_MAX = 1000;
/** Characters of all that is remembered, roughly. */
const WEIGHT_MAX = 1 << 25;
/** What a node of a command weighs without its result's text. */
const NODE_WEIGHT = 128;

interface Remembered {
  readonly issued: Omit<IssuedCommand, 'results'>;
  readonly results: NodeResult[];
  /** Nodes whose result is still to come. */
  readonly waiting: Set<string>;
}

export class FleetCommands {
  /** The oldest first. */
  readonly #commands = new Map<string, Remembered>();
  #weight = 0;

  apply({ seq, at_ms: atMs, by, body }: Pick<LedgerEntry, 'seq' | 'at_ms' | 'by' | 'body'>): void {
    if (body.kind === 'command_issued') {
      const { kind: _, ...issued } = body;
      if (!this.#commands.has(body.id)) this.#add({ ...issued, seq, by, at_ms: atMs, results: [] });
    } else if (body.kind === 'command_result') {
      const command = this.#commands.get(body.id);
      if (command === undefined || !command.waiting.delete(body.node)) return;
      const { kind: _, id: __, ...result } = body;
      command.results.push(result);
      this.#weight += result.detail.length;
      this.#forgetOld();
    }
  }

  get(id: string): IssuedCommand | undefined {
    const command = this.#commands.get(id);
    return command === undefined ? undefined : toIssued(command);
  }

  /** The oldest first. */
  all(): readonly IssuedCommand[] {
    return [...this.#commands.values()].map(toIssued);
  }

  /** Whether a result of this node is still to come. */
  awaits(id: string, nodeId: string): boolean {
    return this.#commands.get(id)?.waiting.has(nodeId) === true;
  }

  /** How many nodes have still to answer; undefined for a command that is not known. */
  waitingFor(id: string): number | undefined {
    return this.#commands.get(id)?.waiting.size;
  }

  /** Commands whose outcome is not known everywhere. */
  get open(): number {
    let count = 0;
    for (const { waiting } of this.#commands.values()) if (waiting.size > 0) count += 1;
    return count;
  }

  /** What a node still has to do at `atMs`, the oldest first. */
  openFor(nodeId: string, atMs: number): readonly CommandOrder[] {
    return [...this.#commands.values()]
      .filter(({ issued, waiting }) => issued.deadline_ms > atMs && waiting.has(nodeId))
      .slice(0, OPEN_COMMANDS_MAX)
      .map(({ issued }) => toOrder(issued));
  }

  /** Nodes that have not answered a command with one of these names, the oldest command first. */
  *waiting(...names: readonly CommandName[]): IterableIterator<OpenCommand> {
    for (const remembered of this.#commands.values()) {
      if (remembered.waiting.size === 0 || !names.includes(remembered.issued.command)) continue;
      const command = toIssued(remembered);
      for (const node of remembered.waiting) yield { command, node };
    }
  }

  /** Nodes that have not answered although the deadline was before `atMs`; at most `limit`. */
  overdue(atMs: number, limit: number): readonly OpenCommand[] {
    const found: OpenCommand[] = [];
    for (const remembered of this.#commands.values()) {
      if (remembered.waiting.size === 0 || remembered.issued.deadline_ms >= atMs) continue;
      const command = toIssued(remembered);
      for (const node of remembered.waiting) {
        if (found.length >= limit) return found;
        found.push({ command, node });
      }
    }
    return found;
  }

  /** By node, whether the last word on draining was that it drains. */
  drainWishes(): ReadonlyMap<string, boolean> {
    const wishes = new Map<string, boolean>();
    for (const { issued } of this.#commands.values()) {
      const { command, nodes } = issued;
      if (command !== 'drain' && command !== 'undrain') continue;
      for (const node of nodes) wishes.set(node, command === 'drain');
    }
    return wishes;
  }

  replace(commands: readonly IssuedCommand[]): void {
    this.#commands.clear();
    this.#weight = 0;
    for (const command of commands) this.#add(command);
  }

  #add({ results, ...issued }: IssuedCommand): void {
    const waiting = new Set(issued.nodes);
    for (const { node } of results) waiting.delete(node);
    const command = { issued, results: [...results], waiting };
    this.#commands.set(issued.id, command);
    this.#weight += weightOf(command);
    this.#forgetOld();
  }

  #forgetOld(): void {
    for (const [id, oldest] of this.#commands) {
      const isLast = this.#commands.size === 1;
      if (isLast || (this.#commands.size <= COMMANDS_MAX && this.#weight <= WEIGHT_MAX)) return;
      this.#commands.delete(id);
      this.#weight -= weightOf(oldest);
    }
  }
}

export function toOrder({ id, command, parameters, deadline_ms }: Omit<CommandOrder, 'kind'>): CommandOrder {
  return { kind: 'command', id, command, parameters, deadline_ms };
}

function toIssued({ issued, results }: Remembered): IssuedCommand {
  return { ...issued, results: [...results] };
}

function weightOf({ issued, results }: Remembered): number {
  return results.reduce((sum, { detail }) => sum + detail.length, issued.nodes.length * NODE_WEIGHT);
}
