import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClosedStreams, ENDED, RESET_BY_PEER, RESET_BY_US, UNKNOWN } from './closed-streams.ts';

describe('closed streams', () => {
  it('remembers how streams ended, up to the highest identifier', () => {
    const closed = new ClosedStreams();
    closed.add(1, ENDED);
    closed.add(3, RESET_BY_US);
    closed.add(0x7fffffff, RESET_BY_PEER);
    assert.deepEqual(
      [1, 3, 5, 0x7fffffff, 0x7ffffffd].map((id) => closed.get(id)),
      [ENDED, RESET_BY_US, UNKNOWN, RESET_BY_PEER, UNKNOWN],
    );
  });

  it('forgets the oldest', () => {
    const closed = new ClosedStreams();
    for (let id = 1; id <= 1025; id += 2) closed.add(id, ENDED);
    assert.equal(closed.get(1), UNKNOWN);
    assert.equal(closed.get(3), ENDED);
    assert.equal(closed.get(1025), ENDED);
  });
});
