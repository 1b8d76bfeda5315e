import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatPrefix, parseAddressInto, parsePrefix } from '../../core/ip.ts';
import { PrefixSet } from '../../core/prefix-set.ts';
import { arbitraryPrefix } from '../../core/testing/arbitrary.ts';
import type { ListFormat } from './list-line.ts';
import { type ParsedList, parseList } from './parse-list.ts';

const RULES = { format: 'plain', entriesMax: 100, skipInvalid: false } as const;

function parsed(text: string, format: ListFormat = 'plain', skipInvalid = false): ParsedList {
  const list = parseList(text, { ...RULES, format, skipInvalid });
  assert.ok(list.ok, list.ok ? '' : list.fault);
  return list.value;
}

function faultOf(text: string, format: ListFormat = 'plain'): string {
  const list = parseList(text, { ...RULES, format });
  assert.ok(!list.ok);
  return list.fault;
}

function lengthFor(list: ParsedList, address: string): number {
  const words = new Int32Array(4);
  assert.ok(parseAddressInto(address, words));
  return new PrefixSet(list.memory).longestLength(words);
}

describe('a plain list', () => {
  it('has one entry a line, with comments, blanks and either end of line', () => {
    const text =
      '# title\r\n192.0.2.1\r\n\r\n  198.51.100.0/24\t; SBL1\r\n2001:db8::/32#x\n;\n::ffff:203.0.113.9\n10.0.0.0/8';
    const list = parsed(text);
    assert.equal(list.entries, 5);
    assert.equal(lengthFor(list, '192.0.2.1'), 32);
    assert.equal(lengthFor(list, '198.51.100.77'), 24);
    assert.equal(lengthFor(list, '2001:db8:1::1'), 32);
    assert.equal(lengthFor(list, '203.0.113.9'), 32);
    assert.equal(lengthFor(list, '10.9.9.9'), 8);
    assert.equal(lengthFor(list, '192.0.2.2'), -1);
  });

  it('reads the length behind a mapped IPv4 address as that of the IPv6 address that stands there', () => {
    const list = parsed('::ffff:192.0.2.0/120\n0:0::ffff:c633:6407/128\n');
    assert.equal(lengthFor(list, '192.0.2.77'), 24);
    assert.equal(lengthFor(list, '198.51.100.7'), 32);
  });

  it('counts an entry that stands twice once, and nothing of an empty text', () => {
    assert.equal(parsed('192.0.2.1\n192.0.2.1/32\n').entries, 1);
    assert.equal(parsed('').entries, 0);
  });

  for (const line of [
    'example.com',
    '192.0.2.1 192.0.2.2',
    '192.0.2.1/33',
    '192.0.2.1/024',
    '192.0.2.1/',
    '192.0.2.1/24',
    '192.0.2.256',
    '010.0.0.1',
    '0.0.0.0/0',
    '::/0',
    ':',
    '2001:db8::1/64',
    '::ffff:192.0.2.0/24',
    '::ffff:0.0.0.0/96',
    '192.0.2.1\u0000',
    '<html>',
  ]) {
    it(`is refused with the number of the line for ${JSON.stringify(line)}`, () => {
      assert.match(faultOf(`192.0.2.1\n# note\n${line}\n192.0.2.2`), /^line 3: ".*is no address or prefix$/);
    });
  }

  it('leaves out what cannot be read where that is wished, and counts it', () => {
    const list = parsed('192.0.2.1\nwrong\n192.0.2.2\nwrong\n', 'plain', true);
    assert.deepEqual([list.entries, list.skipped, list.firstSkipped], [2, 2, 2]);
  });

  it('is refused when it has more entries than it may', () => {
    const lines = Array.from({ length: 101 }, (_, index) => `10.0.0.${index}`);
    assert.equal(parsed(lines.slice(0, 100).join('\n')).entries, 100);
    assert.equal(faultOf(lines.join('\n')), 'line 101: more than 100 entries');
  });

  it('reads exactly what the configuration reads, and finds it again', () => {
    const arbitraryText = fc.oneof(
      arbitraryPrefix.map(formatPrefix),
      fc.stringMatching(/^[0-9]{1,3}(\.[0-9]{1,3}){3}(\/[0-9]{1,2})?$/),
      fc.stringMatching(/^[0-9a-f:]{2,20}(\/[0-9]{1,3})?$/),
    );
    fc.assert(
      fc.property(arbitraryText, (text) => {
        const list = parseList(`${text}\n`, RULES);
        const prefix = parsePrefix(text);
        assert.equal(list.ok, prefix.ok && !text.endsWith('/0'), text);
        if (!list.ok || !prefix.ok) return;
        const words = prefix.value.words;
        assert.ok(new PrefixSet(list.value.memory).longestLength(words) >= 0);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('other formats', () => {
  it('take the first column of a table, with or without titles and quotes', () => {
    assert.equal(parsed('ip,seen\n192.0.2.1,2026-01-01\n"192.0.2.2",x,y\n', 'csv').entries, 2);
    assert.equal(parsed('192.0.2.1,2026-01-01\n', 'csv').entries, 1);
    assert.match(faultOf('ip,seen\nip,seen\n', 'csv'), /^line 2/);
    assert.match(faultOf('192.0.2.1\n,x\n', 'csv'), /^line 2/);
  });

  it('take the add lines of ipset, and refuse what a set of prefixes cannot hold', () => {
    const text =
      'create evil hash:net family inet\nadd evil 192.0.2.0/24\nadd evil 198.51.100.7 timeout 60\nCOMMIT\n';
    const list = parsed(text, 'ipset');
    assert.equal(list.entries, 2);
    assert.equal(lengthFor(list, '198.51.100.7'), 32);
    for (const line of ['add evil', 'add evil 192.0.2.0/24 nomatch', 'add evil 192.0.2.1,80', 'flush evil']) {
      assert.match(faultOf(`${line}\n`, 'ipset'), /^line 1/);
    }
  });
});
