/** What is written is read as the same, whatever tables and codes were used on the way. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import { HpackDecoder } from './decoder.ts';
import { HpackEncoder } from './encoder.ts';
import { decodeHuffman } from './huffman.ts';
import { Collector, decodeBlocks, type Field } from './testing/collect.ts';
import { TableWriter } from './testing/table-writer.ts';
import { huffman } from './testing/write-block.ts';

const octets = (maxLength: number) =>
  fc.array(fc.nat(255), { maxLength }).map((codes) => String.fromCharCode(...codes));

const anyField: fc.Arbitrary<Field> = fc.oneof(
  fc.tuple(
    fc.constantFrom('accept', ':path', 'cookie', 'x-a', 'content-type'),
    fc.constantFrom('', 'a', 'text/html'),
  ),
  fc.tuple(octets(8), octets(40)),
  fc.tuple(
    fc.constantFrom('x-long', 'cookie'),
    fc.integer({ min: 100, max: 5000 }).map((n) => 'l'.repeat(n)),
  ),
);

describe('HPACK', () => {
  it('reads every block that a peer with tables and codes of its own may write', () => {
    const step = fc.record({
      fields: fc.array(fc.tuple(anyField, fc.nat(3), fc.boolean()), { maxLength: 12 }),
      resize: fc.option(fc.nat(4096), { freq: 5 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const writer = new TableWriter(4096);
        const blocks = steps.map(({ fields, resize }) => writer.block(fields, resize));
        assert.deepEqual(
          decodeBlocks(blocks),
          steps.map(({ fields }) => fields.map(([field]) => field)),
        );
      }),
      { numRuns: runs(300) },
    );
  });

  it('comes to an end with any octets, without a throw and within its memory', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (blocks) => {
        const decoder = new HpackDecoder(4096);
        for (const block of blocks) {
          const sink = new Collector(300);
          if (decoder.decode(Buffer.from(block), 0, block.length, sink) !== 0) return;
          assert.ok(sink.fields.length + sink.overlongCount <= block.length);
        }
      }),
      { numRuns: runs(2000) },
    );
  });

  it('reads what its own encoder writes, names in lower case', () => {
    const latin = fc.array(fc.integer({ min: 0x21, max: 0xff }), { maxLength: 300 });
    const name = fc.oneof(
      fc.constantFrom('Content-Type', 'SERVER', 'set-cookie', 'X-Frame-Options', 'Via', 'ETag', 'x'),
      fc
        .array(fc.integer({ min: 0x21, max: 0x7e }), { minLength: 1, maxLength: 200 })
        .map((codes) => String.fromCharCode(...codes)),
    );
    const field = fc.tuple(
      name,
      latin.map((codes) => String.fromCharCode(...codes)),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 999 }),
        fc.array(field, { maxLength: 40 }),
        (status, fields) => {
          const encoder = new HpackEncoder();
          const decoder = new HpackDecoder(0);
          for (let round = 0; round < 2; round++) {
            encoder.begin();
            encoder.status(status);
            for (const [one, value] of fields) {
              const bytes = Buffer.from(`..${one}${value}..`, 'latin1');
              const nameEnd = 2 + one.length;
              encoder.copy(bytes, 2, nameEnd, nameEnd, nameEnd + value.length);
              encoder.field('x-text', value);
            }
            const sink = new Collector();
            assert.equal(decoder.decode(encoder.bytes, 0, encoder.length, sink), 0);
            assert.deepEqual(sink.fields, [
              [':status', String(status)],
              ...fields.flatMap(([one, value]) => [
                [one.toLowerCase(), value],
                ['x-text', value],
              ]),
            ]);
          }
        },
      ),
      { numRuns: runs(300) },
    );
  });
});

describe('a Huffman string', () => {
  it('is one way to write a text, and no other string stands for it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const out = Buffer.alloc(200);
        const length = decodeHuffman(bytes, 0, bytes.length, out, 0);
        if (length < 0) return;
        const again = huffman(out.toString('latin1', 0, length));
        assert.deepEqual(again.slice(again.length - bytes.length), [...bytes]);
      }),
      { numRuns: runs(5000) },
    );
  });

  it('writes nothing behind the room it has, and counts what it would have written', () => {
    fc.assert(
      fc.property(octets(100), fc.nat(120), (text, size) => {
        const out = Buffer.alloc(size);
        const coded = Buffer.from(huffman(text));
        const start = text.length === 0 ? 1 : coded.length - codedLength(text);
        assert.equal(decodeHuffman(coded, start, coded.length, out, 0), text.length);
        assert.equal(out.toString('latin1', 0, Math.min(size, text.length)), text.slice(0, size));
      }),
      { numRuns: runs(500) },
    );
  });
});

/** Octets of a text's Huffman string behind its length. */
function codedLength(text: string): number {
  const whole = huffman(text).length;
  return whole - (whole > 127 + 1 ? 2 : 1);
}
