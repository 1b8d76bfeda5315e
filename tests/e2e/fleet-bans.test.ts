/** Bans that one node or the orchestrator makes, on all nodes of the fleet. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { OrchestratorProcess } from '../support/orchestrator-process.ts';
import type { Stand } from '../support/stand.ts';
import { ThreeNodes } from '../support/three-nodes.ts';
import { until } from '../support/until.ts';

/** From the answer that a ban stands to its being in force everywhere. */
const BOUND_MS = 1000;

describe('a fleet of three nodes', { timeout: 120_000 }, () => {
  let orchestrator: OrchestratorProcess;
  let fleet: ThreeNodes;
  let stands: readonly Stand[] = [];
  before(async () => {
    fleet = await ThreeNodes.open();
    ({ orchestrator, stands } = fleet);
  });
  after(() => fleet.close());

  /** Milliseconds until all nodes do with an address what they should. */
  async function untilAll(from: string, served: boolean): Promise<number> {
    const startMs = performance.now();
    for (const stand of stands) {
      await until(
        `${from} ${served ? 'served' : 'banned'}`,
        () => stand.serves({ from }),
        (is) => is === served,
      );
    }
    return performance.now() - startMs;
  }

  it('enforces everywhere what is banned on one of them, and lets go everywhere', async () => {
    const from = '127.7.0.1';
    await untilAll(from, true);
    const first = stands[0]!.node;
    const ban = { ip: from, reason: 'a try', duration_seconds: 600 };
    assert.equal((await first.manage('POST', '/api/v1/blacklist', ban)).status, 200);
    const bannedMs = await untilAll(from, false);
    assert.ok(bannedMs < BOUND_MS, `${bannedMs} ms`);
    const lifted = await stands[1]!.node.manage('DELETE', `/api/v1/blacklist/${from}`);
    assert.equal(lifted.status, 200);
    const liftedMs = await untilAll(from, true);
    assert.ok(liftedMs < BOUND_MS, `${liftedMs} ms`);
  });

  it('enforces what the orchestrator is told', async () => {
    const from = '127.7.0.2';
    await orchestrator.call('POST', '/rules/block_ip', { ip: from, reason: 'a try', ttl_seconds: 600 });
    const bannedMs = await untilAll(from, false);
    assert.ok(bannedMs < BOUND_MS, `${bannedMs} ms`);
  });

  it('loses no ban with an orchestrator that is killed, and catches up when it is back', async () => {
    const [before, during] = ['127.7.0.3', '127.7.0.4'];
    await orchestrator.call('POST', '/rules/block_ip', { ip: before, reason: 'a try', ttl_seconds: 600 });
    await orchestrator.kill();
    const ban = { ip: during, reason: 'found meanwhile', duration_seconds: 600 };
    assert.equal((await stands[2]!.node.manage('POST', '/api/v1/blacklist', ban)).status, 200);
    await orchestrator.startAgain();
    await untilAll(before, false);
    await untilAll(during, false);
  });
});
