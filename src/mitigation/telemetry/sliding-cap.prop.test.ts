import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SlidingCap } from './sliding-cap.ts';

describe('sliding cap', () => {
  it('never lets more through than its count in any window', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 300 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 10 }), (pauses, countMax) => {
        const cap = new SlidingCap(countMax, 1000);
        const admitted: number[] = [];
        let nowMs = 0;
        for (const pause of pauses) {
          nowMs += pause;
          if (cap.admit(nowMs)) admitted.push(nowMs);
        }
        for (const [index, start] of admitted.entries()) {
          const inWindow = admitted.slice(index).filter((time) => time - start < 1000).length;
          assert.ok(inWindow <= countMax);
        }
      }),
    );
  });

  it('lets through whatever keeps to the pace', () => {
    const cap = new SlidingCap(10, 1000);
    for (let event = 0; event < 100; event += 1) assert.ok(cap.admit(event * 100));
  });
});
