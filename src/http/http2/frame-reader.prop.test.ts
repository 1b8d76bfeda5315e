import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DATA_RUN, FRAME, FrameReader, NEED_MORE } from './frame-reader.ts';
import { DATA, FLAG_PADDED, FRAME_HEADER_BYTES } from './frame-types.ts';
import { writeFrameHeader } from './frame-writer.ts';

interface TestFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly data: Buffer;
  readonly padding: number;
}

const frame: fc.Arbitrary<TestFrame> = fc.record({
  type: fc.constantFrom(DATA, DATA, 1, 3, 4, 9, 0x42),
  flags: fc.constantFrom(0, 1, 4, 0xf7),
  streamId: fc.nat(0x7fffffff),
  data: fc.uint8Array({ maxLength: 60 }).map((octets) => Buffer.from(octets)),
  padding: fc.nat(20),
});

/** A frame on the wire; only DATA is padded, for the reader leaves the padding of others to its caller. */
function encode({ type, flags, streamId, data, padding }: TestFrame): Buffer {
  const padded = type === DATA && padding > 0;
  const length = data.length + (padded ? 1 + padding : 0);
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  writeFrameHeader(header, 0, length, type, padded ? flags | FLAG_PADDED : flags & ~FLAG_PADDED, streamId);
  return padded
    ? Buffer.concat([header, Buffer.from([padding]), data, Buffer.alloc(padding)])
    : Buffer.concat([header, data]);
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set([0, ...places.map((place) => place % (bytes.length + 1)), bytes.length])];
  cuts.sort((a, b) => a - b);
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}

/** What the reader says of the pieces, DATA put together again. */
function read(pieces: readonly Buffer[]): { type: number; streamId: number; data: string }[] {
  const reader = new FrameReader(16_384);
  const frames: { type: number; streamId: number; data: string }[] = [];
  let run = '';
  for (const piece of pieces) {
    reader.feed(piece);
    for (let event = reader.next(); event !== NEED_MORE; event = reader.next()) {
      const octets = reader.bytes.toString('hex', reader.start, reader.end);
      if (event === FRAME) frames.push({ type: reader.type, streamId: reader.streamId, data: octets });
      else {
        assert.equal(event, DATA_RUN);
        run = reader.first ? octets : run + octets;
        if (reader.last) frames.push({ type: DATA, streamId: reader.streamId, data: run });
      }
    }
  }
  return frames;
}

describe('frame reader, any input', () => {
  it('reads the same frames however the octets are cut', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 8 }),
        fc.array(fc.nat(1000), { maxLength: 20 }),
        (frames, places) => {
          const bytes = Buffer.concat(frames.map(encode));
          const expected = frames.map(({ type, streamId, data }) => ({
            type,
            streamId,
            data: data.toString('hex'),
          }));
          assert.deepEqual(read([bytes]), expected);
          assert.deepEqual(read(cut(bytes, places)), expected);
          assert.deepEqual(read(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))), expected);
        },
      ),
    );
  });

  it('takes any octets without throwing, and stops at the first fault', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.array(fc.nat(400), { maxLength: 10 }),
        (octets, places) => {
          const reader = new FrameReader(100);
          let consumed = 0;
          for (const piece of cut(Buffer.from(octets), places)) {
            reader.feed(piece);
            for (let event = reader.next(); event !== NEED_MORE; event = reader.next()) {
              if (event > DATA_RUN) return;
              consumed += event === FRAME ? FRAME_HEADER_BYTES + reader.length : reader.end - reader.start;
              assert.ok(reader.end - reader.start <= 100);
            }
          }
          assert.ok(consumed <= octets.length);
        },
      ),
    );
  });
});
