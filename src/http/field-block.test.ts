import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NEED_MORE } from './faults.ts';
import { FieldBlock, type FieldLimits, parseFields } from './field-block.ts';
import { HOST } from './field-names.ts';
import { listFields, octets, outcomeOf, TEST_LIMITS } from './testing/read.ts';

function read(text: string, limits: FieldLimits = TEST_LIMITS, capacity: number = limits.headerCountMax) {
  const bytes = octets(text);
  const block = new FieldBlock(capacity);
  const after = parseFields(bytes, 0, bytes.length, 0, block, limits);
  if (after >= 0) block.settle(bytes, 0, after);
  return { outcome: outcomeOf(after), block, after };
}

function accept(text: string): [string, string][] {
  const { outcome, block, after } = read(text);
  assert.equal(outcome, 'ok');
  assert.equal(after, text.length);
  return listFields(block);
}

describe('field lines (RFC 9112 §5)', () => {
  it('are read in their order, names and values as they were sent', () => {
    assert.deepEqual(accept('B: 2\r\na:  1\t\r\nB: x y\r\n\r\n'), [
      ['B', '2'],
      ['a', '1'],
      ['B', 'x y'],
    ]);
  });

  it('may be none', () => assert.deepEqual(accept('\r\n'), []));

  it('end with the first empty line', () => {
    const { after } = read('a: 1\r\n\r\nb: 2\r\n\r\n');
    assert.equal(after, 'a: 1\r\n\r\n'.length);
  });

  const values: readonly (readonly [string, string, string])[] = [
    ['nothing', ':', ''],
    ['white space only', ': \t \t', ''],
    ['no space behind the colon', ':v', 'v'],
    ['tabs around it', ':\tv\t', 'v'],
    ['much white space around it', `:${' '.repeat(500)}v${'\t'.repeat(500)}`, 'v'],
    ['white space inside', ': a \t b', 'a \t b'],
    ['colons', '::a:b:', ':a:b:'],
    ['octets above ASCII', ': \x80\xa0\xe9\xff', '\x80\xa0\xe9\xff'],
    ['all visible ASCII', `: ${visibleAscii()}`, visibleAscii()],
  ];
  for (const [what, line, value] of values) {
    it(`have a value of ${what} (§5.5 of RFC 9110)`, () => {
      assert.deepEqual(accept(`x${line}\r\n\r\n`), [['x', value]]);
    });
  }

  it('have any token for a name, also names that objects have', () => {
    for (const name of [
      "!#$%&'*+-.^_`|~09AZaz",
      '__proto__',
      'constructor',
      'toString',
      'valueOf',
      '0',
      'length',
    ]) {
      assert.deepEqual(accept(`${name}: 1\r\n\r\n`), [[name, '1']]);
      const { block } = read(`a: 2\r\n${name}: 1\r\n\r\n`);
      assert.equal(block.get(name.toLowerCase()), '1');
    }
    assert.equal(read('a: 1\r\n\r\n').block.get('__proto__'), null);
    assert.equal(read('a: 1\r\n\r\n').block.get('constructor'), null);
  });
});

function visibleAscii(): string {
  return String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 0x21 + index));
}

