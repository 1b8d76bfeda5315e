import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeBystander, judgeCount, judgeFaultless, judgeRest } from './goals.ts';
import type { BystanderReport } from './programs/bystander.ts';

function report(changes: Partial<BystanderReport> = {}): BystanderReport {
  return {
    sent: 100,
    answered: 100,
    statuses: { 200: 100 },
    lost: 0,
    refused: 0,
    faults: [],
    keptP50Ms: 0.3,
    keptP99Ms: 1,
    freshP99Ms: 3,
    slowestMs: 5,
    ...changes,
  };
}

describe('goals', () => {
  it('allow the slowest hundredth three times its quiet time', () => {
    assert.deepEqual(judgeBystander(report(), report({ keptP99Ms: 3 }), true), []);
    assert.equal(judgeBystander(report(), report({ keptP99Ms: 3.1 }), true).length, 1);
    assert.deepEqual(judgeBystander(report(), report({ keptP99Ms: 3.1 }), false), []);
  });

  it('take any time below a millisecond as good', () => {
    assert.deepEqual(judgeBystander(report({ keptP99Ms: 0.2 }), report({ keptP99Ms: 0.9 }), true), []);
  });

  it('want every request answered with 200', () => {
    assert.deepEqual(judgeFaultless('now', report()), []);
    assert.deepEqual(judgeFaultless('now', report({ statuses: { 200: 99, 503: 1 } })), [
      '1 answered 503 now',
    ]);
    assert.deepEqual(judgeFaultless('now', report({ lost: 2, faults: ['2 x "reset"'] })), [
      '2 lost now: 2 x "reset"',
    ]);
    assert.deepEqual(judgeFaultless('now', report({ answered: 0, statuses: {} })), [
      'nothing was answered now',
    ]);
  });

  it('want a flood closed within its bound', () => {
    assert.deepEqual(judgeCount(250, 250, 'resets'), []);
    assert.equal(judgeCount(260, 250, 'resets').length, 1);
    assert.equal(judgeCount(null, 250, 'resets').length, 1);
  });

  it('want files and memory back', () => {
    const before = { residentMib: 150, openFiles: 30, cpuSeconds: 1 };
    assert.deepEqual(judgeRest(before, { residentMib: 200, openFiles: 40, cpuSeconds: 9 }), []);
    assert.equal(judgeRest(before, { residentMib: 900, openFiles: 400, cpuSeconds: 9 }).length, 2);
  });
});
