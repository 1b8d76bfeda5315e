import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BodyReader } from './body-reader.ts';
import { BODY_CHUNKED, BODY_LENGTH, BODY_NONE, BODY_UNTIL_CLOSE } from './framing.ts';
import { type BodyReading, cutAt, listFields, octets, readBody } from './testing/read.ts';

/** Reads a chunked body whole and octet by octet, which must come to the same. */
function readChunked(text: string, budgeted = true): BodyReading {
  const bytes = octets(text);
  const whole = readBody([bytes], BODY_CHUNKED, -1, budgeted);
  const single = cutAt(bytes, [...bytes.keys()]);
  const pieced = readBody(single, BODY_CHUNKED, -1, budgeted);
  assert.equal(pieced.outcome, whole.outcome, 'the outcome octet by octet');
  assert.deepEqual(pieced, whole);
  return whole;
}

describe('a body without framing', () => {
  it('is over before it has begun (RFC 9112 §6.3)', () => {
    const reader = new BodyReader();
    for (const [framing, length] of [
      [BODY_NONE, 0],
      [BODY_LENGTH, 0],
    ] as const) {
      reader.start(framing, length, true);
      assert.equal(reader.done, true);
      assert.equal(reader.next(octets('GET /'), 0, 5), 0);
      assert.deepEqual([reader.dataStart, reader.dataEnd], [0, 0]);
    }
  });
});

describe('a body with a length (RFC 9112 §6.2)', () => {
  it('ends with its last octet and takes none of what follows', () => {
    assert.deepEqual(readBody([octets('abcdefGET')], BODY_LENGTH, 6), {
      outcome: 'ok',
      data: 'abcdef',
      consumed: 6,
      trailers: [],
    });
    assert.equal(readBody([octets('ab'), octets('cdef'), octets('x')], BODY_LENGTH, 6).consumed, 6);
  });

  it('may begin and end anywhere in the octets that arrive', () => {
    const reader = new BodyReader();
    reader.start(BODY_LENGTH, 6, true);
    assert.equal(reader.next(octets('head..abc'), 6, 9), 9);
    assert.equal(reader.next(octets('..de'), 2, 4), 4);
    assert.equal(reader.done, false);
    assert.equal(reader.next(octets('.f.'), 1, 3), 2);
    assert.deepEqual([reader.done, reader.bytesTotal], [true, 6]);
  });

  it('is not done while octets are missing', () => {
    assert.equal(readBody([octets('abcde')], BODY_LENGTH, 6).outcome, 'more');
  });

  it('is not said to end with the connection', () => {
    const reader = new BodyReader();
    reader.start(BODY_LENGTH, 6, false);
    assert.equal(reader.endsWithConnection, false);
    reader.start(BODY_CHUNKED, 0, false);
    assert.equal(reader.endsWithConnection, false);
  });
});

describe('a body that ends with the connection (RFC 9112 §6.3)', () => {
  it('takes everything', () => {
    const reading = readBody([octets('abc'), octets('def')], BODY_UNTIL_CLOSE);
    assert.deepEqual([reading.outcome, reading.data], ['more', 'abcdef']);
    const reader = new BodyReader();
    reader.start(BODY_UNTIL_CLOSE, 0, false);
    assert.equal(reader.endsWithConnection, true);
  });
});

