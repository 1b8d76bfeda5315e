/** Behind all trouble, whoever asks anybody is told the same: the ledger, the orchestrator, every node. */

import type { FleetState } from '../../../src/fleet/fleet-state.ts';
import type { NodeInfo } from '../../../src/messages/node-info.ts';
import type { FleetSettings } from '../../../src/mitigation/fleet-settings.ts';
import { makeRequest, type Server } from '../server.ts';
import type { SimulatedNode } from '../simulated-node.ts';
import type { World } from '../world.ts';
import { banDifferences, bansOfLedger, foldOf } from './bans.ts';
import { openCommands } from './commands.ts';

/** In what they differ; nothing where that is nothing. */
export async function differences(world: World): Promise<string[]> {
  const { disk, orchestrator, nodes, orchestratorMachine } = world;
  const { server } = orchestrator;
  if (server === null) return ['the orchestrator does not run'];
  const found: string[] = [];
  const { state } = server.hub;
  if (state.seq !== disk.entries.length) {
    found.push(`the orchestrator stands at ${state.seq}, the ledger at ${disk.entries.length}`);
  }
  found.push(...openCommands(world));
  if (state.policies.rollout !== null) found.push('a rollout is still under way');
  const shown = await nodesShownBy(server);
  const wanted = bansOfLedger(world);
  const fold = foldOf(disk.entries);
  const nowMs = orchestratorMachine.wallMs();
  for (const target of wanted.keys()) {
    if ((state.bans.get(target)?.expires_at_ms ?? 0) <= nowMs) {
      found.push(`the orchestrator does not ban ${target}`);
    }
  }
  for (const node of nodes) {
    found.push(...banDifferences(node, wanted));
    const { running, folder, name } = node;
    if (running === null) continue;
    if (!running.link.control.connected) found.push(`${name} has no link`);
    const id = folder.nodeId ?? '';
    found.push(...settingsDifferences(node, running.inForce.fleet, fold));
    const status = shown.find(({ node_id: nodeId }) => nodeId === id)?.status;
    if (status !== running.inForce.state) {
      found.push(`${name} is shown as ${status ?? 'unknown'}, and is ${running.inForce.state}`);
    }
  }
  return found;
}

async function nodesShownBy(server: Server): Promise<readonly NodeInfo[]> {
  const request = makeRequest({ method: 'GET', path: '/api/v1/nodes' }, new AbortController().signal);
  const response = await server.fetch(request);
  return (await response.json()) as readonly NodeInfo[];
}

function settingsDifferences(
  { name, folder, place }: SimulatedNode,
  runs: FleetSettings,
  fold: FleetState,
): string[] {
  const where = { id: folder.nodeId ?? '', ...place };
  const mode = fold.modes.modeOf(where);
  const { revision, layers } = fold.policies.orderFor(where);
  const found = runs.mode === mode ? [] : [`${name} is in mode ${runs.mode}, not ${mode}`];
  if (JSON.stringify(runs.layers) !== JSON.stringify(layers) || runs.revision !== revision) {
    found.push(`${name} runs revision ${runs.revision}, not ${revision}`);
  }
  return found;
}
