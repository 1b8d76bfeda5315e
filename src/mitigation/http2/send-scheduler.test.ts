import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AbuseBudget } from './abuse-budget.ts';
import { FrameOutput } from './frame-output.ts';
import { SendQueue } from './send-queue.ts';
import { type Sender, SendScheduler } from './send-scheduler.ts';

/** An output that only notes what it is given. */
class NotingOutput extends FrameOutput {
  readonly sent: { readonly id: number; readonly length: number; readonly ends: boolean }[] = [];

  constructor() {
    const ignore = (): void => undefined;
    super(new Socket(), { onPending: ignore, onBlocked: ignore, onOverflow: ignore });
  }

  override data(id: number, _bytes: Buffer, start: number, end: number, ends: boolean): void {
    this.sent.push({ id, length: end - start, ends });
  }

  override dataFrom(
    source: { take(target: Buffer, at: number, length: number): void },
    id: number,
    length: number,
    ends: boolean,
  ): void {
    source.take(Buffer.alloc(length), 0, length);
    this.sent.push({ id, length, ends });
  }
}

function createSender(id: number, sendWindow: number, waiting: number): Sender {
  const queue = new SendQueue();
  queue.push(Buffer.alloc(waiting), 0, waiting);
  return { id, sendWindow, queue, endsBehindQueue: true, inLine: false, onSent: () => undefined };
}

function create(): { output: NotingOutput; scheduler: SendScheduler } {
  const output = new NotingOutput();
  const scheduler = new SendScheduler(output, new AbuseBudget({ capacity: 1000, refillPerSecond: 1 }, 0));
  return { output, scheduler };
}

describe('send scheduler', () => {
  it('serves streams in turns of one frame', () => {
    const { output, scheduler } = create();
    scheduler.widen(1 << 20);
    const [large, small] = [createSender(1, 1 << 20, 50_000), createSender(3, 1 << 20, 20_000)];
    scheduler.enqueue(large);
    scheduler.enqueue(small);
    scheduler.pump();
    assert.deepEqual(
      output.sent.map(({ id, length, ends }) => [id, length, ends]),
      [
        [1, 16_384, false],
        [3, 16_384, false],
        [1, 16_384, false],
        [3, 3616, true],
        [1, 16_384, false],
        [1, 848, true],
      ],
    );
  });

  it('passes nobody by who waits', () => {
    const { output, scheduler } = create();
    scheduler.enqueue(createSender(1, 100, 50));
    const late = createSender(3, 100, 0);
    assert.equal(scheduler.sendNow(late, Buffer.alloc(10), 0, 10, true), 0);
    assert.equal(output.sent.length, 0);
  });

  it('stops while the socket asks to wait', () => {
    const { output, scheduler } = create();
    output.blocked = true;
    scheduler.enqueue(createSender(1, 100, 50));
    scheduler.pump();
    assert.equal(output.sent.length, 0);
  });

  it('never sends more than the windows allow, and all of it once they do', () => {
    const stream = fc.record({ waiting: fc.nat(40_000), window: fc.integer({ min: -100, max: 40_000 }) });
    fc.assert(
      fc.property(
        fc.array(stream, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(60_000)),
        (streams, updates) => {
          const { output, scheduler } = create();
          const senders = streams.map(({ waiting, window }, index) =>
            createSender(2 * index + 1, window, waiting),
          );
          let connection = 65_535;
          for (const sender of senders) scheduler.enqueue(sender);
          scheduler.pump();
          for (const update of updates) {
            connection += update;
            scheduler.widen(update);
            scheduler.pump();
          }
          const sentBy = (id: number): number =>
            output.sent.filter((frame) => frame.id === id).reduce((sum, { length }) => sum + length, 0);
          const total = output.sent.reduce((sum, { length }) => sum + length, 0);
          assert.ok(total <= connection);
          senders.forEach(({ id }, index) => {
            const { waiting, window } = streams[index]!;
            assert.ok(sentBy(id) <= Math.max(0, window));
            if (scheduler.window > 0) assert.equal(sentBy(id), Math.min(waiting, Math.max(0, window)));
          });
        },
      ),
    );
  });
});
