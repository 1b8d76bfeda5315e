import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BAD_PADDING, DATA_RUN, FRAME, FrameReader, NEED_MORE, TOO_LONG, TOO_SHORT } from './frame-reader.ts';
import { DATA, FLAG_PADDED, PING } from './frame-types.ts';
import { writeFrameHeader } from './frame-writer.ts';

function frame(type: number, flags: number, payload: Buffer, length: number = payload.length): Buffer {
  const header = Buffer.alloc(9);
  writeFrameHeader(header, 0, length, type, flags, 1);
  return Buffer.concat([header, payload]);
}

describe('frame reader', () => {
  it('hands out a frame that lies whole in the chunk where it stands', () => {
    const reader = new FrameReader(16_384);
    const chunk = frame(PING, 0, Buffer.from('12345678'));
    reader.feed(chunk);
    assert.equal(reader.next(), FRAME);
    assert.equal(reader.bytes, chunk);
    assert.deepEqual([reader.start, reader.end], [9, 17]);
    assert.equal(reader.next(), NEED_MORE);
    assert.equal(reader.isCut, false);
  });

  it('says that a frame is too long as soon as its header is there', () => {
    const reader = new FrameReader(16_384);
    reader.feed(frame(PING, 0, Buffer.alloc(0), 16_385));
    assert.equal(reader.next(), TOO_LONG);
  });

  it('ignores the reserved bit of the stream identifier', () => {
    const reader = new FrameReader(16_384);
    const chunk = frame(PING, 0, Buffer.alloc(0));
    chunk[5] = 0x80;
    reader.feed(chunk);
    reader.next();
    assert.equal(reader.streamId, 1);
  });

  it('hands out data before its frame is whole', () => {
    const reader = new FrameReader(16_384);
    reader.feed(frame(DATA, 0, Buffer.from('abc'), 5));
    assert.equal(reader.next(), DATA_RUN);
    assert.equal(reader.bytes.toString('latin1', reader.start, reader.end), 'abc');
    assert.deepEqual([reader.first, reader.last], [true, false]);
    assert.equal(reader.next(), NEED_MORE);
    assert.equal(reader.isCut, false);
    reader.feed(Buffer.from('de'));
    assert.equal(reader.next(), DATA_RUN);
    assert.deepEqual([reader.first, reader.last], [false, true]);
  });

  it('refuses padding that is not shorter than the payload', () => {
    const reader = new FrameReader(16_384);
    reader.feed(frame(DATA, FLAG_PADDED, Buffer.from([3, 0, 0])));
    assert.equal(reader.next(), BAD_PADDING);
  });

  it('refuses a padded frame without the length of its padding', () => {
    const reader = new FrameReader(16_384);
    reader.feed(frame(DATA, FLAG_PADDED, Buffer.alloc(0)));
    assert.equal(reader.next(), TOO_SHORT);
  });

  it('gives no data where a frame is all padding', () => {
    const reader = new FrameReader(16_384);
    reader.feed(frame(DATA, FLAG_PADDED, Buffer.from([2, 0, 0])));
    assert.equal(reader.next(), DATA_RUN);
    assert.equal(reader.start, reader.end);
    assert.equal(reader.last, true);
    assert.equal(reader.next(), NEED_MORE);
  });
});
