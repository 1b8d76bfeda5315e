import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compilePattern } from './compile-pattern.ts';

function matches(source: string, text: string): boolean {
  const pattern = compilePattern(source);
  assert.ok(pattern.ok, pattern.ok ? '' : pattern.fault);
  return pattern.value.test(text);
}

/** Pattern, a text that matches, one that does not. */
const DIALECT: readonly (readonly [string, string, string])[] = [
  ['a.b', 'a\nb', 'ab'],
  ['(?-s)a.b', 'a b', 'a\nb'],
  ['a$', 'ba', 'a\n'],
  ['a\\z', 'ba', 'a\n'],
  ['\\Aa', 'ab', 'ba'],
  ['(?m)^b$', 'a\nb\nc', 'a b c'],
  ['^\\s$', '\v', '\xa0'],
  ['^\\h$', '\xa0', '\n'],
  ['^\\x41\\x{42}$', 'AB', 'ab'],
  ['(?i)^union$', 'UniOn', 'unions'],
  ['^(?i)union$', 'UNION', 'UNIO'],
  ['^a(?i:b)c$', 'aBc', 'aBC'],
  ['^(?i)a(?-i)b$', 'Ab', 'aB'],
  ['(?i)^\xe9$', '\xe9', '\xc9'],
  ['(?i)^[^a]$', 'b', 'A'],
  ['^[[:alpha:]]+$', 'aZ', 'a1'],
  ['^[[:^digit:]]$', 'a', '1'],
  ['^[]a]+$', ']a', 'b'],
  ['^[^]a]$', 'b', ']'],
  ['^[a\\-z]+$', 'a-z', 'b'],
  ['^[+-\\d]+$', '+-1', ','],
  ['^[\\b]$', '\b', 'b'],
  ['^\\Qa.b\\E+$', 'a.bb', 'axb'],
  ['^a{,2}$', 'a{,2}', 'aa'],
  ['^a{2,3}$', 'aaa', 'aaaa'],
  ['^a{x$', 'a{x', 'a'],
  ['^\\d{3}\\b.\\B', '123--', '1234'],
  ['^\\101\\0$', 'A\0', 'A'],
  ['^(?P<name>a)(?<other>b)$', 'ab', 'a'],
  ['^a(?#nothing)b$', 'ab', 'a'],
  ['^\\cA\\t\\e$', '\x01\t\x1b', 'A'],
  ['^[a\\]][a\\]]$', ']a', ']b'],
  ['^[]a][]a]$', 'a]', 'ab'],
  ['^[[:digit:]x][[:digit:]x]$', '1x', '1:'],
  ['^(?i)[a](?-i)[a]$', 'Aa', 'AA'],
];

/** Pattern, and what the fault names. */
const REFUSED: readonly (readonly [string, string])[] = [
  ['a(?=b)', 'look-around (?= is not supported, offset 1'],
  ['(?<!a)b', 'look-around (?<! is not supported, offset 0'],
  ['(?>a)', 'atomic group (?> is not supported, offset 0'],
  ['(a)\\1', 'back-reference \\1 is not supported, offset 3'],
  ['a++', 'possessive repeat is not supported, offset 1'],
  ['a**', 'a repeat of a repeat, offset 2'],
  ['*a', 'nothing to repeat before *, offset 0'],
  ['(a', 'group without its closing parenthesis, offset 0'],
  ['a)', 'unmatched ), offset 1'],
  ['[a', 'class without its closing bracket, offset 0'],
  ['[b-a]', 'range out of order in the class, offset 2'],
  ['a{3,2}', 'count out of order, offset 1'],
  ['\\p{L}', '\\p is not supported, offset 0'],
  ['\\Z', '\\Z is not supported, offset 0'],
  ['\\x{100}', '\\x{100} is more than a byte, offset 0'],
  ['(?x)a b', 'the flag x is not supported, offset 0'],
  ['(*UTF8)a', 'verb (* is not supported, offset 0'],
  ['[[:nothing:]]', 'unknown class [:nothing:], offset 1'],
  ['\u20ac', 'a character beyond a byte, offset 0'],
  ['a\\', 'backslash at the end, offset 1'],
];

describe('the dialect of patterns', () => {
  for (const [source, match, other] of DIALECT) {
    it(`reads ${JSON.stringify(source)}`, () => {
      assert.equal(matches(source, match), true);
      assert.equal(matches(source, other), false);
    });
  }

  for (const [source, fault] of REFUSED) {
    it(`refuses ${source} and says where`, () => {
      assert.deepEqual(compilePattern(source), { ok: false, fault });
    });
  }

  it('refuses a pattern whose counts multiply beyond all measure', () => {
    const pattern = compilePattern('((a{1000}){1000}){1000}');
    assert.ok(!pattern.ok);
    assert.match(pattern.fault, /too large/);
  });

  it('refuses groups nested too deeply instead of running out of stack', () => {
    assert.equal(compilePattern(`${'('.repeat(5000)}a${')'.repeat(5000)}`).ok, false);
  });
});