describe('chunked coding (RFC 9112 §7.1)', () => {
  const accepted: readonly (readonly [string, string, string])[] = [
    ['no data', '0\r\n\r\n', ''],
    ['one chunk', '3\r\nabc\r\n0\r\n\r\n', 'abc'],
    ['several chunks', '1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n', 'abcdef'],
    ['sizes in either case', 'a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n', '01234567890123456789'],
    ['sizes with leading zeros', '003\r\nabc\r\n0000000000000\r\n\r\n', 'abc'],
    ['thirteen digits', '0000000000003\r\nabc\r\n0\r\n\r\n', 'abc'],
    ['data that looks like framing', '7\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n', '0\r\n\r\n\r\n'],
    ['extensions, which are dropped (§7.1.1)', '3;a=b;c="d;\\"e"\r\nabc\r\n0;last\r\n\r\n', 'abc'],
    ['white space around an extension (§7.1.1)', '3 ;\ta = b\r\nabc\r\n0\r\n\r\n', 'abc'],
  ];
  for (const [what, text, data] of accepted) {
    it(`decodes ${what}`, () => {
      const reading = readChunked(text);
      assert.deepEqual([reading.outcome, reading.data, reading.consumed], ['ok', data, text.length]);
    });
  }

  it('leaves what follows the body alone', () => {
    const text = '3\r\nabc\r\n0\r\n\r\n';
    const reading = readBody([octets(`${text}GET / HTTP/1.1\r\n`)], BODY_CHUNKED);
    assert.deepEqual([reading.outcome, reading.data, reading.consumed], ['ok', 'abc', text.length]);
  });

  const refused: readonly (readonly [string, string])[] = [
    ['an empty size', '\r\nabc\r\n'],
    ['a size that is no number', 'x\r\n'],
    ['a sign', '+3\r\nabc\r\n0\r\n\r\n'],
    ['a negative size', '-3\r\nabc\r\n0\r\n\r\n'],
    ['a prefix', '0x3\r\nabc\r\n0\r\n\r\n'],
    ['an underscore', '1_0\r\n'],
    ['a letter behind', '3h\r\nabc\r\n0\r\n\r\n'],
    ['a letter above F', 'g\r\n'],
    ['a decimal point', '3.0\r\nabc\r\n'],
    ['a comma', '3,3\r\nabc\r\n'],
    ['a space in front', ' 3\r\nabc\r\n0\r\n\r\n'],
    ['a tab in front', '\t3\r\nabc\r\n'],
    ['a space behind', '3 \r\nabc\r\n0\r\n\r\n'],
    ['a tab behind', '3\t\r\nabc\r\n'],
    ['a space inside', '1 0\r\n'],
    ['NUL', '3\0\r\nabc\r\n'],
    ['a form feed', '3\x0c\r\nabc\r\n'],
    ['a digit of another script', '\xb3\r\nabc\r\n'],
    ['fourteen digits', '00000000000003\r\nabc\r\n'],
    ['a size that overflows 32 bits and more', '100000000000003\r\nabc\r\n'],
    ['a size that overflows 64 bits', '10000000000000003\r\nabc\r\n'],
    ['quotes', '"3"\r\nabc\r\n'],
    ['LF alone behind the size (§2.2)', '3\nabc\r\n0\r\n\r\n'],
    ['CR alone behind the size (§2.2)', '3\rabc\r\n0\r\n\r\n'],
    ['two CR behind the size', '3\r\r\nabc\r\n0\r\n\r\n'],
    ['LF CR behind the size', '3\n\rabc\r\n0\r\n\r\n'],
    ['LF alone behind data', '3\r\nabc\n0\r\n\r\n'],
    ['CR alone behind data', '3\r\nabc\r0\r\n\r\n'],
    ['nothing behind data', '3\r\nabc0\r\n\r\n'],
    ['more data than said', '3\r\nabcd\r\n0\r\n\r\n'],
    ['less data than said', '4\r\nabc\r\n0\r\n\r\n'],
    ['an empty line behind data', '3\r\nabc\r\n\r\n0\r\n\r\n'],
    ['an extension without a name', '3;\r\nabc\r\n'],
    ['an extension without a value', '3;a=\r\nabc\r\n'],
    ['an extension with a quote that does not end', '3;a="\r\nabc\r\n'],
    ['an extension with LF (§7.1.1)', '3;a\nabc\r\n0\r\n\r\n'],
    ['an extension with CR in quotes', '3;a="\r"\r\nabc\r\n'],
    ['an extension with white space behind it', '3;a \r\nabc\r\n'],
    ['an extension that is none', '3 a\r\nabc\r\n'],
    ['an extension that goes on with one of the chunk before', '1;a\r\nx\r\n1z\r\ny\r\n0\r\n\r\n'],
    ['LF alone behind the last size', '0\n\r\n'],
  ];
  for (const [what, text] of refused) {
    it(`refuses ${what}`, () => assert.equal(readChunked(text).outcome, 'chunk'));
  }

  it('refuses any octet that is neither digit, semicolon, white space nor CR behind a size', () => {
    for (let octet = 0; octet < 256; octet++) {
      const text = String.fromCharCode(octet);
      const { outcome } = readBody([octets(`3${text}`)], BODY_CHUNKED);
      assert.equal(outcome, /^[0-9A-Fa-f; \t\r]$/.test(text) ? 'more' : 'chunk', `octet ${octet}`);
    }
  });

  it('is not done while its last line is missing, however little', () => {
    const text = '3;a=b\r\nabc\r\n0;c\r\nX: y\r\n\r\n';
    for (let end = 0; end < text.length; end++) assert.equal(readChunked(text.slice(0, end)).outcome, 'more');
    assert.equal(readChunked(text).outcome, 'ok');
  });

  it('lets 256 octets of extensions through on one chunk, and none more (§7.1.1)', () => {
    const extension = `;${'x'.repeat(255)}`;
    const two = `1${extension}\r\na\r\n1${extension}\r\nb\r\n0${extension}\r\n\r\n`;
    assert.deepEqual([readChunked(two).outcome, readChunked(two).data], ['ok', 'ab']);
    assert.equal(readChunked(`1${extension}x\r\na\r\n0\r\n\r\n`).outcome, 'chunk');
    assert.equal(readChunked(`1${' '.repeat(257)}`).outcome, 'chunk');
  });
});

