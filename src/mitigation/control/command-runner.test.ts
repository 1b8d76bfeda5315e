import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import { silentLogger } from '../../core/logger.ts';
import { fail } from '../../core/result.ts';
import type { ReportedResult } from '../../messages/command-results.ts';
import type { CommandName } from '../../messages/entries/commands.ts';
import type { CommandOrder } from '../../messages/order.ts';
import { NodeControlDouble } from '../management/node-control-double.ts';
import { CommandRunner } from './command-runner.ts';

const AT_ONCE_MS = 1000;

describe('commands on a node', () => {
  let clock: ManualClock;
  let node: NodeControlDouble;
  let results: ReportedResult[];
  let runner: CommandRunner;
  beforeEach(() => {
    clock = new ManualClock();
    node = new NodeControlDouble();
    results = [];
    runner = new CommandRunner({
      ...{ node, clock, logger: silentLogger, diagnose: () => '{"fine":true}' },
      onResult: (result) => results.push(result),
    });
  });

  const orderOf = (id: string, command: CommandName, change: Partial<CommandOrder> = {}): CommandOrder => ({
    ...{ kind: 'command', id, command, deadline_ms: clock.wallMs() + AT_ONCE_MS },
    parameters: { reason: 'a try', grace_seconds: null },
    ...change,
  });
  const same = (wallMs: number): number => wallMs;
  /** Everything that was taken has had its turn. */
  async function settle(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    await promise;
  }

  it('are done in their order, each once, however often it is heard of', async () => {
    for (let time = 0; time < 3; time++) {
      runner.take(orderOf('a', 'drain'), same);
      runner.take(orderOf('b', 'undrain'), same);
    }
    await settle();
    runner.take(orderOf('a', 'drain'), same);
    await settle();
    assert.deepEqual(
      results.map(({ id, outcome }) => `${id} ${outcome}`),
      ['a done', 'b done'],
    );
    assert.equal(node.isDrainedBy('fleet'), false);
  });

  it('answer with what came of them', async () => {
    node.reloadAnswer = fail(['line 3: no such key', 'line 9: not a number']);
    runner.take(orderOf('a', 'reload'), same);
    runner.take(orderOf('b', 'diagnose'), same);
    runner.take(orderOf('c', 'terminate', { parameters: { reason: 'old', grace_seconds: 5 } }), same);
    await settle();
    assert.deepEqual(results, [
      { id: 'a', outcome: 'failed', detail: 'line 3: no such key\nline 9: not a number' },
      { id: 'b', outcome: 'done', detail: '{"fine":true}' },
      { id: 'c', outcome: 'done', detail: 'Ends within 5 s.' },
    ]);
    assert.deepEqual(node.terminations, [{ reason: 'old', graceSeconds: 5 }]);
  });

  it('are left when their deadline is over, by the clock of this machine', async () => {
    const ahead = (wallMs: number): number => wallMs + 60_000;
    const late = { deadline_ms: clock.wallMs() - 1 };
    runner.take(orderOf('a', 'drain', late), same);
    runner.take(orderOf('b', 'drain', late), ahead);
    await settle();
    assert.deepEqual(
      results.map(({ id, outcome }) => `${id} ${outcome}`),
      ['a expired', 'b done'],
    );
  });

  it('are looked at again when their turn comes', async () => {
    const reloading = Promise.withResolvers<Awaited<typeof node.reloadAnswer>>();
    node.reloadAnswer = reloading.promise;
    runner.take(orderOf('a', 'reload'), same);
    runner.take(orderOf('b', 'drain'), same);
    await settle();
    assert.deepEqual(results, []);
    clock.advanceMs(AT_ONCE_MS);
    reloading.resolve(fail(['too late']));
    await settle();
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ['failed', 'expired'],
    );
    assert.equal(node.isDrainedBy('fleet'), false);
  });

  it('are refused by a node that is on its way out, but for those that fit', async () => {
    node.nodeStatus = { ...node.nodeStatus, state: 'Terminating' };
    for (const command of ['drain', 'undrain', 'reload', 'diagnose', 'terminate'] as const) {
      runner.take(orderOf(command, command), same);
    }
    await settle();
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ['refused', 'refused', 'refused', 'done', 'done'],
    );
  });

  it('fail alone where something unexpected happens', async () => {
    node.reload = () => Promise.reject(new Error('disk on fire'));
    runner.take(orderOf('a', 'reload'), same);
    runner.take(orderOf('b', 'diagnose'), same);
    await settle();
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ['failed', 'done'],
    );
    assert.match(results[0]!.detail, /disk on fire/);
  });

  it('are not begun once the node stops', async () => {
    runner.take(orderOf('a', 'drain'), same);
    runner.stop();
    await settle();
    assert.deepEqual(results, []);
  });
});
