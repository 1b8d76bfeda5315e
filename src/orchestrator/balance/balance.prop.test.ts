/** What balancing promises, over random fleets. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parsePrefix } from '../../core/ip.ts';
import { chooseNodes } from './choose-nodes.ts';
import { look, type Reach, shareOf, UNSEEN } from './reachability.ts';
import { RegionMap } from './region-map.ts';
import type { ServingNode } from './serving-nodes.ts';

function node(id: string, weight: number, region: string | null = null): ServingNode {
  return { id, address: '192.0.2.1', port: 443, metricsPort: null, group: 'default', region, weight };
}

describe('the choice of nodes', () => {
  it('puts each node first as often as its weight says', () => {
    const nodes = [node('a', 100), node('b', 200), node('c', 700)];
    const firsts = new Map<string, number>();
    let seed = 1;
    const random = (): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const rounds = 20_000;
    for (let round = 0; round < rounds; round++) {
      const [first] = chooseNodes(nodes, { regions: [], count: 2, random });
      firsts.set(first!.id, (firsts.get(first!.id) ?? 0) + 1);
    }
    for (const { id, weight } of nodes) {
      assert.ok(Math.abs((firsts.get(id) ?? 0) / rounds - weight / 1000) < 0.02, id);
    }
  });

  it('stays in the nearest region that has nodes, and takes none twice', () => {
    const nodes = fc.array(
      fc.record({
        id: fc.uuid(),
        weight: fc.integer({ min: 1, max: 1_000_000 }),
        region: fc.constantFrom('eu', 'us', 'ap'),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(
        nodes,
        fc.shuffledSubarray(['eu', 'us', 'ap']),
        fc.integer({ min: 1, max: 5 }),
        (all, regions, count) => {
          const fleet = all.map(({ id, weight, region }) => node(id, weight, region));
          const chosen = chooseNodes(fleet, { regions, count, random: () => 0.5 });
          const nearest = regions.find((region) => fleet.some((one) => one.region === region));
          const eligible = fleet.filter(({ region }) => nearest === undefined || region === nearest);
          assert.equal(chosen.length, Math.min(count, eligible.length));
          assert.equal(new Set(chosen).size, chosen.length);
          for (const one of chosen) assert.ok(eligible.includes(one));
        },
      ),
    );
  });
});

describe('a node', () => {
  const watch = (sightings: readonly (boolean | null)[]): Reach =>
    sightings.reduce<Reach>(
      (reach, probe, second) => look(reach, { probe, followed: false }, second * 1000),
      UNSEEN,
    );

  it('is out after two failed probes in a row, not after one', () => {
    assert.equal(watch([true, false]).out, false);
    assert.equal(watch([true, false, true, false]).out, false);
    assert.equal(watch([true, false, false]).out, true);
  });

  it('that cannot be probed is out once its channel has been gone for a moment', () => {
    assert.equal(watch([null, null]).out, false);
    assert.equal(watch([null, null, null, null]).out, true);
  });

  it('gets its share back step by step', () => {
    const back = watch([true, false, false, true]);
    assert.equal(back.out, false);
    const shares = [3000, 4500, 8000, 13_000, 20_000].map((nowMs) => shareOf(back, 10_000, nowMs));
    assert.deepEqual(shares, [0.1, 0.15, 0.5, 1, 1]);
  });
});

it('the longest prefix tells the region of a client', () => {
  const prefix = (text: string) => {
    const read = parsePrefix(text);
    assert.ok(read.ok);
    return read.value;
  };
  const map = new RegionMap([
    { name: 'eu', prefixes: [prefix('192.0.2.0/24')], next: ['us'] },
    { name: 'us', prefixes: [prefix('192.0.2.128/25')], next: ['eu'] },
  ]);
  assert.deepEqual(map.nearTo(prefix('192.0.2.1').words).regions, ['eu', 'us']);
  assert.deepEqual(map.nearTo(prefix('192.0.2.200').words).regions, ['us', 'eu']);
  assert.deepEqual(map.nearTo(prefix('198.51.100.1').words), { regions: [], bits: 0 });
});
