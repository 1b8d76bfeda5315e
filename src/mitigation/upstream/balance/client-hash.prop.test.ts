import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Candidate } from './balance.ts';
import { ClientHash, clientHash } from './client-hash.ts';

function group(count: number, away = -1, weights: readonly number[] = []): readonly Candidate[] {
  return Array.from({ length: count }, (_, place) => ({
    id: `http://10.0.0.${place}:80`,
    share: place === away ? 0 : (weights[place] ?? 1),
    load: 0,
    latencyMs: 0,
  }));
}

function hashOf(client: number): number {
  return clientHash({ key: Int32Array.of(0, 0, 0xffff, client) });
}

describe('balance by client', () => {
  it('moves only the clients of an origin that leaves', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 10 }), fc.nat(9), fc.integer(), (count, away, client) => {
        const before = new ClientHash().pick(group(count), hashOf(client));
        const after = new ClientHash().pick(group(count, away % count), hashOf(client));
        if (before === away % count) assert.notEqual(after, before);
        else assert.equal(after, before);
      }),
    );
  });

  it('gives the same client the same origin, whatever came between', () => {
    const balance = new ClientHash();
    const first = balance.pick(group(5), hashOf(7));
    for (let client = 0; client < 100; client++) balance.pick(group(5), hashOf(client));
    balance.pick(group(3), hashOf(7));
    assert.equal(balance.pick(group(5), hashOf(7)), first);
  });

  it('spreads clients by weight, and those of an origin that leaves over all others', () => {
    const clients = 20_000;
    const count = (candidates: readonly Candidate[]): readonly number[] => {
      const counts = candidates.map(() => 0);
      const balance = new ClientHash();
      for (let client = 0; client < clients; client++) counts[balance.pick(candidates, hashOf(client))]!++;
      return counts;
    };
    const all = count(group(3, -1, [2, 1, 1]));
    assert.ok(Math.abs(all[0]! / clients - 0.5) < 0.02, String(all));
    assert.ok(Math.abs(all[1]! / clients - 0.25) < 0.02, String(all));
    const rest = count(group(3, 0, [2, 1, 1]));
    assert.ok(Math.abs(rest[1]! / clients - 0.5) < 0.02, String(rest));
  });

  it('picks nobody where all shares are 0', () => {
    assert.equal(new ClientHash().pick(group(1, 0), 1), -1);
  });
});
