import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RangeTable, RangeTableBuilder } from './range-table.ts';
import { arbitraryWords } from './testing/arbitrary.ts';

interface Range {
  readonly first: number;
  readonly last: number;
  readonly value: number;
}

function words(address: number): Int32Array {
  return Int32Array.of(0, 0, 0xffff, address);
}

function build(ranges: readonly Range[]): RangeTable {
  const builder = new RangeTableBuilder();
  for (const { first, last, value } of ranges) assert.ok(builder.add(words(first), words(last), value));
  return new RangeTable(builder.build());
}

/** Few addresses at both ends of the space, so that ranges meet, overlap and reach the end. */
const arbitraryAddress = fc.oneof(
  fc.integer({ min: 0, max: 60 }),
  fc.integer({ min: 2 ** 31 - 30, max: 2 ** 31 + 30 }),
  fc.integer({ min: 2 ** 32 - 60, max: 2 ** 32 - 1 }),
);
const arbitraryRanges = fc
  .array(
    fc
      .tuple(arbitraryAddress, arbitraryAddress, fc.integer({ min: 0, max: 3 }))
      .map(
        ([one, other, value]): Range => ({ first: Math.min(one, other), last: Math.max(one, other), value }),
      ),
    { maxLength: 40 },
  )
  .map((ranges) => ranges.toSorted((a, b) => a.first - b.first));

describe('a range table', () => {
  it('answers as a scan of the ranges does, the first that holds an address', () => {
    fc.assert(
      fc.property(arbitraryRanges, fc.array(arbitraryAddress, { maxLength: 30 }), (ranges, random) => {
        const table = build(ranges);
        const ends = ranges.flatMap(({ first, last }) => [first, last, last + 1, Math.max(0, first - 1)]);
        for (const address of [...ends, ...random]) {
          if (address >= 2 ** 32) continue;
          const found = ranges.find(({ first, last }) => first <= address && address <= last);
          assert.equal(table.valueOf(words(address)), found?.value ?? 0, `address ${address}`);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('holds IPv6 ranges whose words need all their bits, up to the last address', () => {
    fc.assert(
      fc.property(arbitraryWords, arbitraryWords, (one, other) => {
        const builder = new RangeTableBuilder();
        const ordered = builder.add(one, other, 0xffff_ffff);
        const table = new RangeTable(builder.build());
        assert.equal(table.valueOf(one), ordered ? 0xffff_ffff : 0);
        assert.equal(table.valueOf(other), ordered ? 0xffff_ffff : 0);
      }),
    );
  });

  it('refuses a range that begins in front of the last one, is upside down, or spans both families', () => {
    const builder = new RangeTableBuilder();
    assert.ok(builder.add(words(10), words(20), 1));
    assert.ok(!builder.add(words(9), words(30), 1));
    assert.ok(!builder.add(words(40), words(39), 1));
    assert.ok(!builder.add(words(50), Int32Array.of(1, 0, 0, 0), 1));
  });
});
