/** Commands: each is done once by a process at most, and all come to a result, which nobody loses. */
import type { World } from '../world.ts';
import { foldOf } from './bans.ts';

/** How long behind a deadline the orchestrator may need to note who has not answered. */
const NOTE_MS = 30_000;

/** What has no result though it should; nothing where that is nothing. */
export function openCommands({ disk, orchestratorMachine }: World): string[] {
  const nowMs = orchestratorMachine.wallMs();
  return foldOf(disk.entries)
    .commands.all()
    .filter(({ deadline_ms: deadlineMs }) => deadlineMs + NOTE_MS < nowMs)
    .filter(({ nodes, results }) => results.length < nodes.length)
    .map(({ id, nodes, results }) => `command ${id} has ${results.length} results of ${nodes.length}`);
}

export function checkResults({ disk, chronicle }: World): void {
  const { commands } = foldOf(disk.entries);
  for (const { id, node } of chronicle.results) {
    const command = commands.get(id);
    if (command?.results.some((result) => result.node === node) === true) continue;
    chronicle.violate(`the result of command ${id} on ${node} was acknowledged and is lost`);
  }
}