describe('malformed field lines', () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ['a space before the colon (RFC 9112 §5.1)', 'Host : a\r\n\r\n', 'field_name'],
    ['a tab before the colon (RFC 9112 §5.1)', 'Host\t: a\r\n\r\n', 'field_name'],
    ['a space in the name', 'Ho st: a\r\n\r\n', 'field_name'],
    ['an empty name', ': a\r\n\r\n', 'field_name'],
    ['no colon', 'Host\r\n\r\n', 'field_name'],
    ['a name that ends with LF', 'Host\n: a\r\n\r\n', 'field_name'],
    ['NUL in the name', 'Ho\0st: a\r\n\r\n', 'field_name'],
    ['an octet above ASCII in the name', 'H\xf6st: a\r\n\r\n', 'field_name'],
    ['a delimiter in the name', 'Ho(st: a\r\n\r\n', 'field_name'],
    ['white space at the first line (RFC 9112 §2.2)', ' Host: a\r\n\r\n', 'obsolete_fold'],
    ['a fold with a space (RFC 9112 §5.2)', 'a: b\r\n c\r\n\r\n', 'obsolete_fold'],
    ['a fold with a tab (RFC 9112 §5.2)', 'a: b\r\n\tc\r\n\r\n', 'obsolete_fold'],
    ['a fold without text (RFC 9112 §5.2)', 'a: b\r\n \r\n\r\n', 'obsolete_fold'],
    ['LF alone as line end (RFC 9112 §2.2)', 'a: b\nc: d\r\n\r\n', 'bare_line_end'],
    ['LF alone as empty line (RFC 9112 §2.2)', 'a: b\r\n\n', 'bare_line_end'],
    ['LF CR (RFC 9112 §2.2)', 'a: b\n\rc: d\r\n\r\n', 'bare_line_end'],
    ['CR alone in a value (RFC 9112 §2.2)', 'a: b\rc: d\r\n\r\n', 'bare_line_end'],
    ['CR alone at the start of a line (RFC 9112 §2.2)', 'a: b\r\n\rc: d\r\n\r\n', 'bare_line_end'],
    ['two CR before LF (RFC 9112 §2.2)', 'a: b\r\r\n\r\n', 'bare_line_end'],
    ['CR alone behind the empty line (RFC 9112 §2.2)', 'a: b\r\n\rx', 'bare_line_end'],
    ['NUL in a value (RFC 9110 §5.5)', 'a: b\0c\r\n\r\n', 'field_value'],
    ['NUL in front of a value (RFC 9110 §5.5)', 'a:\0b\r\n\r\n', 'field_value'],
    ['NUL at the end of a value (RFC 9110 §5.5)', 'a: b\0\r\n\r\n', 'field_value'],
  ];
  for (const [what, text, fault] of refused) {
    it(`are refused for ${what}`, () => assert.equal(read(text).outcome, fault));
  }

  it('are refused for any control octet but HTAB in a value (RFC 9110 §5.5)', () => {
    for (let octet = 0; octet < 256; octet++) {
      const control = (octet < 0x20 && octet !== 9) || octet === 0x7f;
      const line = octet === 10 || octet === 13;
      const { outcome } = read(`a: b${String.fromCharCode(octet)}c\r\n\r\n`);
      assert.equal(outcome, line ? 'bare_line_end' : control ? 'field_value' : 'ok', `octet ${octet}`);
    }
  });

  it('are refused for any octet that is no token octet in a name (RFC 9110 §5.1)', () => {
    for (let octet = 0; octet < 256; octet++) {
      const text = String.fromCharCode(octet);
      const wanted = text === ':' || /^[!#$%&'*+.^_`|~0-9A-Za-z-]$/.test(text) ? 'ok' : 'field_name';
      assert.equal(read(`a${text}b: c\r\n\r\n`).outcome, wanted, `octet ${octet}`);
    }
  });
});

describe('limits of a header section', () => {
  const limits: FieldLimits = { headerBytesMax: 40, headerCountMax: 3 };

  it('let lines through up to the limit of octets, and none beyond', () => {
    // All lines with their line ends, but for the last line's.
    const value = 'v'.repeat(40 - 'a: 1\r\nb: '.length);
    assert.equal(read(`a: 1\r\nb: ${value}\r\n\r\n`, limits).outcome, 'ok');
    assert.equal(read(`a: 1\r\nb: ${value}v\r\n\r\n`, limits).outcome, 'header_too_large');
    assert.equal(read(`a: 1\r\nb:${value} v\r\n\r\n`, limits).outcome, 'header_too_large');
  });

  it('count white space that is not part of a value', () => {
    assert.equal(read(`a:${' '.repeat(38)}\r\n\r\n`, limits).outcome, 'ok');
    assert.equal(read(`a:${' '.repeat(39)}\r\n\r\n`, limits).outcome, 'header_too_large');
  });

  it('hold for a name without an end', () => {
    assert.equal(read('n'.repeat(40), limits).outcome, 'more');
    assert.equal(read('n'.repeat(41), limits).outcome, 'header_too_large');
  });

  it('hold for a value without an end', () => {
    assert.equal(read(`n: ${'v'.repeat(37)}`, limits).outcome, 'more');
    assert.equal(read(`n: ${'v'.repeat(38)}`, limits).outcome, 'header_too_large');
  });

  it('let as many fields through as the limit says, and none more', () => {
    assert.equal(read('a:1\r\nb:2\r\nc:3\r\n\r\n', limits).outcome, 'ok');
    assert.equal(read('a:1\r\nb:2\r\nc:3\r\nd:4\r\n\r\n', limits).outcome, 'too_many_fields');
  });

  it('are those of the block where it has less room than the limit says', () => {
    // A head that was begun under an older configuration.
    assert.equal(read('a:1\r\nb:2\r\n\r\n', TEST_LIMITS, 2).outcome, 'ok');
    assert.equal(read('a:1\r\nb:2\r\nc:3\r\n\r\n', TEST_LIMITS, 2).outcome, 'too_many_fields');
  });
});

