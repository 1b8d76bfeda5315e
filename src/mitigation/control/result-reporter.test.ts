import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { until } from '../../../tests/support/until.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { createHastyTimers } from '../../core/testing/hasty-timers.ts';
import { commandResults, type ReportedResult } from '../../messages/command-results.ts';
import { RESULT_CHARACTERS_MAX } from '../../messages/entries/commands.ts';
import type { Answer, Call, OrchestratorTransport } from './orchestrator-transport.ts';
import { ResultReporter } from './result-reporter.ts';

const BODY_BYTES_MAX = 64 * 1024;

/** An orchestrator that answers as it is told. */
class ScriptedTransport implements OrchestratorTransport {
  readonly calls: Call[] = [];
  /** For each call in turn; 200 behind the last. */
  statuses: (number | null)[] = [];

  call(call: Call): Promise<Result<Answer, string>> {
    this.calls.push(call);
    const status = this.statuses.length > 0 ? this.statuses.shift()! : 200;
    return Promise.resolve(status === null ? fail('away') : ok({ status, json: {}, retryAfterMs: 0 }));
  }

  readLines(): Promise<string> {
    return Promise.resolve('not here');
  }

  close(): void {
    // Nothing is open.
  }
}

describe('telling what became of commands', () => {
  let transport: ScriptedTransport;
  let reporter: ResultReporter;
  beforeEach(() => {
    transport = new ScriptedTransport();
    reporter = new ResultReporter({ transport, timers: createHastyTimers(), random: () => 0.5 });
  });

  const resultOf = (id: string, detail = ''): ReportedResult => ({ id, outcome: 'done', detail });
  const told = (): readonly (readonly string[])[] =>
    transport.calls.map(({ body }) => commandResults.parse(body).results.map(({ id }) => id));
  const untilCalls = (count: number): Promise<number> =>
    until(
      'calls',
      () => transport.calls.length,
      (calls) => calls === count,
    );

  it('goes out together once the node has a name', async () => {
    reporter.add(resultOf('a'));
    reporter.add(resultOf('b'));
    reporter.start('one');
    await untilCalls(1);
    assert.deepEqual(told(), [['a', 'b']]);
    assert.equal(transport.calls[0]?.path, '/api/v1/nodes/one/results');
  });

  it('goes on until it is taken down', async () => {
    transport.statuses = [null, 503, 404, 401, 200];
    reporter.start('one');
    reporter.add(resultOf('a'));
    await untilCalls(5);
    reporter.add(resultOf('b'));
    await untilCalls(6);
    assert.deepEqual(told().at(-1), ['b']);
  });

  it('does not insist on what would be refused again', async () => {
    transport.statuses = [422];
    reporter.start('one');
    reporter.add(resultOf('a'));
    await untilCalls(1);
    reporter.add(resultOf('b'));
    await untilCalls(2);
    assert.deepEqual(told(), [['a'], ['b']]);
  });

  it('fits into what an orchestrator takes, whatever there is to tell', async () => {
    reporter.start('one');
    const wild = ['x', '"', '\u0000', '\u{1f600}', '\u2028'].map((text) => text.repeat(40_000));
    for (const [nth, detail] of wild.entries()) reporter.add(resultOf(String(nth), detail));
    await until('all of them', told, (parts) => parts.flat().length === wild.length);
    for (const { body } of transport.calls) {
      assert.ok(Buffer.byteLength(JSON.stringify(body)) < BODY_BYTES_MAX);
      for (const { detail } of commandResults.parse(body).results) {
        assert.ok(detail.length > 0 && detail.length <= RESULT_CHARACTERS_MAX);
      }
    }
  });

  it('says at the end what is not said yet, once', async () => {
    transport.statuses = [null];
    reporter.start('one');
    reporter.add(resultOf('a'));
    await reporter.stop();
    assert.deepEqual(told().at(-1), ['a']);
    const calls = transport.calls.length;
    reporter.add(resultOf('b'));
    await reporter.stop();
    assert.equal(transport.calls.length, calls);
  });
});
