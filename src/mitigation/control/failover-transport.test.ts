import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { FailoverTransport } from './failover-transport.ts';
import type { Answer, Call, LineCall, OrchestratorTransport } from './orchestrator-transport.ts';

/** An orchestrator that answers with a status, or not at all. */
class Scripted implements OrchestratorTransport {
  status: number | null = 200;
  calls = 0;
  lines = 0;
  closed = false;
  tookMs = 0;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  call(_call: Call): Promise<Result<Answer, string>> {
    this.calls += 1;
    this.#clock.advanceMs(this.tookMs);
    const { status } = this;
    return Promise.resolve(
      status === null ? fail('refused') : ok({ status, json: undefined, retryAfterMs: 0 }),
    );
  }

  readLines({ onOpen }: LineCall): Promise<string> {
    this.lines += 1;
    if (this.status === 200) onOpen();
    return Promise.resolve('ended');
  }

  close(): void {
    this.closed = true;
  }
}

describe('several orchestrators as one', () => {
  function make(random = 0) {
    const clock = new ManualClock();
    const scripted = [new Scripted(clock), new Scripted(clock), new Scripted(clock)] as const;
    const transport = new FailoverTransport<Scripted>(scripted, { clock, random: () => random });
    const signal = new AbortController().signal;
    const call = () => transport.call({ method: 'POST', path: '/x', timeoutMs: 1000, signal });
    const readLines = () =>
      transport.readLines({
        ...{ path: '/x', silenceMaxMs: 1000, signal },
        ...{ onOpen: () => undefined, onLine: () => null },
      });
    const counts = () => scripted.map(({ calls }) => calls);
    return { scripted, transport, call, readLines, counts };
  }

  it('stays with the one that answers, whatever it answers', async () => {
    const { scripted, call, counts } = make();
    scripted[0].status = 404;
    for (let nth = 0; nth < 3; nth += 1) assert.ok((await call()).ok);
    assert.deepEqual(counts(), [3, 0, 0]);
  });

  it('goes to another within the same call, and stays there', async () => {
    for (const status of [null, 503]) {
      const { scripted, call, counts } = make();
      scripted[0].status = status;
      assert.ok((await call()).ok);
      scripted[0].status = 200;
      assert.ok((await call()).ok);
      assert.deepEqual(counts(), [1, 2, 0]);
    }
  });

  it('draws the next one from all others', async () => {
    const { scripted, call, counts } = make(0.9);
    scripted[0].status = null;
    assert.ok((await call()).ok);
    assert.deepEqual(counts(), [1, 0, 1]);
  });

  it('asks each once at most, and not beyond the deadline of the call', async () => {
    const { scripted, call, counts } = make();
    for (const each of scripted) each.status = null;
    assert.equal((await call()).ok, false);
    assert.deepEqual(counts(), [1, 1, 1]);
    for (const each of scripted) each.tookMs = 900;
    assert.equal((await call()).ok, false);
    assert.deepEqual(counts(), [2, 1, 1]);
  });

  it('opens a channel elsewhere only where it could not be opened', async () => {
    const { scripted, readLines } = make();
    await readLines();
    await readLines();
    assert.equal(scripted[0].lines, 2);
    scripted[0].status = null;
    await readLines();
    await readLines();
    assert.deepEqual(
      scripted.map(({ lines }) => lines),
      [3, 1, 0],
    );
  });

  it('closes all of them', () => {
    const { scripted, transport } = make();
    transport.close();
    assert.ok(scripted.every(({ closed }) => closed));
  });
});
