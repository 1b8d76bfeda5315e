import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FastestOfTwo } from './fastest-of-two.ts';
import { PeakLatency } from './peak-latency.ts';

const candidate = fc.record({
  id: fc.constant('o'),
  share: fc.constantFrom(0, 1, 2),
  load: fc.integer({ min: 0, max: 50 }),
  latencyMs: fc.integer({ min: 0, max: 1000 }),
});
const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the faster of two', () => {
  it('never picks an origin without a share, and one wherever there is one', () => {
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 10 }), unit, (group, number) => {
        const place = new FastestOfTwo(() => number).pick(group);
        if (group.some(({ share }) => share > 0)) assert.ok(group[place]!.share > 0);
        else assert.equal(place, -1);
      }),
    );
  });

  it('picks the cheaper one of a pair, whatever is drawn', () => {
    fc.assert(
      fc.property(unit, unit, (first, second) => {
        const numbers = [first, second];
        const slow = { id: 'slow', share: 1, load: 1, latencyMs: 200 };
        const fast = { id: 'fast', share: 1, load: 2, latencyMs: 20 };
        const balance = new FastestOfTwo(() => numbers.shift() ?? 0);
        assert.equal(balance.pick([slow, fast]), 1);
      }),
    );
  });
});

describe('latency of an origin', () => {
  it('jumps with a slow answer and comes back over seconds', () => {
    const latency = new PeakLatency();
    latency.observe(10, 0);
    latency.observe(500, 1000);
    assert.equal(latency.valueMs(1000), 500);
    latency.observe(10, 1100);
    assert.ok(latency.valueMs(1100) > 450);
    for (let now = 1200; now < 60_000; now += 100) latency.observe(10, now);
    assert.ok(latency.valueMs(60_000) < 15);
  });

  it('fades while nobody asks, so that an avoided origin is tried again', () => {
    const latency = new PeakLatency();
    latency.observe(500, 0);
    assert.ok(latency.valueMs(60_000) < 5);
  });
});