describe('a header section in pieces', () => {
  it('is read on from where it stopped, wherever that was, in an array that has moved', () => {
    const text = 'Host: a\r\nX-Long:  one \t two \t\r\nEmpty:\r\n\r\n';
    for (let cut = 0; cut <= text.length; cut++) {
      const block = new FieldBlock(10);
      const first = octets(text.slice(0, cut));
      const before = parseFields(first, 0, first.length, 0, block, TEST_LIMITS);
      if (cut < text.length) assert.equal(before, NEED_MORE, `cut at ${cut}`);
      const moved = octets(`junk\r\n${text}`);
      const after = parseFields(moved, 6 + block.end, moved.length, 6, block, TEST_LIMITS);
      assert.equal(after, moved.length, `cut at ${cut}`);
      block.settle(moved, 6, moved.length);
      assert.deepEqual(listFields(block), [
        ['Host', 'a'],
        ['X-Long', 'one \t two'],
        ['Empty', ''],
      ]);
    }
  });

  it('is refused at the octet that is wrong, without waiting for the rest of its line', () => {
    for (const [text, fault] of [
      ['Ho st', 'field_name'],
      ['a: b\0', 'field_value'],
      ['a: b\rc', 'bare_line_end'],
      ['a: b\n', 'bare_line_end'],
      [' ', 'obsolete_fold'],
    ] as const) {
      assert.equal(read(text).outcome, fault, JSON.stringify(text));
      assert.equal(read(text.slice(0, -1)).outcome, text === 'Ho st' ? 'field_name' : 'more');
    }
  });
});

describe('a field block', () => {
  it('is canonical only where every line is "name: value"', () => {
    for (const text of ['a: 1\r\nb: 2\r\n\r\n', 'a: \r\n\r\n', 'a: x y\r\n\r\n', '\r\n']) {
      assert.equal(read(text).block.canonical, true, JSON.stringify(text));
    }
    for (const text of [
      'a:1\r\n\r\n',
      'a:\t1\r\n\r\n',
      'a:  1\r\n\r\n',
      'a: 1 \r\n\r\n',
      'a:\r\n\r\n',
      'a:  \r\n\r\n',
    ]) {
      assert.equal(read(text).block.canonical, false, JSON.stringify(text));
    }
  });

  it('finds the first field of a kind and of a name', () => {
    const { block } = read('X: 0\r\nHoSt: a\r\nhost: b\r\n\r\n');
    assert.equal(block.indexOfKind(HOST), 1);
    assert.equal(block.get('x'), '0');
    assert.equal(block.get('host'), 'a');
    assert.equal(block.get('hos'), null);
  });

  it('that is cleared has no field of the section before it', () => {
    const { block } = read('Host: a\r\n\r\n');
    block.clear();
    assert.deepEqual([block.count, block.indexOfKind(HOST), block.get('host')], [0, -1, null]);
  });

  it('that is cleared within a line reads the next section from its start', () => {
    for (const text of ['Ho', 'Host', 'Host:', 'Host: exam', 'Host: a\r', 'Host: a\r\nAcc']) {
      const { block } = read(text);
      block.clear();
      const bytes = octets('Via: 1.1 x\r\n\r\n');
      assert.equal(parseFields(bytes, 0, bytes.length, 0, block, TEST_LIMITS), bytes.length);
      block.settle(bytes, 0, bytes.length);
      assert.deepEqual(listFields(block), [['Via', '1.1 x']]);
    }
  });
});
