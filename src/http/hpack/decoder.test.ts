import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COMPRESSION_FAULT, HpackDecoder } from './decoder.ts';
import { NO_SINK } from './field-sink.ts';
import { LineRoom } from './line-room.ts';
import { Collector, decodeBlock, decodeBlocks } from './testing/collect.ts';
import {
  added,
  bitsToOctets,
  huffman,
  huffmanBits,
  indexed,
  integer,
  neverIndexed,
  notAdded,
  plain,
  sizeUpdate,
} from './testing/write-block.ts';

/** The first index of the dynamic table. */
const NEWEST = 62;

describe('RFC 7541 section 2.3: a table entry is referred to', () => {
  it('in the static table by 1 to 61', () => {
    assert.deepEqual(decodeBlock([0x82, 0x87, 0x84, 0xbd]), [
      [':method', 'GET'],
      [':scheme', 'https'],
      [':path', '/'],
      ['www-authenticate', ''],
    ]);
  });

  it('in the dynamic table from 62 on, the newest first', () => {
    const first = [...added('a', '1'), ...added('b', '2'), ...indexed(NEWEST), ...indexed(NEWEST + 1)];
    const second = [...added('c', '3'), ...indexed(NEWEST + 2), ...indexed(NEWEST)];
    assert.deepEqual(decodeBlocks([first, second]), [
      [
        ['a', '1'],
        ['b', '2'],
        ['b', '2'],
        ['a', '1'],
      ],
      [
        ['c', '3'],
        ['a', '1'],
        ['c', '3'],
      ],
    ]);
  });

  it('never by 0, nor by an index behind both tables', () => {
    assert.equal(decodeBlock([0x80]), null);
    assert.equal(decodeBlock(indexed(NEWEST)), null);
    assert.equal(decodeBlock([...added('a', '1'), ...indexed(NEWEST + 1)]), null);
    assert.equal(decodeBlock([...added('a', '1'), ...notAdded(NEWEST + 1, 'x')]), null);
    assert.equal(decodeBlock(indexed(1_000_000)), null);
  });
});

describe('RFC 7541 section 4: the dynamic table', () => {
  const entry = (name: string) => added(name, 'v'.repeat(67)); // 100 octets with the name and the overhead

  it('drops its oldest entries where a new one has no room (4.4)', () => {
    const decoder = new HpackDecoder(250);
    assert.deepEqual(
      decodeBlock([...entry('a'), ...entry('b'), ...entry('c'), ...indexed(NEWEST + 1)], decoder)?.at(
        -1,
      )?.[0],
      'b',
    );
    assert.equal(decodeBlock(indexed(NEWEST + 2), decoder), null);
  });

  it('counts 32 octets for each entry (4.1)', () => {
    const decoder = new HpackDecoder(68);
    const two = [...added('a', '1'), ...added('b', '2')];
    assert.deepEqual(decodeBlock([...two, ...indexed(NEWEST + 1)], decoder)?.at(-1), ['a', '1']);
    assert.equal(decodeBlock([...two, ...indexed(NEWEST + 1)], new HpackDecoder(67)), null);
  });

  it('is emptied by an entry that is larger than it, which is no fault (4.4)', () => {
    const decoder = new HpackDecoder(200);
    const large = ['x', 'y'.repeat(168)] as const;
    assert.deepEqual(decodeBlock([...added('a', '1'), ...added(...large)], decoder)?.at(-1), large);
    assert.equal(decodeBlock(indexed(NEWEST), decoder), null);
  });

  it('takes an entry of just its size', () => {
    const exact = ['x', 'y'.repeat(167)] as const;
    const decoder = new HpackDecoder(200);
    assert.deepEqual(decodeBlock([...added(...exact), ...indexed(NEWEST)], decoder), [exact, exact]);
  });

  it('lends its name to an entry that takes its place (4.4)', () => {
    const name = 'n'.repeat(60);
    const block = [...added(name, '1'), ...added(NEWEST, '2'), ...indexed(NEWEST)];
    assert.deepEqual(decodeBlock(block, new HpackDecoder(100)), [
      [name, '1'],
      [name, '2'],
      [name, '2'],
    ]);
  });

  it('may hold nothing at all', () => {
    assert.deepEqual(decodeBlock([...added('a', '1'), 0x82], new HpackDecoder(0))?.length, 2);
    assert.equal(decodeBlock([...added('a', '1'), ...indexed(NEWEST)], new HpackDecoder(0)), null);
  });
});

