/** Whatever nodes, operators and orchestrators do: a canary is never skipped, and what was rolled back runs nowhere. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { PLAN, RolloutTrial } from './testing/rollout-trial.ts';

const NODES = 6;
const node = fc.integer({ min: 0, max: NODES - 1 });

const event = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 90 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('condition' as const),
      node,
      condition: fc.constantFrom('ready', 'ready', 'silent', 'leaving', 'joining', 'dead' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('takes' as const),
      node,
      takes: fc.constantFrom('applies', 'applies', 'ignores', 'refuses' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('blocks' as const),
      node,
      blocks: fc.integer({ min: 0, max: 100 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('pause', 'resume', 'restart', 'silence', 'heard' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rollback' as const) }) },
);

type Event = typeof event extends fc.Arbitrary<infer Value> ? Value : never;

function apply(trial: RolloutTrial, happens: Event): void {
  const revision = trial.policies.rollout?.revision ?? 0;
  switch (happens.kind) {
    case 'condition':
      trial.nodes[happens.node]!.condition = happens.condition;
      break;
    case 'takes':
      trial.nodes[happens.node]!.takes = happens.takes;
      break;
    case 'blocks':
      trial.nodes[happens.node]!.traffic = () => ({ blocks: happens.blocks });
      break;
    case 'pause':
      trial.fold({ kind: 'rollout_paused', revision, reason: 'why' });
      break;
    case 'resume':
      trial.fold({ kind: 'rollout_resumed', revision });
      break;
    case 'rollback':
      trial.fold({ kind: 'rollout_ended', revision, outcome: 'rolled_back', reason: 'by hand' });
      break;
    case 'restart':
      trial.restart();
      break;
    case 'silence':
    case 'heard':
      trial.massSilence = happens.kind === 'silence';
      break;
    case 'pass':
      break;
  }
}

/** When each node first said that it has the revision in force. */
class Acknowledged {
  readonly #sinceMs = new Map<string, number>();

  note({ nodes, nowMs }: RolloutTrial): void {
    for (const { place, appliedRevision } of nodes) {
      if (appliedRevision === 1 && !this.#sinceMs.has(place.id)) this.#sinceMs.set(place.id, nowMs);
    }
  }

  /** Whether one of these nodes has had it for as long as a step is observed. */
  observed(ids: readonly string[], nowMs: number): boolean {
    return ids.some((id) => (this.#sinceMs.get(id) ?? nowMs) <= nowMs - PLAN.observe_seconds * 1000);
  }
}

function check(trial: RolloutTrial, known: number, acknowledged: Acknowledged): void {
  const steps = trial.entries.filter((body) => body.kind === 'rollout_step');
  const canary = steps[0]?.nodes ?? [];
  for (const body of trial.entries.slice(known)) {
    const further = body.kind === 'rollout_step' && body.step > 0;
    const complete = body.kind === 'rollout_ended' && body.outcome === 'complete';
    if (further || complete) assert.ok(acknowledged.observed(canary, trial.nowMs), 'the canary was observed');
  }
  const end = trial.entries.find((body) => body.kind === 'rollout_ended');
  const reached = new Set(end === undefined ? steps.flatMap(({ nodes }) => nodes) : []);
  const everywhere = end?.outcome === 'complete';
  for (const { place } of trial.nodes) {
    const runs = trial.policies.orderFor(place).revision === 1;
    assert.equal(runs, everywhere || reached.has(place.id));
  }
}

it('no node has a revision before its canary has had it in force and was observed', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 10, maxLength: 60 }), (events) => {
      const trial = RolloutTrial.started(NODES);
      const acknowledged = new Acknowledged();
      for (const happens of events) {
        if (trial.policies.rollout === null) break;
        apply(trial, happens);
        const seconds = happens.kind === 'pass' ? happens.seconds : 1;
        for (let second = 0; second < seconds; second++) {
          const known = trial.entries.length;
          const paused = trial.policies.rollout?.paused ?? null;
          trial.passMs(1000);
          if (paused !== null || trial.massSilence) assert.equal(trial.entries.length, known);
          check(trial, known, acknowledged);
          acknowledged.note(trial);
        }
      }
    }),
    { numRuns: 200 },
  );
});

it('a rollout that is left alone comes to an end', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 10, maxLength: 40 }), (events) => {
      const trial = RolloutTrial.started(NODES);
      for (const happens of events) {
        if (trial.policies.rollout === null) break;
        apply(trial, happens);
        trial.passMs(happens.kind === 'pass' ? happens.seconds * 1000 : 1000);
      }
      trial.massSilence = false;
      if (trial.policies.rollout?.paused != null) trial.fold({ kind: 'rollout_resumed', revision: 1 });
      trial.run();
      assert.equal(trial.policies.rollout, null);
    }),
    { numRuns: 100 },
  );
});