describe('trailer section (RFC 9112 §7.1.2)', () => {
  it('is kept apart from the header', () => {
    const reading = readChunked('1\r\na\r\n0\r\nX-Sum: 1\r\nHost:  b \r\n\r\n');
    assert.deepEqual(reading.trailers, [
      ['X-Sum', '1'],
      ['Host', 'b'],
    ]);
  });

  it('is null where there is none, also where its end is cut', () => {
    const reader = new BodyReader();
    reader.start(BODY_CHUNKED, -1, true);
    for (const piece of ['0\r\n', '\r', '\n']) reader.next(octets(piece), 0, piece.length);
    assert.deepEqual([reader.done, reader.trailers], [true, null]);
  });

  it('of one body is not seen in the next, whether it was read or cut off', () => {
    const reader = new BodyReader();
    const read = (text: string): readonly string[] | null => {
      reader.start(BODY_CHUNKED, 0, true);
      const bytes = octets(text);
      for (let at = 0; !reader.done && at < bytes.length; ) at = reader.next(bytes, at, bytes.length);
      return reader.trailers === null ? null : listFields(reader.trailers).map(([name]) => name);
    };
    assert.deepEqual(read('0\r\nX: y\r\n\r\n'), ['X']);
    assert.equal(read('0\r\n\r\n'), null);
    assert.equal(read('0\r\nZ: cut off'), null);
    assert.deepEqual(read('0\r\nY: z\r\n\r\n'), ['Y']);
  });

  const refused: readonly (readonly [string, string])[] = [
    ['white space before a colon', 'X : y\r\n\r\n'],
    ['a fold', 'X: y\r\n z\r\n\r\n'],
    ['white space at its start', ' X: y\r\n\r\n'],
    ['no colon', 'X\r\n\r\n'],
    ['an empty name', ': y\r\n\r\n'],
    ['NUL', 'X: \0\r\n\r\n'],
    ['LF alone', 'X: y\n\r\n'],
    ['LF alone as its end', '\n'],
    ['CR alone as its end', '\rX'],
    ['LF alone as its end behind a field', 'X: y\r\n\n'],
    ['a request line', 'GET / HTTP/1.1\r\n\r\n'],
  ];
  for (const [what, text] of refused) {
    it(`is refused for ${what}`, () => assert.equal(readChunked(`0\r\n${text}`).outcome, 'trailer'));
  }

  it('lets 32 fields through, and none more', () => {
    const fields = (count: number) => 'X: y\r\n'.repeat(count);
    assert.equal(readChunked(`0\r\n${fields(32)}\r\n`).trailers.length, 32);
    assert.equal(readChunked(`0\r\n${fields(33)}\r\n`).outcome, 'trailer');
  });

  it('lets 8192 octets of lines through and none more, whole or in pieces', () => {
    const fits = `X: ${'v'.repeat(8189)}\r\n\r\n`;
    assert.equal(readChunked(`0\r\n${fits}`).outcome, 'ok');
    assert.equal(readChunked(`0\r\n${fits.replace('v', 'vv')}`).outcome, 'trailer');
    const two = `A: b\r\n${'n'.repeat(8183)}: v\r\n\r\n`;
    assert.equal(readChunked(`0\r\n${two}`).outcome, 'ok');
    assert.equal(readChunked(`0\r\n${two.replace('n', 'nn')}`).outcome, 'trailer');
  });

  it('ends where it ends, however much follows it', () => {
    const text = `0\r\nX: ${'v'.repeat(8189)}\r\n\r\n`;
    for (const cuts of [[], [5], [4000], [text.length - 1]]) {
      const reading = readBody(cutAt(octets(text + 'x'.repeat(100_000)), cuts), BODY_CHUNKED);
      assert.deepEqual([reading.outcome, reading.consumed], ['ok', text.length]);
    }
  });

  it('is refused before its end where it grows without one', () => {
    assert.equal(readChunked(`0\r\n${'n'.repeat(8193)}`).outcome, 'trailer');
    assert.equal(readChunked(`0\r\nX:${' '.repeat(8192)}`).outcome, 'trailer');
  });

  it('is read to its end in the middle of other octets', () => {
    const text = '0\r\nX: y\r\n\r\nGET / HTTP/1.1\r\n\r\n';
    for (let cut = 0; cut <= text.length; cut++) {
      const reading = readBody(cutAt(octets(text), [cut]), BODY_CHUNKED);
      assert.deepEqual(
        [reading.outcome, reading.consumed],
        ['ok', '0\r\nX: y\r\n\r\n'.length],
        `cut at ${cut}`,
      );
    }
  });
});

