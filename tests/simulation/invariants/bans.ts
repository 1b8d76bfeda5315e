/** Bans: none outlasts its end anywhere, and behind all trouble all nodes hold what the ledger says. */
import { FleetState } from '../../../src/fleet/fleet-state.ts';
import type { SimulatedNode } from '../simulated-node.ts';
import type { World } from '../world.ts';

/**
 * How much later than its maker meant a ban may end: the call that asks for it is under way for ten seconds at most and
 * its duration counts from its arrival; a node knows the orchestrator's clock as well as lines come quickly, which stay
 * away for fifteen seconds at most; books are swept every second.
 */
const LATE_MAX_MS = 30_000;

/** To be asked all the time. */
export function checkBansEnd(world: World): void {
  const { nodes, schedule, chronicle } = world;
  const latestMs = schedule.nowMs - LATE_MAX_MS - chronicle.steppedMs;
  for (const node of nodes) {
    for (const { target } of node.running?.book.inForce() ?? []) {
      const endMs = chronicle.banEnds.get(target);
      if (endMs === undefined) chronicle.violate(`${node.name} bans ${target}, which nobody wanted`);
      else if (endMs < latestMs) {
        chronicle.violate(
          `${node.name} bans ${target} for ${Math.round((latestMs - endMs) / 1000)} s too long`,
        );
        chronicle.banEnds.set(target, Number.POSITIVE_INFINITY);
      }
    }
  }
}

/** What commands have banned on single nodes, and nobody wanted to be free, is banned there until its end. */
export function checkBansHere({ nodes, schedule, chronicle }: World): void {
  const latestMs = schedule.nowMs + LATE_MAX_MS + chronicle.steppedMs;
  for (const { node: name, target, endMs } of chronicle.bansHere) {
    if (endMs < latestMs || chronicle.lifted.has(target)) continue;
    const node = nodes.find((one) => one.name === name);
    const ban = [...(node?.running?.book.inForce() ?? [])].find((one) => one.target === target);
    const leftMs = ban === undefined ? 0 : ban.expiresAtMs - (node?.machine.wallMs() ?? 0);
    if (schedule.nowMs + leftMs >= endMs - LATE_MAX_MS - chronicle.steppedMs) continue;
    chronicle.violate(`${name} bans ${target} for ${leftMs} ms more, though a command wanted it for longer`);
  }
}

/** The ledger's bans, with what is left of each by the clock of the orchestrator. */
export function bansOfLedger({ disk, orchestratorMachine }: World): ReadonlyMap<string, number> {
  const state = foldOf(disk.entries);
  const nowMs = orchestratorMachine.wallMs();
  const left = [...state.bans.all()].map((ban) => [ban.target, ban.expires_at_ms - nowMs] as const);
  return new Map(left.filter(([, leftMs]) => leftMs > 0));
}

export function foldOf(entries: World['disk']['entries']): FleetState {
  const state = new FleetState();
  for (const entry of entries) state.apply(entry);
  return state;
}

/** In what a node's bans differ from those of the ledger; nothing where that is nothing. */
export function banDifferences(node: SimulatedNode, wanted: ReadonlyMap<string, number>): string[] {
  const running = node.running;
  if (running === null) return [`${node.name} does not run`];
  // Whatever clocks did before, nodes have noticed since.
  const slackMs = LATE_MAX_MS;
  const nowMs = node.machine.wallMs();
  const bans = [...running.book.inForce()];
  const held = new Map(bans.map((ban) => [ban.target, ban.expiresAtMs - nowMs]));
  // What a command bans holds on the nodes that it names, whatever the fleet does.
  const own = new Set(bans.filter(({ source }) => source === 'command').map(({ target }) => target));
  const differences: string[] = [];
  for (const [target, leftMs] of wanted) {
    const heldMs = held.get(target) ?? 0;
    if (leftMs > slackMs && heldMs <= 0) differences.push(`${node.name} does not ban ${target}`);
    else if (leftMs - heldMs > slackMs || (heldMs - leftMs > slackMs && !own.has(target)))
      differences.push(`${node.name} bans ${target} for ${heldMs} ms more, not ${leftMs}`);
  }
  for (const [target, heldMs] of held) {
    if (heldMs > slackMs && !wanted.has(target) && !own.has(target))
      differences.push(`${node.name} still bans ${target}`);
  }
  return differences;
}