describe('RFC 7541 sections 4.2 and 6.3: a size update', () => {
  const two = [...added('a', '1'), ...added('b', '2')];

  it('drops the entries that no longer fit, also where the size grows again', () => {
    const shrunk = [...sizeUpdate(34), ...sizeUpdate(4096), ...indexed(NEWEST)];
    assert.deepEqual(decodeBlocks([two, shrunk])[1], [['b', '2']]);
    assert.equal(decodeBlocks([two, [...shrunk, ...indexed(NEWEST + 1)]])[1], null);
  });

  it('is refused above the limit', () => {
    assert.deepEqual(decodeBlock([...sizeUpdate(4096), 0x82]), [[':method', 'GET']]);
    assert.equal(decodeBlock([...sizeUpdate(4097), 0x82]), null);
  });

  it('is refused behind a field', () => {
    assert.equal(decodeBlock([0x82, ...sizeUpdate(0)]), null);
    assert.equal(decodeBlock([...added('a', '1'), ...sizeUpdate(100)]), null);
  });

  it('has to come first once the limit was lowered', () => {
    const lowered = () => {
      const decoder = new HpackDecoder(4096);
      decoder.setLimit(100);
      return decoder;
    };
    assert.equal(decodeBlock([0x82], lowered()), null);
    assert.equal(decodeBlock([...sizeUpdate(101), 0x82], lowered()), null);
    const decoder = lowered();
    assert.deepEqual(decodeBlock([...sizeUpdate(100), 0x82], decoder), [[':method', 'GET']]);
    assert.deepEqual(decodeBlock([0x82], decoder), [[':method', 'GET']], 'once is enough');
  });

  it('has to go to the lowest limit where that was raised again', () => {
    const decoder = new HpackDecoder(4096);
    decoder.setLimit(100);
    decoder.setLimit(4096);
    assert.equal(decodeBlock([...sizeUpdate(4096), 0x82], decoder), null);
    const other = new HpackDecoder(4096);
    other.setLimit(100);
    other.setLimit(4096);
    assert.notEqual(decodeBlock([...sizeUpdate(100), ...sizeUpdate(4096), 0x82], other), null);
  });

  it('is not needed for a higher limit, which it may use', () => {
    const decoder = new HpackDecoder(4096);
    decoder.setLimit(8192);
    const large = ['x', 'y'.repeat(5000)] as const;
    assert.equal(decodeBlock([...added(...large), ...indexed(NEWEST)], decoder), null);
    assert.deepEqual(decodeBlock([...sizeUpdate(8192), ...added(...large), ...indexed(NEWEST)], decoder), [
      large,
      large,
    ]);
  });
});

describe('RFC 7541 section 5.1: an integer', () => {
  it('has any length that its value needs', () => {
    for (const length of [0, 1, 126, 127, 128, 254, 255, 256, 16_510, 16_511, 40_000]) {
      const value = 'v'.repeat(length);
      assert.deepEqual(decodeBlock(notAdded('n', value)), [['n', value]], String(length));
    }
  });

  it('may be longer than it needs, but not without end', () => {
    assert.deepEqual(decodeBlock([0x0f, 0x80, 0x80, 0x00, ...plain('x')]), [['accept-charset', 'x']]);
    assert.equal(decodeBlock([0x0f, 0x80, 0x80, 0x80, 0x80, 0x00, ...plain('x')]), null);
  });

  it('is refused where it overflows', () => {
    assert.equal(decodeBlock([0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]), null);
    assert.equal(decodeBlock([0xff, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]), null);
    assert.equal(decodeBlock([...integer(0x20, 5, 2 ** 53), 0x82]), null);
    assert.equal(decodeBlock([0x00, 0x7f, 0xff, 0xff, 0xff, 0x7f, 0x61]), null);
  });
});

