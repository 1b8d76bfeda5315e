import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { EntryBody } from '../messages/ledger-entry.ts';
import { FleetScaling } from './fleet-scaling.ts';

const BY = { kind: 'system', id: 'scaler' } as const;

function decided(key: string, change: Partial<Extract<EntryBody, { kind: 'scaling_decided' }>> = {}) {
  const body = {
    ...{ kind: 'scaling_decided' as const, key, action: 'up' as const, reason: 'R', nodes: 1, node: null },
    ...{ dry_run: false, facts: {} },
  };
  return { at_ms: 1, by: BY, body: { ...body, ...change } };
}

function ended(key: string) {
  const body = {
    kind: 'webhook_ended' as const,
    key,
    outcome: 'delivered' as const,
    attempts: 2,
    detail: '',
  };
  return { at_ms: 2, by: BY, body };
}

it('what is to be told and has not been is pending, over a copy too', () => {
  const scaling = new FleetScaling();
  const entries = [
    decided('a'),
    decided('b', { action: 'heal' }),
    decided('c', { action: 'down' }),
    decided('d', { dry_run: true }),
    ended('a'),
    ended('unknown'),
  ];
  for (const entry of entries) scaling.apply(entry);
  const copy = new FleetScaling();
  copy.replace(scaling.all());
  assert.deepEqual(
    copy.pending().map(({ key }) => key),
    ['b'],
  );
  assert.deepEqual(copy.get('a')?.ended, { outcome: 'delivered', attempts: 2, detail: '', at_ms: 2 });
});

it('a key is decided once and ends once', () => {
  const scaling = new FleetScaling();
  for (const entry of [decided('a'), ended('a'), decided('a'), { ...ended('a'), at_ms: 9 }])
    scaling.apply(entry);
  assert.equal(scaling.all().length, 1);
  assert.equal(scaling.get('a')?.ended?.at_ms, 2);
});

it('remembers the latest thousand', () => {
  const scaling = new FleetScaling();
  for (let index = 0; index < 1005; index++) scaling.apply(decided(`k${index}`));
  assert.equal(scaling.all().length, 1000);
  assert.equal(scaling.has('k4'), false);
  assert.equal(scaling.has('k5'), true);
});
