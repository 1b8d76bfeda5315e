import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerProbe, type HealthFacts, type Probe } from './health.ts';

describe('probes', () => {
  it('answer by workers and state', () => {
    const table: readonly [HealthFacts['state'], number, Record<Probe, number>][] = [
      ['Starting', 0, { health: 503, ready: 503, live: 200 }],
      ['Starting', 2, { health: 200, ready: 200, live: 200 }],
      ['Active', 2, { health: 200, ready: 200, live: 200 }],
      ['Active', 0, { health: 503, ready: 503, live: 200 }],
      ['Draining', 2, { health: 200, ready: 503, live: 200 }],
      ['Terminating', 2, { health: 200, ready: 503, live: 200 }],
    ];
    for (const [state, workersAlive, expected] of table) {
      for (const probe of ['health', 'ready', 'live'] as const) {
        const { httpStatus } = answerProbe(probe, { state, workersAlive }, 0);
        assert.equal(httpStatus, expected[probe], `${state} with ${workersAlive} workers: ${probe}`);
      }
    }
  });

  it('say what, who and when, and nothing else', () => {
    assert.deepEqual(answerProbe('ready', { state: 'Active', workersAlive: 1 }, 0).body, {
      status: 'ready',
      service: 'mitigation-node',
      timestamp: '1970-01-01T00:00:00.000Z',
    });
  });
});
