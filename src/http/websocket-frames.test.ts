import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CLOSE_GOING_AWAY, FrameTracker } from './websocket-frames.ts';

/** A frame with the shortest length form. */
function frame(opcode: number, length: number, masked: boolean): Buffer {
  const mask = masked ? 0x80 : 0;
  const payload = Buffer.alloc((masked ? 4 : 0) + length, 0xff);
  if (length < 126) return Buffer.concat([Buffer.from([opcode, mask | length]), payload]);
  const header = Buffer.alloc(length < 65_536 ? 4 : 10);
  header[0] = opcode;
  header[1] = mask | (length < 65_536 ? 126 : 127);
  if (length < 65_536) header.writeUInt16BE(length, 2);
  else header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

describe('frames (RFC 6455 §5.2)', () => {
  for (const length of [0, 1, 125, 126, 127, 128, 65_535, 65_536, 70_000]) {
    for (const masked of [false, true]) {
      it(`of ${length} octets ${masked ? 'with' : 'without'} a mask end behind their payload`, () => {
        const tracker = new FrameTracker();
        const bytes = frame(0x82, length, masked);
        assert.equal(tracker.advance(bytes.subarray(0, -1)), -1);
        assert.equal(tracker.atBoundary, false);
        assert.equal(tracker.advance(bytes.subarray(-1)), 1);
        assert.equal(tracker.atBoundary, true);
      });
    }
  }

  it('give the end of the last one that ends in the octets', () => {
    const tracker = new FrameTracker();
    const two = Buffer.concat([frame(0x81, 3, false), frame(0x89, 0, false)]);
    assert.equal(tracker.advance(Buffer.concat([two, frame(0x82, 300, true).subarray(0, 20)])), two.length);
    assert.equal(tracker.atBoundary, false);
    assert.equal(tracker.advance(Buffer.alloc(288)), 288);
    assert.equal(tracker.atBoundary, true);
  });

  it('are followed octet by octet', () => {
    const tracker = new FrameTracker();
    const frames = [frame(1, 200, true), frame(0, 0, true), frame(0x80, 7, false), CLOSE_GOING_AWAY];
    for (const one of frames) {
      for (const [index, octet] of one.entries()) {
        const last = index === one.length - 1;
        assert.equal(tracker.advance(Uint8Array.of(octet)), last ? 1 : -1);
        assert.equal(tracker.atBoundary, last);
      }
    }
  });

  it('may be said to be longer than any tunnel lasts', () => {
    const tracker = new FrameTracker();
    const endless = Buffer.from([0x82, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    assert.equal(tracker.advance(endless), -1);
    assert.equal(tracker.advance(Buffer.alloc(100_000)), -1);
    assert.equal(tracker.atBoundary, false);
  });

  it('are at a boundary before the first octet, and stay there without octets', () => {
    const tracker = new FrameTracker();
    assert.equal(tracker.atBoundary, true);
    assert.equal(tracker.advance(new Uint8Array(0)), -1);
    assert.equal(tracker.atBoundary, true);
  });
});

it('says goodbye with code 1001 in an unmasked Close frame (RFC 6455 §7.4.1)', () => {
  assert.deepEqual([...CLOSE_GOING_AWAY], [0x88, 2, 1001 >> 8, 1001 & 0xff]);
});
