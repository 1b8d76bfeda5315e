import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import { ByteCarry } from './byte-carry.ts';

describe('a carry of octets', () => {
  it('holds nothing at first', () => {
    const carry = new ByteCarry();
    assert.equal(carry.length, 0);
    assert.equal(carry.view().length, 0);
    assert.equal(carry.take().length, 0);
  });

  it('holds what was appended, in order, until it is taken', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, pieces, (first, second) => {
        const carry = new ByteCarry();
        for (const appended of [first, second]) {
          for (const piece of appended) carry.append(Buffer.from(piece));
          const expected = Buffer.concat(appended);
          assert.equal(carry.length, expected.length);
          assert.deepEqual(carry.view(), expected);
          assert.deepEqual(carry.take(), expected);
          assert.equal(carry.length, 0);
        }
      }),
      { numRuns: runs(200) },
    );
  });

  it('keeps copies, so that whoever lent the octets may write over them', () => {
    const carry = new ByteCarry();
    const lent = Buffer.from('abc');
    carry.append(lent);
    lent.fill(0);
    assert.equal(carry.view().toString(), 'abc');
  });

  it('does not write into what it has handed over', () => {
    const carry = new ByteCarry();
    carry.append(Buffer.from('abc'));
    const taken = carry.take();
    carry.append(Buffer.from('xyz'));
    assert.equal(taken.toString(), 'abc');
  });

  it('holds what it adopted in order, and copies of a row of requests less than a few times its octets', () => {
    const row = Buffer.alloc(200_000, 'a request ');
    let left: Buffer = row;
    let copied = 0;
    while (left.length > 0) {
      const carry = new ByteCarry();
      carry.adopt(left);
      const taken = carry.take();
      if (taken.buffer !== left.buffer) copied += taken.length;
      assert.ok(taken.equals(left));
      left = taken.subarray(Math.min(10, taken.length));
    }
    assert.ok(copied < 3 * row.length, `${copied} octets`);
    const carry = new ByteCarry();
    carry.adopt(row);
    carry.adopt(Buffer.from('x'));
    assert.equal(carry.length, row.length + 1);
    assert.equal(row.toString('latin1', row.length - 10), 'a request ');
  });

  it('copies each octet a constant number of times when they come one by one', () => {
    const carry = new ByteCarry();
    const octet = Buffer.from('x');
    const buffers = new Set<ArrayBufferLike>();
    for (let count = 0; count < 100_000; count++) {
      carry.append(octet);
      buffers.add(carry.view().buffer);
    }
    assert.ok(buffers.size < 12, `${buffers.size} buffers`);
  });
});
