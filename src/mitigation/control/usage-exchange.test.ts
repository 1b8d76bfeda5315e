/** How near all nodes together come to a fleet-wide limit, and what they do alone. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type SimulatedNode, SimulatedUsage } from './testing/simulated-usage.ts';

const LIMIT = { count: 60, windowSeconds: 10, share: 0.25 };
const OWN = 15;

/** Five milliseconds there and as many back. */
const LINK = { there: () => [5], back: () => [5] };

function createFleet(nodes: number): { fleet: SimulatedUsage; nodes: readonly SimulatedNode[] } {
  const fleet = new SimulatedUsage(LIMIT);
  fleet.orchestrate(true);
  return { fleet, nodes: Array.from({ length: nodes }, (_, index) => fleet.node(`${index}`, LINK)) };
}

/** Requests to each of these nodes, every 50 ms; how many were admitted. */
async function flood(
  fleet: SimulatedUsage,
  nodes: readonly SimulatedNode[],
  durationMs: number,
): Promise<number> {
  let admitted = 0;
  for (let passedMs = 0; passedMs < durationMs; passedMs += 50) {
    for (const node of nodes) if (node.ask()) admitted += 1;
    await fleet.pass(50);
  }
  return admitted;
}

describe('a fleet-wide limit', () => {
  it('is wholly there for a client that stays on one node', async () => {
    const { fleet, nodes } = createFleet(3);
    await fleet.pass(6000);
    assert.equal(await flood(fleet, [nodes[0]!], 9000), LIMIT.count);
  });

  it('is not exceeded by more than its bound, and soon not at all, by a client that is on all nodes', async () => {
    const { fleet, nodes } = createFleet(3);
    await fleet.pass(6000);
    const first = await flood(fleet, nodes, 9000);
    assert.ok(first >= 0.9 * LIMIT.count && first <= LIMIT.count + 2 * OWN, `${first}`);
    await flood(fleet, nodes, 30_000);
    const windows = [await flood(fleet, nodes, 10_000), await flood(fleet, nodes, 10_000)];
    for (const later of windows) {
      // A window forgets a seventh late, here as on a single node.
      assert.ok(later <= LIMIT.count && later >= 0.9 * ((7 / 8) * LIMIT.count), `${later}`);
    }
  });

  it('is shared by more nodes than it has shares, without a part of it for each that begins anew', async () => {
    const { fleet, nodes } = createFleet(12);
    await fleet.pass(6000);
    await flood(fleet, nodes, 40_000);
    const later = await flood(fleet, nodes, 10_000);
    assert.ok(later <= 1.1 * LIMIT.count && later >= 0.75 * LIMIT.count, `${later}`);
  });

  it('follows a client from one node to the next', async () => {
    const { fleet, nodes } = createFleet(2);
    await fleet.pass(6000);
    await flood(fleet, [nodes[0]!], 20_000);
    await fleet.pass(12_000);
    assert.ok((await flood(fleet, [nodes[1]!], 9000)) >= 0.9 * LIMIT.count);
  });

  it('leaves each node its share while there is no orchestrator, and says so', async () => {
    const { fleet, nodes } = createFleet(3);
    fleet.orchestrate(false);
    for (const node of nodes) assert.equal(await flood(fleet, [node], 9000), OWN);
    assert.equal(nodes[2]!.usage.read(Number.MAX_SAFE_INTEGER)?.fallback, true);
  });

  it('leaves a node its share that has not heard of the fleet yet, whose keys are its own', async () => {
    const { fleet } = createFleet(0);
    let ledgerId = '';
    const node = fleet.node('new', LINK, () => ledgerId);
    await fleet.pass(6000);
    assert.equal(await flood(fleet, [node], 9000), OWN);
    assert.equal(fleet.allotments?.keys, 0);
    ledgerId = 'ledger';
    await fleet.pass(20_000);
    assert.equal(await flood(fleet, [node], 9000), LIMIT.count);
  });

  it('goes back to the shares when the orchestrator goes, and to the whole when it comes again', async () => {
    const { fleet, nodes } = createFleet(3);
    await fleet.pass(6000);
    assert.equal(await flood(fleet, [nodes[0]!], 9000), LIMIT.count);
    fleet.orchestrate(false);
    await fleet.pass(20_000);
    assert.equal(await flood(fleet, [nodes[0]!], 9000), OWN);
    fleet.orchestrate(true);
    await fleet.pass(20_000);
    assert.equal(await flood(fleet, [nodes[0]!], 9000), LIMIT.count);
    assert.ok(fleet.most() <= LIMIT.count + 2 * OWN);
  });

  it('says nothing of keys that are little used, and forgets those that were', async () => {
    const { fleet, nodes } = createFleet(1);
    await fleet.pass(6000);
    for (let turn = 0; turn < OWN / 2 - 1; turn++) nodes[0]!.ask();
    await fleet.pass(1000);
    assert.equal(fleet.allotments?.keys, 0);
    await flood(fleet, nodes, 1000);
    assert.equal(fleet.allotments?.keys, 1);
    await fleet.pass(15_000);
    assert.equal(fleet.allotments?.keys, 0);
    assert.equal(nodes[0]!.usage.read(0)?.keys, 0);
  });
});
