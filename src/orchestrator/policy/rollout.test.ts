import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ACKNOWLEDGE_MS, PLAN, RolloutTrial, WAIT_FOR_NODES_MS } from './testing/rollout-trial.ts';

/** A rollout that ended must have done so for this reason. */
function assertRolledBack(trial: RolloutTrial, reason: RegExp): void {
  const decision = trial.run();
  assert.ok(decision?.kind === 'end' && decision.outcome === 'rolled_back', JSON.stringify(decision));
  assert.match(decision.reason, reason);
  for (const { place } of trial.nodes) assert.equal(trial.policies.orderFor(place).revision, 0);
}

describe('a rollout', () => {
  it('goes from a canary over a share to all, each acknowledged and observed', () => {
    const trial = RolloutTrial.started(20);
    const beganMs = trial.nowMs;
    assert.deepEqual(trial.run(), {
      kind: 'end',
      outcome: 'complete',
      reason: 'in force on 20 nodes of fleet',
    });
    assert.deepEqual(trial.steps(), [2, 8, 10]);
    assert.ok(trial.nowMs - beganMs >= 3 * PLAN.observe_seconds * 1000);
    assert.equal(trial.policies.stableOf('fleet'), 1);
  });

  it('begins with one node at least, and never with all of several', () => {
    const half = { ...PLAN, shares: [0.99, 1] };
    for (const [count, steps] of [
      [1, [1]],
      [2, [1, 1]],
      [3, [2, 1]],
    ] as const) {
      const trial = RolloutTrial.started(count, half);
      trial.run();
      assert.deepEqual(trial.steps(), steps);
    }
  });

  it('is complete at once where no node is in its scope', () => {
    const trial = new RolloutTrial(2);
    trial.accept(PLAN, 'group:nobody');
    const decision = trial.run();
    assert.ok(decision?.kind === 'end' && decision.outcome === 'complete');
    assert.match(decision.reason, /^no node is in group:nobody/);
  });

  it('stays within its scope', () => {
    const trial = new RolloutTrial(10);
    trial.accept(PLAN, 'group:even');
    trial.run();
    assert.deepEqual(
      trial.nodes.map(({ appliedRevision }) => appliedRevision),
      [1, 0, 1, 0, 1, 0, 1, 0, 1, 0],
    );
  });

  it('is rolled back when a node refuses, and says which and why', () => {
    const trial = RolloutTrial.started(20);
    for (const node of trial.nodes) node.takes = 'refuses';
    assertRolledBack(trial, /^refused by node node-\d+: it makes no sense here$/);
    assert.deepEqual(trial.steps(), [2]);
  });

  it('is rolled back when a living node does not acknowledge in time', () => {
    const trial = RolloutTrial.started(20);
    for (const node of trial.nodes) node.takes = 'ignores';
    const beganMs = trial.nowMs;
    assertRolledBack(trial, /^not acknowledged within 80 s by node /);
    assert.ok(trial.nowMs - beganMs >= ACKNOWLEDGE_MS);
    assert.deepEqual(trial.steps(), [2]);
  });

  it('is rolled back when a node of the step dies or starts anew', () => {
    for (const [harm, reason] of [
      ['dies', /^nodes of the step died: node node-\d+$/],
      ['restarts', /^nodes of the step started anew: node node-\d+$/],
    ] as const) {
      const trial = RolloutTrial.started(20);
      trial.passMs(20_000);
      const [canary] = trial.reached();
      if (harm === 'dies') canary!.condition = 'dead';
      else canary!.epoch = 2;
      assertRolledBack(trial, reason);
      assert.deepEqual(trial.steps(), [2]);
    }
  });

  it('bears the death of one in a hundred', () => {
    const trial = RolloutTrial.started(400);
    for (let turn = 0; turn < 500 && trial.steps().length < 3; turn++) trial.passMs(1000);
    const ids = trial.policies.rollout?.step_nodes ?? [];
    trial.nodes.find(({ place }) => place.id === ids[0])!.condition = 'dead';
    const decision = trial.run();
    assert.ok(decision?.kind === 'end' && decision.outcome === 'complete', JSON.stringify(decision));
  });

  it('is rolled back when its nodes block, fail or take longer than before', () => {
    for (const [worse, reason] of [
      [{ blocks: 30 }, /^the share of requests that the firewall blocks is .* on node node-/],
      [{ errors: 20 }, /^the share of answers with 5xx is /],
      [{ latencyMs: 60 }, /^the median time to answer is /],
    ] as const) {
      const trial = RolloutTrial.started(20);
      for (const node of trial.nodes) node.traffic = (has) => (has ? worse : {});
      assertRolledBack(trial, reason);
      assert.deepEqual(trial.steps(), [2]);
    }
  });

  it('is not blamed for what happens to all nodes at once', () => {
    for (const attack of [{ blocks: 60 }, { errors: 40 }, { latencyMs: 90 }]) {
      const trial = RolloutTrial.started(20);
      trial.passMs(5000);
      for (const node of trial.nodes) node.traffic = () => attack;
      const decision = trial.run();
      assert.ok(decision?.kind === 'end' && decision.outcome === 'complete', JSON.stringify(decision));
    }
  });

  it('waits for nodes that drain no longer than for others, and leaves them out', () => {
    const trial = RolloutTrial.started(20);
    trial.passMs(3000);
    const [first, second] = trial.reached();
    first!.takes = 'ignores';
    first!.condition = 'leaving';
    assert.ok(second !== undefined);
    assert.equal(trial.run()?.kind, 'end');
    assert.equal(trial.policies.stableOf('fleet'), 1);
  });

  it('leaves silent nodes out after a while, where others of the step remain', () => {
    const trial = RolloutTrial.started(20);
    trial.passMs(3000);
    const [first] = trial.reached();
    first!.condition = 'silent';
    trial.passMs(ACKNOWLEDGE_MS - 10_000);
    assert.deepEqual(trial.steps(), [2]);
    trial.run();
    assert.equal(trial.policies.stableOf('fleet'), 1);
  });

  it('is rolled back where nobody is left to judge by', () => {
    const trial = RolloutTrial.started(20);
    trial.passMs(3000);
    for (const node of trial.reached()) node.condition = 'leaving';
    assertRolledBack(trial, /^no node of the step is left/);
  });

  it('waits for a healthy node to begin with, but not for ever', () => {
    const trial = new RolloutTrial(2);
    for (const node of trial.nodes) node.condition = 'dead';
    trial.accept();
    trial.passMs(WAIT_FOR_NODES_MS - 5000);
    assert.equal(trial.decision?.kind, 'wait');
    assertRolledBack(trial, /was healthy for 600 s/);
    assert.deepEqual(trial.steps(), []);
  });

  it('decides nothing while most of the fleet is silent at once', () => {
    const trial = RolloutTrial.started(20);
    trial.massSilence = true;
    trial.passMs(600_000);
    assert.deepEqual(trial.decision, { kind: 'wait', reason: 'most of the fleet is silent at once' });
    trial.massSilence = false;
    trial.run();
    assert.equal(trial.policies.stableOf('fleet'), 1);
  });

  it('takes no step while it is paused, and observes anew once it goes on', () => {
    const trial = RolloutTrial.started(20);
    trial.passMs(50_000);
    trial.fold({ kind: 'rollout_paused', revision: 1, reason: 'lunch' });
    trial.passMs(600_000);
    assert.deepEqual(trial.decision, { kind: 'wait', reason: 'paused: lunch' });
    assert.deepEqual(trial.steps(), [2]);
    trial.fold({ kind: 'rollout_resumed', revision: 1 });
    trial.passMs(PLAN.observe_seconds * 1000 - 5000);
    assert.deepEqual(trial.steps(), [2]);
    trial.run();
    assert.equal(trial.policies.stableOf('fleet'), 1);
  });

  it('is observed anew by an orchestrator that has just started', () => {
    const trial = RolloutTrial.started(20);
    trial.passMs(50_000);
    trial.restart();
    trial.passMs(PLAN.observe_seconds * 1000 - 5000);
    assert.deepEqual(trial.steps(), [2]);
    trial.run();
    assert.equal(trial.policies.stableOf('fleet'), 1);
  });

  it('is judged by the other nodes where nothing is known from before', () => {
    const trial = RolloutTrial.started(20);
    trial.passMs(20_000);
    trial.restart();
    for (const node of trial.nodes) node.traffic = (has) => (has ? { blocks: 30 } : {});
    assertRolledBack(
      trial,
      /^the share of requests that the firewall blocks is 30\.0 %, where 1\.0 % was to be expected/,
    );
  });
});
