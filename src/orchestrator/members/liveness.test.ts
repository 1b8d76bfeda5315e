import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { INTENTS, LIVENESS, REPORTED_STATUSES } from '../../messages/node-words.ts';
import { RULE } from '../testing/simulated-fleet.ts';
import { isEnding, judgeSilence, observe, publishedStatus, toleranceMs } from './liveness.ts';

describe('silence', () => {
  it('is tolerated for all intervals that may be missed and the time that one heartbeat may take', () => {
    assert.equal(toleranceMs(RULE), 100_000);
  });

  it('means nothing for one interval, late beyond it, suspect beyond all, and more beyond the tolerance only', () => {
    const judged = [0, 30_000, 30_001, 90_000, 90_001, 100_000, 100_001].map((silenceMs) =>
      judgeSilence(silenceMs, RULE),
    );
    assert.deepEqual(judged, ['alive', 'alive', 'late', 'late', 'suspect', 'suspect', 'silent']);
  });

  it('beyond the tolerance is only suspect until somebody declares the node dead', () => {
    for (const silenceMs of [90_001, 100_001]) assert.equal(observe(silenceMs, false, RULE), 'suspect');
    assert.equal(observe(0, true, RULE), 'dead');
  });
});

describe('the published status', () => {
  it('is Dead whenever that is observed, whatever else is said', () => {
    for (const reported of REPORTED_STATUSES) {
      for (const intent of INTENTS) {
        assert.equal(publishedStatus({ reported, intent, liveness: 'dead' }), 'Dead');
      }
    }
  });

  it('follows what is intended or reported, the later stage first', () => {
    const cases = [
      ['Active', 'run', 'Active'],
      ['Registered', 'run', 'Registered'],
      ['Starting', 'run', 'Starting'],
      ['Active', 'drain', 'Draining'],
      ['Draining', 'run', 'Draining'],
      ['Draining', 'terminate', 'Terminating'],
      ['Terminating', 'drain', 'Terminating'],
      ['Active', 'terminate', 'Terminating'],
    ] as const;
    for (const [reported, intent, expected] of cases) {
      assert.equal(publishedStatus({ reported, intent, liveness: 'alive' }), expected);
    }
  });

  it('is not changed by lateness or suspicion', () => {
    for (const liveness of LIVENESS.filter((word) => word !== 'dead')) {
      assert.equal(publishedStatus({ reported: 'Active', intent: 'run', liveness }), 'Active');
    }
  });
});

it('counts a node as ending when it says so or is told so', () => {
  assert.equal(isEnding({ reported: 'Terminating', intent: 'run' }), true);
  assert.equal(isEnding({ reported: 'Active', intent: 'terminate' }), true);
  assert.equal(isEnding({ reported: 'Draining', intent: 'drain' }), false);
});
