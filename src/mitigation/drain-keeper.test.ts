import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { silentLogger } from '../core/logger.ts';
import { DrainKeeper } from './drain-keeper.ts';

describe('draining and resuming', () => {
  /** What the doors were told, in order. */
  let told: string[];
  let openFaults: readonly string[];
  let taken: string | null;
  let ending: boolean;
  let keeper: DrainKeeper;
  beforeEach(() => {
    told = [];
    openFaults = [];
    taken = null;
    ending = false;
    keeper = new DrainKeeper({
      ask: (message) => {
        const closes = message.kind === 'close_door';
        told.push(closes ? `close ${message.graceMs / 1000}` : 'open');
        return Promise.resolve(closes ? [] : openFaults);
      },
      findTaken: () => Promise.resolve(taken),
      isEnding: () => ending,
      graceSeconds: () => 30,
      logger: silentLogger,
      onChange: () => told.push(keeper.draining ? 'draining' : 'active'),
    });
  });

  it('says that the node is not ready before doors close, and that it is once they are open', async () => {
    await keeper.drain('operator', 5);
    assert.deepEqual(told, ['draining', 'close 5']);
    assert.equal(keeper.accepting, false);
    await keeper.resume(['operator']);
    assert.deepEqual(told.slice(2), ['open', 'active']);
    assert.equal(keeper.accepting, true);
  });

  it('opens the doors once nobody wants the node drained', async () => {
    await keeper.drain('operator', 5);
    await keeper.drain('fleet', 7);
    await keeper.resume(['fleet']);
    assert.ok(!told.includes('open'));
    assert.deepEqual([keeper.draining, keeper.wantedBy('operator')], [true, true]);
    await keeper.resume(['operator']);
    assert.equal(keeper.draining, false);
  });

  it('passes on a new grace while it is drained', async () => {
    await keeper.drain('fleet', 60);
    await keeper.drain('fleet', 1);
    assert.deepEqual(told.at(-1), 'close 1');
  });

  it('stays drained where a door does not open, for the one who wanted it', async () => {
    await keeper.drain('fleet', 5);
    openFaults = ['a worker does not answer'];
    const resumed = await keeper.resume(['fleet']);
    assert.deepEqual(resumed, { ok: false, fault: 'a worker does not answer' });
    assert.deepEqual([keeper.draining, keeper.accepting, keeper.wantedBy('fleet')], [true, false, true]);
    assert.equal(told.at(-1), 'close 0');
  });

  it('asks no worker to take an address that somebody else has by now', async () => {
    await keeper.drain('fleet', null);
    assert.equal(told.at(-1), 'close 30');
    taken = 'the address is taken';
    assert.deepEqual(await keeper.resume(['fleet']), { ok: false, fault: 'the address is taken' });
    assert.ok(!told.includes('open'));
  });

  it('leaves a node alone that is on its way out', async () => {
    ending = true;
    assert.equal((await keeper.drain('fleet', 5)).ok, false);
    assert.equal((await keeper.resume(['fleet'])).ok, false);
    assert.deepEqual(told, []);
  });

  it('ends as the last word says when words come faster than doors move', async () => {
    const done = [keeper.drain('fleet', 5), keeper.resume(['fleet']), keeper.drain('operator', 5)];
    const outcomes = await Promise.all(done);
    assert.deepEqual([keeper.draining, keeper.accepting], [true, false]);
    assert.ok(outcomes.every(({ ok }) => ok));
    await Promise.all([keeper.resume(['operator']), keeper.drain('fleet', 5), keeper.resume(['fleet'])]);
    assert.deepEqual([keeper.draining, keeper.accepting, told.at(-1)], [false, true, 'active']);
  });

  it('tells one whose word was taken back before doors moved', async () => {
    const [drained, resumed] = await Promise.all([keeper.drain('fleet', 5), keeper.resume(['fleet'])]);
    assert.deepEqual([drained.ok, resumed.ok], [false, true]);
    assert.deepEqual(told, ['draining', 'active']);
  });

  it('has nothing to do for a node that is not drained', async () => {
    assert.equal((await keeper.resume(['fleet'])).ok, true);
    assert.ok(!told.includes('open'));
  });
});
