import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { EntryBody, LedgerEntry } from '../messages/ledger-entry.ts';
import { FleetState } from './fleet-state.ts';

const NOW_MS = 1_700_000_000_000;
const PLACE = { id: 'n', group: 'a', region: null, tags: [] };
const TARGET = '192.0.2.1';

function fold(state: FleetState, body: EntryBody): LedgerEntry {
  const by = { kind: 'system', id: 'test' } as const;
  const entry: LedgerEntry = { seq: state.seq + 1, at_ms: NOW_MS, by, before: null, body };
  assert.ok(state.apply(entry));
  return entry;
}

function banFor(seconds: number): EntryBody {
  const end = { expires_at_ms: NOW_MS + seconds * 1000, confidence: 1 };
  return { kind: 'ban_set', target: TARGET, reason: `for ${seconds} s`, source: 'manual', ...end };
}

it('tells nodes the longer of two bans that overlap, whichever came last', () => {
  const state = new FleetState();
  const long = banFor(3600);
  fold(state, long);
  const short = fold(state, banFor(60));
  assert.deepEqual(state.orderFor(short, PLACE), long);
});

it('tells a ban that was lifted since as it was, for the lift follows', () => {
  const state = new FleetState();
  const ban = fold(state, banFor(60));
  fold(state, { kind: 'ban_lifted', target: TARGET });
  assert.deepEqual(state.orderFor(ban, PLACE), ban.body);
});

it('keeps bans when a clock that is ahead says that they are over', () => {
  const state = new FleetState();
  fold(state, banFor(60));
  assert.deepEqual(state.bans.inForce(NOW_MS + 120_000), []);
  assert.equal(state.bans.inForce(NOW_MS).length, 1);
});
