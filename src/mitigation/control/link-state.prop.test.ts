import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { BACK_OFF_MAX_MS } from '../../core/back-off.ts';
import { type Errand, initialLinkState, type LinkEvent, type LinkRules, stepLink } from './link-state.ts';

const arbitraryRules: fc.Arbitrary<LinkRules> = fc.record({
  retryIntervalMs: fc.integer({ min: 1, max: 120_000 }),
  maxRetries: fc.integer({ min: 0, max: 8 }),
  intervalMs: fc.integer({ min: 50, max: 120_000 }),
  maxMissed: fc.integer({ min: 1, max: 5 }),
});

type Fate = 'success' | 'failure' | 'unknown' | 'hurry' | 'poll_unknown';

const arbitraryFate: fc.Arbitrary<Fate> = fc.constantFrom(
  'success',
  'failure',
  'unknown',
  'hurry',
  'poll_unknown',
);

/** What the message under way turns into. */
function outcome(errand: Errand, fate: Fate, intervalMs: number): LinkEvent {
  if (errand === 'register') {
    return fate === 'success'
      ? { kind: 'registered', intervalMs }
      : { kind: 'register_failed', pauseMinMs: 0 };
  }
  if (fate === 'success') return { kind: 'beat_answered', impatient: false };
  return fate === 'unknown' ? { kind: 'beat_unknown' } : { kind: 'beat_failed', pauseMinMs: 0 };
}

it('sends one message at a time, never rests for more than its longest pause, and calls the link lost rightly', () => {
  const arbitraryWorld = fc.record({
    rules: arbitraryRules,
    fates: fc.array(arbitraryFate, { maxLength: 80 }),
    random: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
  fc.assert(
    fc.property(arbitraryWorld, ({ rules, fates, random }) => {
      let nowMs = 0;
      let state = initialLinkState(rules);
      let underWay: Errand | null = null;
      let failuresInARow = 0;
      const take = (event: LinkEvent): void => {
        const step = stepLink(state, event, { nowMs, random: () => random, rules });
        if (step.send !== null) {
          assert.equal(underWay, null, 'two messages at once');
          underWay = step.send;
        }
        state = step.state;
        assert.equal(state.underWay?.errand ?? null, underWay);
        assert.ok(state.next !== null || state.underWay !== null, 'the link has gone to sleep for good');
      };
      take({ kind: 'start' });
      for (const fate of fates) {
        if (fate === 'hurry') take({ kind: 'hurry' });
        else if (fate === 'poll_unknown') {
          take({ kind: 'poll_unknown' });
          // The orchestrator has answered, if only that it does not know the node.
          failuresInARow = 0;
        } else if (underWay !== null) {
          const errand: Errand = underWay;
          const wasRegistered = state.registered;
          const counts = errand === 'register' || state.stage === 'beating';
          const event = outcome(errand, fate, rules.intervalMs);
          underWay = null;
          if (event.kind === 'beat_failed' || event.kind === 'register_failed') {
            failuresInARow += wasRegistered && counts ? 1 : 0;
          } else {
            failuresInARow = 0;
          }
          take(event);
          if (failuresInARow >= rules.maxMissed) assert.equal(state.lost, true);
          if (event.kind === 'registered') assert.equal(state.lost, false);
        }
        if (underWay === null && state.next !== null) {
          const longestMs = Math.max(BACK_OFF_MAX_MS, rules.intervalMs);
          assert.ok(state.next.atMs - nowMs <= longestMs, 'it rests for too long');
          nowMs = Math.max(nowMs, state.next.atMs);
          take({ kind: 'tick' });
        }
      }
    }),
  );
});
