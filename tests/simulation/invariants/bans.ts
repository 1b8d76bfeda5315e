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
  const held = new Map([...running.book.inForce()].map((ban) => [ban.target, ban.expiresAtMs - nowMs]));
  const differences: string[] = [];
  for (const [target, leftMs] of wanted) {
    const heldMs = held.get(target) ?? 0;
    if (leftMs > slackMs && heldMs <= 0) differences.push(`${node.name} does not ban ${target}`);
    else if (Math.abs(leftMs - heldMs) > slackMs)
      differences.push(`${node.name} bans ${target} for ${heldMs} ms more, not ${leftMs}`);
  }
  for (const [target, heldMs] of held) {
    if (heldMs > slackMs && !wanted.has(target)) differences.push(`${node.name} still bans ${target}`);
  }
  return differences;
}
