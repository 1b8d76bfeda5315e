/** A limit that three nodes and their orchestrator hold together. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readResponse, requestText } from '../support/messages.ts';
import type { OrchestratorProcess } from '../support/orchestrator-process.ts';
import type { Stand } from '../support/stand.ts';
import { ThreeNodes } from '../support/three-nodes.ts';
import { until } from '../support/until.ts';

const NODES = 3;
const COUNT = 60;
const WINDOW_MS = 6000;
const SHARE = 0.25;
const OWN = COUNT * SHARE;
/** See docs/limits.md. */
const BOUND = COUNT * (1 + (NODES - 1) * SHARE);
/** How long a node goes by the word of an orchestrator that is gone. */
const LEASE_MS = 5000;

const LIMIT = {
  name: 'together',
  algorithm: 'sliding_window',
  scope: 'fleet',
  count: COUNT,
  window_seconds: WINDOW_MS / 1000,
  fleet_share: SHARE,
};

describe('a fleet of three nodes with a limit in common', { timeout: 180_000 }, () => {
  let orchestrator: OrchestratorProcess;
  let fleet: ThreeNodes;
  let stands: readonly Stand[] = [];
  before(async () => {
    fleet = await ThreeNodes.open({ limits: [LIMIT], waf: { enabled: false } });
    ({ orchestrator, stands } = fleet);
    // Another client, so that all nodes agree on the keys, and the orchestrator has learnt what it has to.
    await until(
      'a node that gets more than its share',
      () => floodFor([stands[0]!], '127.9.0.9', 500),
      (admitted) => admitted > OWN,
      60_000,
    );
  });
  after(() => fleet.close());

  /** Asks all of these nodes in turn, over one connection each, for so long; how many requests were admitted. */
  async function floodFor(asked: readonly Stand[], from: string, durationMs: number): Promise<number> {
    const wires = await Promise.all(asked.map((stand) => stand.connect({ from })));
    const endMs = performance.now() + durationMs;
    let admitted = 0;
    while (performance.now() < endMs) {
      for (const wire of wires) {
        wire.write(requestText('GET', '/', {}, ''));
        const { status } = await readResponse(wire, 'GET');
        assert.ok(status === 200 || status === 429, `${status}`);
        if (status === 200) admitted += 1;
      }
    }
    for (const wire of wires) wire.close();
    return admitted;
  }

  it('admits no more than the bound, and nearly all of the limit, of a client that is on all of them', async () => {
    const admitted = await floodFor(stands, '127.9.0.1', 0.8 * WINDOW_MS);
    assert.ok(admitted <= BOUND && admitted >= 0.9 * COUNT, `${admitted}`);
  });

  it('admits nearly all of the limit, and no more, of a client that stays on one of them', async () => {
    const admitted = await floodFor([stands[1]!], '127.9.0.2', 0.8 * WINDOW_MS);
    assert.ok(admitted <= COUNT && admitted >= 0.9 * COUNT, `${admitted}`);
  });

  it('tells in its metrics what is exchanged', async () => {
    const { node } = stands[1]!;
    assert.ok((await node.metric('secbeat_fleet_limit_reports_total', { result: 'answered' })) > 0);
    assert.ok((await node.metric('secbeat_fleet_limit_keys')) >= 1);
    assert.equal(await node.metric('secbeat_fleet_limit_fallback'), 0);
  });

  it('admits the share of each node once the orchestrator is gone', async () => {
    await orchestrator.kill();
    for (const stand of stands) {
      const admitted = await floodFor([stand], '127.9.0.3', 1500);
      assert.equal(admitted, OWN);
    }
    const { node } = stands[2]!;
    await node.untilMetric('secbeat_fleet_limit_fallback', {}, (value) => value === 1);
  });

  it('admits the whole again when it is back, with what nodes have used meanwhile', async () => {
    await orchestrator.startAgain();
    await until(
      'a node that gets nearly the whole',
      () => floodFor([stands[0]!], '127.9.0.4', WINDOW_MS + LEASE_MS),
      (admitted) => admitted >= 0.9 * COUNT,
      60_000,
    );
    await stands[0]!.node.untilMetric('secbeat_fleet_limit_fallback', {}, (value) => value === 0);
  });
});