describe('RFC 7541 section 5.2: a string', () => {
  it('has any octets, plain or by their Huffman code', () => {
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, octet) => octet));
    for (const text of ['', 'a', 'example.org', all, all.repeat(20)]) {
      assert.deepEqual(decodeBlock(notAdded('n', text)), [['n', text]]);
      assert.deepEqual(decodeBlock(notAdded('n', text, huffman)), [['n', text]]);
      assert.deepEqual(decodeBlock(added(text, 'v', huffman)), [[text, 'v']]);
    }
  });

  /** A literal whose value has the given bits. */
  const withBits = (bits: string, fill = '1') => {
    const octets = bitsToOctets(bits, fill);
    return [0x00, ...plain('n'), ...integer(0x80, 7, octets.length), ...octets];
  };

  it('is padded with the first bits of EOS, up to seven', () => {
    for (const text of ['a', 'ab', 'abc', 'abcd', 'abcde', 'abcdef', 'abcdefg', '~~', '0&Z']) {
      const bits = huffmanBits(text);
      assert.deepEqual(decodeBlock(withBits(bits)), [['n', text]]);
      if (bits.length % 8 !== 0) assert.notDeepEqual(decodeBlock(withBits(bits, '0')), [['n', text]]);
    }
    assert.equal(decodeBlock(withBits(huffmanBits('A'), '0')), null);
    assert.equal(decodeBlock(withBits(huffmanBits('aa'), '0')), null);
    const eight = huffmanBits('a&').padEnd(16, '1');
    assert.equal(decodeBlock(withBits(`${eight}11111111`)), null);
    assert.equal(decodeBlock(withBits('11111111')), null);
    assert.deepEqual(decodeBlock(withBits('')), [['n', '']]);
  });

  it('has no EOS in it', () => {
    assert.equal(decodeBlock(withBits('1'.repeat(30))), null);
    assert.equal(decodeBlock(withBits(`${huffmanBits('a')}${'1'.repeat(30)}${huffmanBits('b')}`)), null);
  });

  it('ends where a code ends', () => {
    assert.equal(decodeBlock(withBits(huffmanBits('\xff').slice(0, 24))), null);
    assert.equal(decodeBlock(withBits(huffmanBits('a\x01').slice(0, 24))), null);
  });
});

describe('RFC 7541 section 6: a block', () => {
  it('has fields of all representations, of which only one adds to the table', () => {
    const block = [
      ...notAdded('a', '1'),
      ...neverIndexed('b', '2', huffman),
      ...added('c', '3'),
      ...indexed(NEWEST),
    ];
    const named = [...notAdded(NEWEST, '4'), ...neverIndexed(31, 'text/html'), ...added(24, 'no-store')];
    assert.deepEqual(decodeBlocks([block, named, indexed(NEWEST)]), [
      [
        ['a', '1'],
        ['b', '2'],
        ['c', '3'],
        ['c', '3'],
      ],
      [
        ['c', '4'],
        ['content-type', 'text/html'],
        ['cache-control', 'no-store'],
      ],
      [['cache-control', 'no-store']],
    ]);
    assert.equal(decodeBlock([...notAdded('a', '1'), ...neverIndexed('b', '2'), ...indexed(NEWEST)]), null);
  });

  it('may be empty', () => assert.deepEqual(decodeBlock([]), []));

  it('is refused where it ends within a field', () => {
    const whole = [
      ...added('name', 'value', huffman),
      ...notAdded(300 - 239, 'x'),
      ...neverIndexed('a', 'b'),
    ];
    for (let length = 0; length < whole.length; length++) {
      const fields = decodeBlock(whole.slice(0, length));
      assert.ok(fields === null || fields.length < 3, `${length} of ${whole.length}`);
    }
  });
});

