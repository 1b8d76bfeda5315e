import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { NodeReport, StoredNode, StoredValue } from './fleet-store.ts';
import { mergeValues } from './merge-values.ts';

const NODE: StoredNode = {
  ...{ nodeId: 'n', ordinal: 1, publicIp: '192.0.2.1', nodeType: 'mitigation', group: 'default' },
  ...{ region: null, tags: [], weight: 100, capacity: { requests_per_second: null, connections: null } },
  ...{ ports: { traffic: null, metrics: null }, version: null, managementUrl: null, epoch: 1 },
  ...{ registeredAtMs: 0, lastSeenAtMs: 0, reported: 'Active', intent: 'run', cursor: 0, order: null },
  deadAtMs: null,
};
const REPORT: NodeReport = {
  ...{ metrics: null, sequence: 0, appliedRevision: null, refusedPolicy: null, ledgerSeq: null },
};

type Step = 'hear' | 'order' | 'declareDead' | 'write' | 'look';
type NodeValue = Extract<StoredValue, { kind: 'node' }>;

/** One orchestrator: what it believes, and the value that it has read last. */
interface Side {
  mine: NodeValue;
  base: NodeValue;
}

it('all orchestrators come to the same, with the last sign of life and the last order in it', () => {
  const step = fc.tuple(fc.nat(2), fc.constantFrom<Step>('hear', 'order', 'declareDead', 'write', 'look'));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let shared: NodeValue = { kind: 'node', node: NODE, report: REPORT };
      const sides: Side[] = [0, 1, 2].map(() => ({ mine: shared, base: shared }));
      let [heard, ordered] = [0, 0];
      const look = (side: Side): void => {
        side.mine = mergeValues(side.base, side.mine, shared) as NodeValue;
        side.base = shared;
      };
      const write = (side: Side): void => {
        look(side);
        shared = side.mine;
        side.base = shared;
      };
      for (const [who, what] of steps) {
        const side = sides[who]!;
        const { node } = side.mine;
        if (what === 'look') look(side);
        if (what === 'write') write(side);
        if (what === 'declareDead') side.mine = { ...side.mine, node: { ...node, deadAtMs: 9 } };
        if (what === 'hear') {
          // A node speaks to another orchestrator only once the one before has failed, and that one has told.
          for (const each of sides) write(each);
          heard += 1;
          const said = { ...side.mine.node, lastSeenAtMs: 1000 - heard, deadAtMs: null };
          side.mine = { ...side.mine, node: said, report: { ...REPORT, sequence: heard } };
        }
        if (what === 'order') {
          write(side);
          ordered += 1;
          side.mine = {
            ...side.mine,
            node: { ...side.mine.node, cursor: side.mine.node.cursor + 1, intent: 'drain' },
          };
          write(side);
        }
      }
      for (const side of sides) write(side);
      for (const side of sides) look(side);
      for (const { mine } of sides) assert.deepEqual(mine, shared);
      assert.equal(shared.report.sequence, heard);
      assert.equal(shared.node.cursor, ordered);
    }),
  );
});

it('a node that ended stays so, unless another process of it has come', () => {
  const base: StoredValue = { kind: 'node', node: NODE, report: REPORT };
  const tombstone: StoredValue = {
    kind: 'tombstone',
    tombstone: { nodeId: 'n', epoch: 1, closedAtMs: 5, order: null },
  };
  const late: StoredValue = { ...base, node: { ...NODE, lastSeenAtMs: 7 } };
  const reborn: StoredValue = { ...base, node: { ...NODE, lastSeenAtMs: 7, epoch: 2 } };
  assert.deepEqual(mergeValues(base, tombstone, late), tombstone);
  assert.deepEqual(mergeValues(base, late, tombstone), tombstone);
  assert.deepEqual(mergeValues(base, tombstone, reborn), reborn);
  assert.deepEqual(mergeValues(base, reborn, tombstone), reborn);
  assert.deepEqual(mergeValues(tombstone, reborn, tombstone), reborn);
  assert.deepEqual(mergeValues(base, null, late), late);
});
