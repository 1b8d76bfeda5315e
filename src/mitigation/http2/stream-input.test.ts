import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StreamInput } from './stream-input.ts';

class Host {
  taken = 0;
  readonly updates: number[] = [];
  readonly output = {
    windowUpdate: (_id: number, increment: number): void => void this.updates.push(increment),
  };

  takeInput(bytes: number): void {
    this.taken += bytes;
  }
}

describe('request half of a stream', () => {
  it('opens the window again in large steps', () => {
    const host = new Host();
    const input = new StreamInput(1, host, 1000);
    for (let i = 0; i < 10; i++) {
      assert.equal(input.admit(100), true);
      input.pass(100);
    }
    assert.deepEqual(host.updates, [500, 500]);
    assert.equal(host.taken, 1000);
  });

  it('allows for no more than its window', () => {
    const input = new StreamInput(1, new Host(), 1000);
    assert.equal(input.admit(1000), true);
    assert.equal(input.admit(1), false);
  });

  it('opens no window for what the exchange does not want yet', () => {
    const host = new Host();
    const input = new StreamInput(1, host, 1000);
    input.pause();
    input.admit(800);
    input.pass(800);
    assert.deepEqual([host.taken, host.updates], [0, []]);
    input.resume();
    assert.deepEqual([host.taken, host.updates], [800, [800]]);
  });

  it('opens the window of the connection only, once the request has ended or is not wanted', () => {
    const host = new Host();
    const input = new StreamInput(1, host, 1000);
    input.hold(600);
    input.stop();
    assert.deepEqual([host.taken, host.updates], [600, []]);
  });

  it('holds data against the length that was told (RFC 9113 section 8.1.1)', () => {
    const input = new StreamInput(1, new Host(), 1000);
    input.expected = 5;
    assert.equal(input.count(5, false), true);
    assert.equal(input.count(1, false), false);
    const short = new StreamInput(3, new Host(), 1000);
    short.expected = 5;
    assert.equal(short.count(4, true), false);
  });
});
