import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Candidate } from './balance.ts';
import { LeastConnections } from './least-connections.ts';

const candidate = fc.record({
  id: fc.constant('o'),
  share: fc.integer({ min: 0, max: 5 }),
  load: fc.integer({ min: 0, max: 50 }),
  latencyMs: fc.constant(0),
});

describe('least connections', () => {
  it('picks an origin than which none has room for less', () => {
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 12 }), (group) => {
        const place = new LeastConnections().pick(group);
        const eligible = group.filter(({ share }) => share > 0);
        if (eligible.length === 0) {
          assert.equal(place, -1);
          return;
        }
        const cost = ({ load, share }: Candidate): number => (load + 1) / share;
        assert.equal(cost(group[place]!), Math.min(...eligible.map(cost)));
      }),
    );
  });

  it('takes turns among equals', () => {
    const balance = new LeastConnections();
    const group = ['a', 'b', 'c'].map((id) => ({ id, share: 1, load: 0, latencyMs: 0 }));
    const picks = Array.from({ length: 6 }, () => balance.pick(group));
    assert.deepEqual(picks, [0, 1, 2, 0, 1, 2]);
  });
});