describe('a sink', () => {
  it('gets a field with the mark that it gave to the same entry', () => {
    const decoder = new HpackDecoder(4096);
    const sink = new Collector();
    const block = Buffer.from([0x82, ...added('a', '1'), ...indexed(NEWEST), 0x82, ...notAdded('a', '1')]);
    assert.equal(decoder.decode(block, 0, block.length, sink), 0);
    assert.deepEqual(sink.known, [false, false, true, true, false]);
  });

  it('does not get fields longer than it takes, which are added to the table all the same', () => {
    for (const text of [plain, huffman]) {
      const decoder = new HpackDecoder(4096);
      const sink = new Collector(50);
      const long = 'l'.repeat(47);
      const fits = 'f'.repeat(45);
      const block = Buffer.from([
        ...added('a', long, text),
        ...added('b', fits, text),
        ...notAdded('c', long.repeat(1000), text),
        ...added('d', 'short', text),
      ]);
      assert.equal(decoder.decode(block, 0, block.length, sink), 0);
      assert.equal(sink.overlongCount, 2);
      assert.deepEqual(sink.fields, [
        ['b', fits],
        ['d', 'short'],
      ]);
      assert.deepEqual(decodeBlock(indexed(NEWEST + 2), decoder), [['a', long]]);
    }
  });

  it('may ignore everything, and the table stays in step', () => {
    const decoder = new HpackDecoder(4096);
    const block = Buffer.from([...added('a', '1'), ...added('b', '2'.repeat(300)), ...notAdded('c', '3')]);
    assert.equal(decoder.decode(block, 0, block.length, NO_SINK), 0);
    assert.deepEqual(decodeBlock([...indexed(NEWEST), ...indexed(NEWEST + 1)], decoder), [
      ['b', '2'.repeat(300)],
      ['a', '1'],
    ]);
  });
});

describe('a bomb', () => {
  const BLOCK_BYTES = 65_536;
  const MS_MAX = 50;

  /** The milliseconds of the best of some runs: the machine has other things to do. */
  function bestMs(run: () => void): number {
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 5; i++) {
      const startMs = performance.now();
      run();
      best = Math.min(best, performance.now() - startMs);
    }
    return best;
  }

  const large = added('n'.repeat(2000), 'v'.repeat(2000));

  it('of references to a large entry costs no more than its own octets', () => {
    const room = new LineRoom();
    const block = Buffer.from([...large, ...new Array<number>(BLOCK_BYTES).fill(0x80 | NEWEST)]);
    assert.ok(
      bestMs(() => {
        assert.equal(new HpackDecoder(4096, room).decode(block, 0, block.length, NO_SINK), 0);
      }) < MS_MAX,
    );
    assert.ok(room.bytes.length <= 8192, 'memory does not depend on the block');
  });

  it('of literals that borrow a large name is refused', () => {
    const borrowed = Array.from({ length: BLOCK_BYTES / 3 }, () => [0x0f, NEWEST - 15, 0x00]).flat();
    const block = Buffer.from([...large, ...borrowed]);
    assert.ok(
      bestMs(() => {
        const result = new HpackDecoder(4096).decode(block, 0, block.length, NO_SINK);
        assert.equal(result, COMPRESSION_FAULT);
      }) < MS_MAX,
    );
  });

  it('of a long Huffman string takes no memory for what the sink does not want', () => {
    const room = new LineRoom();
    const value = huffman('0'.repeat(BLOCK_BYTES * 4));
    const block = Buffer.from([0x00, ...plain('n'), ...value]);
    const sink = new Collector(1000);
    assert.equal(new HpackDecoder(4096, room).decode(block, 0, block.length, sink), 0);
    assert.equal(sink.overlongCount, 1);
    assert.ok(room.bytes.length <= 8192);
  });

  it('of entries that push each other out costs time linear in its octets', () => {
    const entry = [...added('a', 'v'.repeat(1000))];
    const octets = Array.from({ length: BLOCK_BYTES / entry.length }, () => entry).flat();
    const block = Buffer.from(octets);
    assert.ok(
      bestMs(() => {
        assert.equal(new HpackDecoder(4096).decode(block, 0, block.length, NO_SINK), 0);
      }) < MS_MAX,
    );
  });
});
