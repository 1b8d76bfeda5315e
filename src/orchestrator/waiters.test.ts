import assert from 'node:assert/strict';
import { it } from 'node:test';
import { systemTimers } from '../core/timers.ts';
import { Waiters } from './waiters.ts';

const LONG_MS = 60_000;
const nobodyLeaves = (): AbortSignal => new AbortController().signal;

it('wakes all who wait for a node, and nobody else', async () => {
  const waiters = new Waiters(10, systemTimers);
  const one = waiters.wait('a', LONG_MS, nobodyLeaves());
  const two = waiters.wait('a', LONG_MS, nobodyLeaves());
  const other = waiters.wait('b', LONG_MS, nobodyLeaves());
  waiters.wake('a');
  assert.deepEqual(await Promise.all([one, two]), ['news', 'news']);
  assert.equal(waiters.size, 1);
  waiters.close();
  assert.equal(await other, 'news');
});

it('ends a wait after its time', async () => {
  const waiters = new Waiters(10, systemTimers);
  assert.equal(await waiters.wait('a', 1, nobodyLeaves()), 'timeout');
  assert.equal(waiters.size, 0);
});

it('forgets who went away', async () => {
  const waiters = new Waiters(10, systemTimers);
  const leaving = new AbortController();
  const wait = waiters.wait('a', LONG_MS, leaving.signal);
  leaving.abort();
  assert.equal(await wait, 'timeout');
  assert.equal(waiters.size, 0);
  assert.equal(await waiters.wait('a', LONG_MS, leaving.signal), 'timeout');
});

it('refuses more than it holds', async () => {
  const waiters = new Waiters(2, systemTimers);
  const held = [waiters.wait('a', LONG_MS, nobodyLeaves()), waiters.wait('b', LONG_MS, nobodyLeaves())];
  assert.equal(await waiters.wait('c', LONG_MS, nobodyLeaves()), 'refused');
  waiters.close();
  await Promise.all(held);
});

it('lets the newest wait for a node when too many do', async () => {
  const waiters = new Waiters(10, systemTimers);
  const oldest = waiters.wait('a', LONG_MS, nobodyLeaves());
  const kept = [waiters.wait('a', LONG_MS, nobodyLeaves()), waiters.wait('a', LONG_MS, nobodyLeaves())];
  assert.equal(await oldest, 'timeout');
  assert.equal(waiters.size, 2);
  waiters.wake('a');
  assert.deepEqual(await Promise.all(kept), ['news', 'news']);
});

it('lets nobody wait once it is closed', async () => {
  const waiters = new Waiters(10, systemTimers);
  waiters.close();
  assert.equal(await waiters.wait('a', LONG_MS, nobodyLeaves()), 'timeout');
});
