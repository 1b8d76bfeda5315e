import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ownView } from './own-view.ts';

it('is Starting until the node is registered, Dead while the link is lost, else what the node is', () => {
  assert.equal(ownView({ registered: false, lost: false }, 'Active'), 'Starting');
  assert.equal(ownView({ registered: true, lost: false }, 'Starting'), 'Starting');
  assert.equal(ownView({ registered: true, lost: false }, 'Active'), 'Active');
  assert.equal(ownView({ registered: true, lost: true }, 'Active'), 'Dead');
});

it('is the planned end, once that has begun, with or without a link', () => {
  for (const state of ['Draining', 'Terminating'] as const) {
    assert.equal(ownView({ registered: false, lost: false }, state), state);
    assert.equal(ownView({ registered: true, lost: true }, state), state);
  }
});
