import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createBanTableMemory } from './ban-slots.ts';
import { ALREADY_BANNED, BAN_REFUSED, BanTable } from './ban-table.ts';
import { testClient } from './testing/client.ts';

const BASE_MS = 1000;
const MULTIPLIER = 3;
const MAX_MS = 20_000;
const CLIENTS = 12;
const CAPACITY = 8;

interface ModelBan {
  endMs: number;
  repeats: number;
}

const arbitraryStep = fc.record({
  kind: fc.constantFrom('ban', 'ban', 'ban', 'set', 'lift', 'sweep'),
  client: fc.nat(CLIENTS - 1),
  elapsedMs: fc.oneof(fc.constant(0), fc.nat(100), fc.nat(5000)),
  durationMs: fc.nat(5000),
});

/** What `ban` must answer, with the effect on the model. */
function banInModel(bans: Map<number, ModelBan>, client: number, nowMs: number): number {
  const known = bans.get(client);
  if (known !== undefined && known.endMs > nowMs) {
    const step = Math.max(0, known.repeats - 1);
    known.endMs = Math.max(known.endMs, nowMs + Math.min(MAX_MS, BASE_MS * MULTIPLIER ** step));
    return ALREADY_BANNED;
  }
  const repeats = known !== undefined && nowMs < known.endMs + MAX_MS ? known.repeats : 0;
  const full = known === undefined && bans.size >= CAPACITY;
  if (full && [...bans.values()].every(({ endMs }) => endMs > nowMs)) return BAN_REFUSED;
  const durationMs = Math.min(MAX_MS, BASE_MS * MULTIPLIER ** repeats);
  bans.set(client, { endMs: nowMs + durationMs, repeats: repeats + 1 });
  return durationMs;
}

/** Drops from the model the one ended ban that the table gave up for another. */
function forgetReplaced(bans: Map<number, ModelBan>, table: BanTable, nowMs: number): void {
  const kept = new Set<number>();
  table.forEach((words) => {
    kept.add(words[3]! - testClient(0)[3]!);
  });
  const gone = [...bans].filter(([client]) => !kept.has(client));
  assert.ok(gone.length <= 1, 'more than one was dropped');
  for (const [client, { endMs }] of gone) {
    assert.ok(endMs <= nowMs, 'a ban in force was dropped');
    bans.delete(client);
  }
}

interface Step {
  readonly kind: string;
  readonly client: number;
  readonly durationMs: number;
}

function step(
  table: BanTable,
  bans: Map<number, ModelBan>,
  nowMs: number,
  { kind, client, durationMs }: Step,
) {
  const words = testClient(client);
  if (kind === 'ban') {
    const duration = table.ban(words, nowMs, BASE_MS, MULTIPLIER, MAX_MS);
    assert.equal(duration, banInModel(bans, client, nowMs));
  } else if (kind === 'set') {
    const endMs = nowMs + durationMs;
    if (table.set(words, nowMs, endMs, 2)) bans.set(client, { endMs, repeats: 2 });
    else assert.ok(bans.size === CAPACITY && [...bans.values()].every((ban) => ban.endMs > nowMs));
  } else if (kind === 'lift') {
    assert.equal(table.lift(words), bans.delete(client));
  } else {
    table.sweep(nowMs, MAX_MS);
    for (const [known, { endMs }] of bans) if (endMs < nowMs - MAX_MS) bans.delete(known);
  }
}

function compare(table: BanTable, bans: Map<number, ModelBan>, nowMs: number): void {
  assert.equal(table.size(), bans.size);
  assert.ok(table.size() <= CAPACITY);
  for (let client = 0; client < CLIENTS; client++) {
    const endMs = bans.get(client)?.endMs ?? 0;
    assert.equal(table.endMs(testClient(client)), endMs);
    assert.equal(table.isBanned(testClient(client), nowMs), endMs > nowMs);
  }
}

describe('the ban table', () => {
  it('behaves as a map with a bound', () => {
    const arbitrarySteps = fc.array(arbitraryStep, { maxLength: 120, size: 'max' });
    fc.assert(
      fc.property(arbitrarySteps, fc.integer(), fc.integer(), (steps, low, high) => {
        const table = new BanTable(createBanTableMemory(CAPACITY, { low, high }));
        const bans = new Map<number, ModelBan>();
        let nowMs = 100_000;
        for (const next of steps) {
          nowMs += next.elapsedMs;
          step(table, bans, nowMs, next);
          forgetReplaced(bans, table, nowMs);
          compare(table, bans, nowMs);
        }
      }),
      { numRuns: 300 },
    );
  });
});
