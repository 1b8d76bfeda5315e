import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { EntryBody } from '../messages/ledger-entry.ts';
import { FleetPolicies } from './fleet-policies.ts';

const BY = { kind: 'system', id: 'test' } as const;
const PLAN = {
  shares: [0.1, 0.5, 1],
  observe_seconds: 60,
  limits: { block_share_rise_max: 0.05, error_share_rise_max: 0.02, latency_factor_max: 2 },
};

function placeOf(id: string, group = 'default') {
  return { id, group, region: null, tags: [] };
}

describe('the policies of a fleet', () => {
  let policies: FleetPolicies;
  let nowMs: number;
  beforeEach(() => {
    policies = new FleetPolicies();
    nowMs = 1000;
  });
  const decide = (...bodies: readonly EntryBody[]): void => {
    for (const body of bodies) policies.apply({ at_ms: nowMs, by: BY, body });
  };
  const accept = (revision: number, scope: string, toml = `# ${revision}`, basedOn = 0): void =>
    decide(
      { kind: 'policy_accepted', revision, scope, toml, based_on: basedOn, note: '' },
      { kind: 'rollout_started', revision, plan: PLAN },
    );
  const take = (revision: number, step: number, ...nodes: string[]): void =>
    decide({ kind: 'rollout_step', revision, step, nodes });
  const end = (revision: number, outcome: 'complete' | 'rolled_back' = 'complete'): void =>
    decide({ kind: 'rollout_ended', revision, outcome, reason: 'a test' });
  const run = (id: string, group?: string): readonly number[] =>
    policies.orderFor(placeOf(id, group)).layers.map(({ revision }) => revision);

  it('reach the nodes of the steps taken so far, and all once they are complete', () => {
    accept(1, 'fleet');
    assert.deepEqual([run('a'), run('b')], [[], []]);
    take(1, 0, 'a');
    assert.deepEqual([run('a'), run('b')], [[1], []]);
    take(1, 1, 'b');
    assert.deepEqual(policies.rollout?.nodes, ['a', 'b']);
    assert.deepEqual(policies.rollout?.step_nodes, ['b']);
    assert.deepEqual(run('c'), []);
    end(1);
    assert.deepEqual([run('a'), run('c')], [[1], [1]]);
    assert.equal(policies.stableOf('fleet'), 1);
  });

  it('are what they were before, everywhere, after one was rolled back', () => {
    accept(1, 'fleet');
    end(1);
    accept(2, 'fleet', '# 2', 1);
    take(2, 0, 'a');
    assert.deepEqual([run('a'), run('b')], [[2], [1]]);
    end(2, 'rolled_back');
    assert.deepEqual([run('a'), run('b')], [[1], [1]]);
    assert.equal(policies.endOf(2)?.reason, 'a test');
    assert.equal(policies.headOf('fleet'), 1);
  });

  it('lie over each other, the narrowest on top, and a node acknowledges the newest of them', () => {
    accept(1, 'node:a');
    end(1);
    accept(2, 'fleet');
    end(2);
    accept(3, 'group:web');
    end(3);
    assert.deepEqual(run('a', 'web'), [2, 3, 1]);
    assert.equal(policies.orderFor(placeOf('a', 'web')).revision, 3);
    assert.deepEqual(run('a'), [2, 1]);
  });

  it('come one rollout at a time', () => {
    accept(1, 'fleet');
    decide({ kind: 'rollout_started', revision: 1, plan: PLAN });
    accept(2, 'group:web');
    assert.equal(policies.rollout?.revision, 1);
    assert.equal(policies.newest, 2);
  });

  it('skip no canary, and take no step while they wait', () => {
    accept(1, 'fleet');
    take(1, 1, 'b');
    assert.deepEqual(run('b'), []);
    decide({ kind: 'rollout_paused', revision: 1, reason: 'lunch' });
    take(1, 0, 'a');
    assert.deepEqual(run('a'), []);
    nowMs = 2000;
    decide({ kind: 'rollout_resumed', revision: 1 });
    assert.equal(policies.rollout?.step_at_ms, 2000);
    take(1, 0, 'a');
    assert.deepEqual(run('a'), [1]);
  });

  it('may leave out a step that brings nobody, but go to no step that the plan has not', () => {
    accept(1, 'fleet');
    take(1, 0, 'a');
    take(1, 2, 'b');
    assert.deepEqual(run('b'), [1]);
    take(1, 3, 'c');
    assert.deepEqual(run('c'), []);
  });

  it('lose a layer by an empty text, once that is everywhere', () => {
    accept(1, 'group:web');
    end(1);
    accept(2, 'group:web', ' \n', 1);
    take(2, 0, 'a');
    assert.equal(policies.headOf('group:web'), 2);
    end(2);
    assert.deepEqual(policies.scopes(), []);
    assert.deepEqual(run('a', 'web'), []);
    assert.equal(policies.headOf('group:web'), 0);
  });

  it('count on without a gap', () => {
    accept(5, 'fleet');
    assert.equal(policies.newest, 0);
  });

  it('are kept as long as they are in force, and otherwise for a while', () => {
    accept(1, 'fleet');
    end(1);
    for (let revision = 2; revision <= 300; revision++) {
      accept(revision, 'group:web');
      end(revision, 'rolled_back');
    }
    assert.notEqual(policies.get(1), undefined);
    assert.equal(policies.get(2), undefined);
    assert.equal(policies.revisions().length, 200);
  });

  it('are the same after a snapshot', () => {
    accept(1, 'fleet');
    end(1);
    accept(2, 'fleet', '# 2', 1);
    take(2, 0, 'a');
    const other = new FleetPolicies();
    other.restore(JSON.parse(JSON.stringify(policies.snapshot())));
    assert.deepEqual(other.snapshot(), policies.snapshot());
    assert.deepEqual(other.orderFor(placeOf('a')), policies.orderFor(placeOf('a')));
    assert.deepEqual(other.orderFor(placeOf('b')), policies.orderFor(placeOf('b')));
  });
});
