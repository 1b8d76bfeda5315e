import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../tests/support/fuzz.ts';
import { cutAt } from './testing/read.ts';
import { FrameTracker } from './websocket-frames.ts';

/** A frame with its payload, in any of the forms that can tell its length, the shortest or not. */
const frame = fc
  .record({
    first: fc.nat(255),
    form: fc.constantFrom(7, 16, 64),
    length: fc.oneof(fc.nat(130), fc.constantFrom(125, 126, 127, 300)),
    masked: fc.boolean(),
    filling: fc.nat(255),
  })
  .map(({ first, form, length, masked, filling }) => {
    const short = form === 7 && length < 126;
    const header = Buffer.alloc(short ? 2 : form === 64 ? 10 : 4);
    header[0] = first;
    header[1] = (masked ? 0x80 : 0) | (short ? length : form === 64 ? 127 : 126);
    if (!short && form === 64) header.writeBigUInt64BE(BigInt(length), 2);
    else if (!short) header.writeUInt16BE(length, 2);
    return Buffer.concat([header, Buffer.alloc(length + (masked ? 4 : 0), filling)]);
  });

it('knows the end of the last whole frame of any octets, however they are cut', () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 6 }),
      fc.array(fc.nat(1500), { maxLength: 12 }),
      (frames, cuts) => {
        const ends = [0];
        for (const one of frames) ends.push((ends.at(-1) ?? 0) + one.length);
        const tracker = new FrameTracker();
        let position = 0;
        for (const piece of cutAt(Buffer.concat(frames), cuts)) {
          const start = position;
          position += piece.length;
          const last = ends.filter((end) => end > start && end <= position).at(-1);
          assert.equal(tracker.advance(piece), last === undefined ? -1 : last - start);
          assert.equal(tracker.atBoundary, ends.includes(position));
        }
      },
    ),
    { numRuns: runs(500) },
  );
});