describe('the budget of chunks', () => {
  const tiny = (count: number) => `${'1\r\nx\r\n'.repeat(count)}0\r\n\r\n`;

  it('lets 8192 chunks of one octet through, and a few that their data pays for', () => {
    assert.equal(readBody([octets(tiny(8192))], BODY_CHUNKED).outcome, 'ok');
    assert.equal(readBody([octets(tiny(8500))], BODY_CHUNKED).outcome, 'too_many_chunks');
  });

  it('is a new one for each body', () => {
    const reader = new BodyReader();
    const bytes = octets(tiny(8192));
    for (let body = 0; body < 2; body++) {
      reader.start(BODY_CHUNKED, -1, true);
      let position = 0;
      while (!reader.done) position = reader.next(bytes, position, bytes.length);
      assert.equal(position, bytes.length);
    }
  });

  it('grows with the data, so that chunks of 32 octets and more never spend it', () => {
    const text = `${`20\r\n${'x'.repeat(32)}\r\n`.repeat(20_000)}0\r\n\r\n`;
    assert.equal(readBody([octets(text)], BODY_CHUNKED).outcome, 'ok');
  });

  it('is not counted for origins', () => {
    assert.equal(readBody([octets(tiny(10_000))], BODY_CHUNKED, -1, false).outcome, 'ok');
  });
});

describe('one step of reading', () => {
  it('gives at most one run of data and moves past framing', () => {
    const reader = new BodyReader();
    const bytes = octets('..3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n..');
    reader.start(BODY_CHUNKED, 0, true);
    const runs: [number, string][] = [];
    let position = 2;
    while (!reader.done) {
      position = reader.next(bytes, position, bytes.length);
      runs.push([position, bytes.toString('latin1', reader.dataStart, reader.dataEnd)]);
    }
    assert.deepEqual(runs, [
      [8, 'abc'],
      [15, 'de'],
      [22, ''],
    ]);
    assert.equal(reader.bytesTotal, 5);
  });

  it('takes nothing once the body is over', () => {
    const reader = new BodyReader();
    const chunked = octets('3\r\nabc\r\n0\r\n\r\nGET');
    for (const [framing, length] of [
      [BODY_CHUNKED, -1],
      [BODY_LENGTH, 3],
    ] as const) {
      reader.start(framing, length, true);
      let position = 0;
      while (!reader.done) position = reader.next(chunked, position, chunked.length);
      assert.equal(reader.next(chunked, position, chunked.length), position);
      assert.deepEqual([reader.dataStart, reader.dataEnd, reader.bytesTotal], [position, position, 3]);
    }
  });

  it('is not taken beyond the end that was given', () => {
    const reader = new BodyReader();
    reader.start(BODY_CHUNKED, 0, true);
    const bytes = octets('3\r\nabc\r\n0\r\n\r\n');
    assert.equal(reader.next(bytes, 0, 4), 4);
    assert.equal(bytes.toString('latin1', reader.dataStart, reader.dataEnd), 'a');
    assert.equal(reader.next(bytes, 4, 4), 4);
    assert.equal(reader.dataStart, reader.dataEnd);
  });
});
