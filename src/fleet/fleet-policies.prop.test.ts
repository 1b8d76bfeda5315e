/** Any entries in any order: whatever of them fits is folded, and the rules of a rollout hold all the while. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { EntryBody } from '../messages/ledger-entry.ts';
import { FleetPolicies } from './fleet-policies.ts';

const BY = { kind: 'system', id: 'test' } as const;
const NODES = ['a', 'b', 'c', 'd'];
const PLAN = {
  shares: [0.1, 0.5, 1],
  observe_seconds: 0,
  limits: { block_share_rise_max: 0, error_share_rise_max: 0, latency_factor_max: 1 },
};

const scope = fc.constantFrom('fleet', 'group:web', 'node:a');
const revision = fc.integer({ min: 1, max: 6 });
const entry: fc.Arbitrary<EntryBody> = fc.oneof(
  fc.record({
    kind: fc.constant('policy_accepted' as const),
    ...{
      revision,
      scope,
      toml: fc.constantFrom('', 'a = 1'),
      based_on: fc.constant(0),
      note: fc.constant(''),
    },
  }),
  fc.record({ kind: fc.constant('rollout_started' as const), revision, plan: fc.constant(PLAN) }),
  fc.record({
    kind: fc.constant('rollout_step' as const),
    ...{ revision, step: fc.integer({ min: 0, max: 3 }), nodes: fc.subarray(NODES) },
  }),
  fc.record({ kind: fc.constant('rollout_paused' as const), revision, reason: fc.constant('why') }),
  fc.record({ kind: fc.constant('rollout_resumed' as const), revision }),
  fc.record({
    kind: fc.constant('rollout_ended' as const),
    ...{
      revision,
      reason: fc.constant('why'),
      outcome: fc.constantFrom('complete' as const, 'rolled_back' as const),
    },
  }),
);

function layersOf(policies: FleetPolicies, id: string): string {
  const { layers } = policies.orderFor({ id, group: 'web', region: null, tags: [] });
  return layers.map((layer) => `${layer.scope}=${layer.revision}`).join(' ');
}

/** All that a node could be told, of each node. */
function allOf(policies: FleetPolicies): readonly string[] {
  return NODES.map((id) => layersOf(policies, id));
}

it('no entry but a step or an end changes what a node runs, and a step only for its nodes', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), (bodies) => {
      const policies = new FleetPolicies();
      for (const [nth, body] of bodies.entries()) {
        const before = allOf(policies);
        const { rollout } = policies;
        policies.apply({ at_ms: nth, by: BY, body });
        const changed = NODES.filter((id, index) => layersOf(policies, id) !== before[index]);
        if (body.kind === 'rollout_step') {
          assert.ok(changed.every((id) => body.nodes.includes(id)));
          if (rollout === null || rollout.paused !== null) assert.deepEqual(changed, []);
          if (rollout?.step === -1 && body.step !== 0) assert.deepEqual(changed, []);
        } else if (body.kind !== 'rollout_ended') {
          assert.deepEqual(changed, []);
        }
      }
    }),
  );
});

it('a revision that was rolled back runs nowhere', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), (bodies) => {
      const policies = new FleetPolicies();
      for (const [nth, body] of bodies.entries()) {
        const ended = body.kind === 'rollout_ended' && policies.rollout?.revision === body.revision;
        policies.apply({ at_ms: nth, by: BY, body });
        if (!ended || body.outcome === 'complete') continue;
        assert.equal(policies.rollout, null);
        for (const layers of allOf(policies)) {
          assert.ok(!layers.split(' ').some((layer) => layer.endsWith(`=${body.revision}`)));
        }
      }
    }),
  );
});
