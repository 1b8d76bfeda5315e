/** Commands of the whole fleet and what became of them, folded from the ledger. */
import type { CommandIssued, CommandResult } from '../messages/entries/commands.ts';
import type { Author, LedgerEntry } from '../messages/ledger-entry.ts';
import type { CommandOrder } from '../messages/order.ts';

export interface IssuedCommand extends Omit<CommandIssued, 'kind'> {
  readonly by: Author;
  readonly at_ms: number;
  /** Of each node the first result; in the order in which they came. */
  readonly results: readonly Omit<CommandResult, 'kind' | 'id'>[];
}

/** Older ones stand in the ledger only. */
const COMMANDS_MAX = 1000;

export class FleetCommands {
  /** The oldest first. */
  readonly #commands = new Map<string, IssuedCommand>();

  apply({ at_ms: atMs, by, body }: Pick<LedgerEntry, 'at_ms' | 'by' | 'body'>): void {
    if (body.kind === 'command_issued') {
      if (this.#commands.has(body.id)) return;
      const { kind: _, ...issued } = body;
      this.#commands.set(body.id, { ...issued, by, at_ms: atMs, results: [] });
      for (const id of this.#commands.keys()) {
        if (this.#commands.size <= COMMANDS_MAX) return;
        this.#commands.delete(id);
      }
    } else if (body.kind === 'command_result') {
      const command = this.#commands.get(body.id);
      if (command === undefined || !isAwaited(command, body.node)) return;
      const { kind: _, id: __, ...result } = body;
      this.#commands.set(body.id, { ...command, results: [...command.results, result] });
    }
  }

  get(id: string): IssuedCommand | undefined {
    return this.#commands.get(id);
  }

  /** The oldest first. */
  all(): readonly IssuedCommand[] {
    return [...this.#commands.values()];
  }

  /** Whether a result of this node is still to come. */
  awaits(id: string, nodeId: string): boolean {
    const command = this.#commands.get(id);
    return command !== undefined && isAwaited(command, nodeId);
  }

  /** What a node still has to do at `atMs`, the oldest first. */
  openFor(nodeId: string, atMs: number): readonly CommandOrder[] {
    return this.all()
      .filter((command) => command.deadline_ms > atMs && isAwaited(command, nodeId))
      .map(toOrder);
  }

  replace(commands: readonly IssuedCommand[]): void {
    this.#commands.clear();
    for (const command of commands) this.#commands.set(command.id, command);
  }
}

export function toOrder({ id, command, parameters, deadline_ms }: Omit<CommandOrder, 'kind'>): CommandOrder {
  return { kind: 'command', id, command, parameters, deadline_ms };
}

function isAwaited({ nodes, results }: IssuedCommand, nodeId: string): boolean {
  return nodes.includes(nodeId) && !results.some(({ node }) => node === nodeId);
}
