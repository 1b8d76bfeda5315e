import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DATA_RUN, FRAME, FrameReader } from '../../http/http2/frame-reader.ts';
import { DATA, DEFAULT_FRAME_SIZE, FLAG_END_STREAM, PING } from '../../http/http2/frame-types.ts';
import { FrameOutput } from './frame-output.ts';

/** A socket that keeps what is written to it. */
class KeepingSocket extends Socket {
  readonly written: Buffer[] = [];

  override write(octets: Uint8Array | string): boolean {
    this.written.push(Buffer.from(octets as Uint8Array));
    return true;
  }
}

interface SentFrame {
  readonly type: number;
  readonly streamId: number;
  readonly data: string;
  readonly ends: boolean;
}

function create(): { output: FrameOutput; frames: () => SentFrame[] } {
  const ignore = (): void => undefined;
  const socket = new KeepingSocket();
  const output = new FrameOutput(socket, { onPending: ignore, onBlocked: ignore, onOverflow: ignore });
  const frames = (): SentFrame[] => {
    output.flush();
    const reader = new FrameReader(DEFAULT_FRAME_SIZE);
    reader.feed(Buffer.concat(socket.written));
    const found: SentFrame[] = [];
    for (let event = reader.next(); event === FRAME || event === DATA_RUN; event = reader.next()) {
      const { type, streamId, flags, bytes, start, end } = reader;
      const data = bytes.toString('latin1', start, end);
      found.push({ type, streamId, data, ends: (flags & FLAG_END_STREAM) !== 0 });
    }
    return found;
  };
  return { output, frames };
}

function send(output: FrameOutput, streamId: number, data: string, ends = false): void {
  output.data(streamId, Buffer.from(data), 0, data.length, ends);
}

describe('frame output', () => {
  it('puts data of one stream into one frame, and its end as well', () => {
    const { output, frames } = create();
    send(output, 1, 'one ');
    send(output, 1, 'two');
    send(output, 1, '', true);
    assert.deepEqual(frames(), [{ type: DATA, streamId: 1, data: 'one two', ends: true }]);
  });

  it('begins a frame behind another stream, behind any other frame, and behind what is written', () => {
    const { output, frames } = create();
    send(output, 1, 'a');
    send(output, 3, 'b');
    send(output, 1, 'c');
    output.ping(0);
    send(output, 1, 'd');
    output.flush();
    send(output, 1, 'e');
    assert.deepEqual(
      frames().map(({ type, streamId, data }) => (type === PING ? 'ping' : `${streamId}${data}`)),
      ['1a', '3b', '1c', 'ping', '1d', '1e'],
    );
  });

  it('sends any data whole, in order, and in frames of the size allowed', () => {
    const piece = fc.record({ streamId: fc.constantFrom(1, 3), length: fc.nat(DEFAULT_FRAME_SIZE) });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { output, frames } = create();
        const expected = new Map([
          [1, ''],
          [3, ''],
        ]);
        pieces.forEach(({ streamId, length }, index) => {
          const data = String.fromCharCode(0x61 + (index % 26)).repeat(length);
          expected.set(streamId, expected.get(streamId) + data);
          send(output, streamId, data);
        });
        const sent = frames();
        for (const [streamId, data] of expected) {
          const own = sent.filter((frame) => frame.streamId === streamId);
          assert.equal(own.map((frame) => frame.data).join(''), data);
        }
        assert.ok(sent.every(({ data }) => data.length <= DEFAULT_FRAME_SIZE));
      }),
      { numRuns: 50 },
    );
  });
});
