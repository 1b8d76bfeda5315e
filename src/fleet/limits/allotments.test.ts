import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { UsageReport } from '../../messages/usage-report.ts';
import { Allotments } from './allotments.ts';
import { formatKeyWords, parseKeyWords } from './key-words.ts';

const LIMIT = '0123456789abcdef';
const KEY = 'fedcba9876543210';
const COUNT = 60;
const WINDOW_MS = 10_000;
const LEASE_MS = 5000;

/** Allotments that have learnt all there is to learn, and reports to them. */
function createScene(holdingsMax = 100) {
  const allotments = new Allotments({ leaseMs: LEASE_MS, holdingsMax }, 0);
  let nowMs = LEASE_MS;
  let sequence = 0;
  return {
    allotments,
    passMs: (durationMs: number) => {
      nowMs += durationMs;
    },
    /** What a node is allowed that has this allowance in force and has used so much. */
    report: (node: string, allowance: number, used: number, change: Partial<UsageReport> = {}) => {
      sequence += 1;
      const keys = [{ key: KEY, used, allowance }];
      const limits = [{ limit: LIMIT, count: COUNT, window_ms: WINDOW_MS, keys }];
      const answer = allotments.take(node, { epoch: 1, sequence, limits, ...change }, nowMs);
      return answer === null ? 'late' : answer.limits[0]?.keys[0]?.allowance;
    },
  };
}

describe('allotments', () => {
  it('give a node twice what it uses as it comes near to its allowance, up to the limit', () => {
    const { report } = createScene();
    assert.equal(report('a', 15, 8), 15);
    assert.equal(report('a', 15, 12), 24);
    assert.equal(report('a', 24, 24), 48);
    assert.equal(report('a', 48, 48), COUNT);
    assert.equal(report('a', COUNT, COUNT), COUNT);
  });

  it('give nobody what another has used in the window, though he may have less by now', () => {
    const { report } = createScene();
    assert.equal(report('b', 20, 20), 40);
    assert.equal(report('a', 10, 50), 20);
    assert.equal(report('b', 40, 0), 20);
    assert.equal(report('b', 20, 20), 20);
  });

  it('take nothing for given back before the node has said that it keeps to less', () => {
    const { report } = createScene();
    report('a', 50, 20);
    assert.equal(report('b', 10, 10), 10, 'there is no more');
    assert.equal(report('a', 50, 20), 35, 'gives back half of what it does not use');
    assert.equal(report('b', 10, 10), 10, 'it may still have all');
    assert.equal(report('a', 35, 20), 28);
    assert.equal(report('b', 10, 10), 20);
  });

  it('cut all in proportion where the shares that they began with are more than the limit', () => {
    const { report } = createScene();
    const nodes = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const had = new Map(nodes.map((node) => [node, 15]));
    for (let round = 0; round < 4; round++) {
      for (const node of nodes) had.set(node, Number(report(node, had.get(node)!, had.get(node)!)));
    }
    const sum = [...had.values()].reduce((total, allowance) => total + allowance, 0);
    assert.ok(sum <= COUNT && sum >= 0.75 * COUNT, `${sum}`);
  });

  it('keep for a node that falls silent what it held, until its lease and its window are over', () => {
    const { allotments, report, passMs } = createScene();
    report('a', COUNT, COUNT);
    passMs(LEASE_MS + 1000);
    assert.equal(report('b', 10, 10), 10);
    passMs(WINDOW_MS - 1000);
    assert.equal(report('b', 10, 10), 10);
    passMs(WINDOW_MS / 7 + 1000);
    assert.equal(report('b', 10, 10), 20);
    assert.equal(allotments.keys, 1);
  });

  it('forget at once what a node leaves out of its report', () => {
    const { allotments, report } = createScene();
    report('a', COUNT, 5);
    report('a', 0, 0, { limits: [] });
    assert.equal(allotments.keys, 0);
    assert.equal(report('b', 10, 10), 20);
  });

  it('count a process that follows another on the same node beside it', () => {
    const { report } = createScene();
    report('a', COUNT, COUNT);
    assert.equal(report('a', 15, 15, { epoch: 2, sequence: 1 }), 12);
  });

  it('remember few processes of one node', () => {
    const { allotments, report, passMs } = createScene();
    for (let epoch = 1; epoch <= 4; epoch++) report('a', 3, 3, { epoch });
    assert.equal(report('a', 3, 3, { epoch: 5 }), undefined);
    assert.equal(report('b', 3, 3), 6);
    assert.equal(allotments.overflows, 1);
    passMs(LEASE_MS + 2 * WINDOW_MS);
    assert.equal(report('a', 3, 3, { epoch: 5 }), 6);
  });

  it('do not heed a report that a newer one has overtaken', () => {
    const { report } = createScene();
    report('a', 15, 8, { sequence: 5 });
    assert.equal(report('a', 15, 8, { sequence: 5 }), 'late');
    assert.equal(report('a', 15, 8, { sequence: 4 }), 'late');
  });

  it('confirm what nodes have and raise nothing before all leases of the time before are over', () => {
    const { report, passMs } = createScene();
    passMs(-1);
    assert.equal(report('a', 45, 45), 45);
    assert.equal(report('b', 15, 15), 15);
    assert.equal(report('c', 15, 15), 15);
  });

  it('answer nothing for keys beyond those that they can keep, and count them', () => {
    const { allotments, report } = createScene(1);
    report('a', 15, 15);
    assert.equal(report('b', 15, 15), undefined);
    assert.equal(report('a', 30, 30), COUNT);
    assert.equal(allotments.overflows, 1);
  });
});

it('keys keep their words on the wire', () => {
  for (const words of [
    { low: 1, high: 0 },
    { low: -1, high: 0x7fffffff },
    { low: -0x80000000, high: -2 },
  ]) {
    assert.deepEqual(parseKeyWords(formatKeyWords(words)), words);
  }
});
