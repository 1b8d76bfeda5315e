import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import { createHastyTimers } from '../../core/testing/hasty-timers.ts';
import { ChannelReader } from './channel-reader.ts';
import type { LineCall, OrchestratorTransport } from './orchestrator-transport.ts';

const NODE_ID = '6f1b0c58-54a5-4f6c-9a41-0d5f3f9b2a10';
const HELLO = JSON.stringify({ kind: 'hello', version: 1, ledger: 'one', after: 0, now_ms: 1000 });

/** A channel whose every opening is played by the test; pauses pass at once. */
class PlayedChannel {
  readonly clock = new ManualClock();
  /** What the node has asked for, and how long it has waited before that. */
  readonly asked: { readonly once: boolean; readonly afterMs: number }[] = [];
  readonly faults: string[] = [];
  readonly reader: ChannelReader;
  #play: (call: LineCall, nth: number) => string | null;
  #pausedMs = 0;

  /** @param play gives lines to a call and returns why it ended; null where it is the last one */
  constructor(play: (call: LineCall, nth: number) => string | null) {
    this.#play = play;
    const timers = createHastyTimers((delayMs) => {
      this.#pausedMs = delayMs;
    });
    this.reader = new ChannelReader({
      transport: { readLines: (call: LineCall) => this.#open(call) } as unknown as OrchestratorTransport,
      timers,
      clock: this.clock,
      random: () => 0,
      onOrder: () => undefined,
      onBans: () => undefined,
      onStanding: () => undefined,
      onFault: (message) => this.faults.push(message),
    });
  }

  /** Follows until the last call; resolves then. */
  async run(): Promise<void> {
    const last = Promise.withResolvers<void>();
    const play = this.#play;
    this.#play = (call, nth) => {
      const end = play(call, nth);
      if (end === null) last.resolve();
      return end;
    };
    this.reader.start(NODE_ID);
    await last.promise;
    this.reader.stop();
  }

  #open(call: LineCall): Promise<string> {
    this.asked.push({ once: call.path.includes('once=true'), afterMs: this.#pausedMs });
    const end = this.#play(call, this.asked.length);
    return end === null ? new Promise(() => undefined) : Promise.resolve(end);
  }
}

describe('a node that follows its channel', () => {
  it('waits longer and longer while nobody answers, and hardly after a channel that stood', async () => {
    const channel = new PlayedChannel((call, nth) => {
      if (nth === 4) {
        call.onOpen();
        call.onLine(HELLO);
      }
      return nth === 5 ? null : 'connection refused';
    });
    await channel.run();
    assert.deepEqual(
      channel.asked.map(({ afterMs }) => afterMs),
      [0, 200, 400, 800, 200],
    );
  });

  it('asks for what there is where lines are held back on their way, and after a while for a channel again', async () => {
    const channel = new PlayedChannel((call, nth) => {
      if (nth === 153) return null;
      if (nth === 1) channel.clock.advanceMs(15_000);
      else {
        call.onOpen();
        call.onLine(HELLO);
      }
      return nth === 1 ? 'nothing came for 15 seconds' : 'the orchestrator has closed the stream';
    });
    await channel.run();
    const once = channel.asked.map((asked) => asked.once);
    assert.equal(once[0], false);
    assert.ok(once.slice(1, 151).every((polled) => polled));
    assert.equal(once[151], false);
    assert.ok(channel.asked.slice(2, 151).every(({ afterMs }) => afterMs === 2000));
    assert.deepEqual(channel.faults.slice(0, 1), ['nothing came for 15 seconds']);
  });
});
