import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FLAG_PADDED, FLAG_PRIORITY, FRAME_SIZE_ERROR, NO_ERROR, PROTOCOL_ERROR } from './frame-types.ts';
import { HeaderPayload } from './header-payload.ts';

function read(octets: readonly number[], flags: number): { code: number; payload: HeaderPayload } {
  const payload = new HeaderPayload();
  return { code: payload.read(Buffer.from(octets), 0, octets.length, flags), payload };
}

describe('payload of HEADERS', () => {
  it('is the fragment between padding and priority', () => {
    const { code, payload } = read([2, 0x80, 0, 0, 7, 15, 0x82, 0, 0], FLAG_PADDED | FLAG_PRIORITY);
    assert.deepEqual([code, payload.start, payload.end, payload.dependency], [NO_ERROR, 6, 7, 7]);
  });

  it('may be all padding', () => {
    const { code, payload } = read([2, 0, 0], FLAG_PADDED);
    assert.deepEqual([code, payload.start, payload.end], [NO_ERROR, 1, 1]);
  });

  it('is refused where padding or priority do not fit in', () => {
    assert.equal(read([3, 0, 0], FLAG_PADDED).code, PROTOCOL_ERROR);
    assert.equal(read([], FLAG_PADDED).code, FRAME_SIZE_ERROR);
    assert.equal(read([0, 0, 0, 0], FLAG_PRIORITY).code, FRAME_SIZE_ERROR);
  });
});
