import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SendQueue } from './send-queue.ts';

describe('send queue, any pieces', () => {
  it('gives out what was put in, in order, whatever the pieces and however much is taken at once', () => {
    const piece = fc.oneof(fc.nat(50), fc.integer({ min: 16_000, max: 17_000 }));
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 10 }),
        fc.array(fc.nat(20_000), { maxLength: 20 }),
        (sizes, takes) => {
          const queue = new SendQueue();
          const all = Buffer.concat(sizes.map((size, index) => Buffer.alloc(size, index + 1)));
          let put = 0;
          for (const size of sizes) {
            queue.push(all, put, put + size);
            put += size;
          }
          const taken = Buffer.alloc(all.length);
          let at = 0;
          for (const wanted of [...takes, all.length]) {
            const length = Math.min(wanted, queue.length);
            queue.take(taken, at, length);
            at += length;
          }
          assert.equal(queue.length, 0);
          assert.ok(taken.equals(all));
        },
      ),
    );
  });

  it('keeps no chunk alive for a small piece of it', () => {
    const queue = new SendQueue();
    const chunk = Buffer.alloc(60_000, 1);
    queue.push(chunk, 10, 20);
    chunk.fill(2);
    const taken = Buffer.alloc(10);
    queue.take(taken, 0, 10);
    assert.ok(taken.equals(Buffer.alloc(10, 1)));
  });
});
