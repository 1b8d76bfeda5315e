import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXPRESSION, NOTHING, ScriptTokens, STRING, TEMPLATE } from './script-tokens.ts';

const KINDS: ReadonlyMap<number, string> = new Map([
  [STRING, 's'],
  [TEMPLATE, 't'],
  [EXPRESSION, 'r'],
]);

/** The tokens of a text in one line, with `s`, `t` and `r` for strings, templates and regular expressions. */
function tokensOf(text: string, openString = ''): string {
  const tokens = new ScriptTokens(text, openString === '' ? 0 : openString.charCodeAt(0));
  const words: string[] = [];
  for (let kind = tokens.next(); kind !== NOTHING; kind = tokens.next()) {
    words.push(KINDS.get(kind) ?? text.slice(tokens.start, tokens.end));
  }
  return words.join(' ');
}

describe('ScriptTokens', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a.b("c",\'d\')', 'a . b ( s , s )'],
    ['a /* b */ c // d\ne', 'a c e'],
    ['a = /b[/]"c/.d', 'a = r . d'],
    ['a / b / c', 'a / b / c'],
    ['"a\\"b" c', 's c'],
    ['"a\nb', 's b'],
    [`\`a\${b}c\${\`d\`}e\`f`, 't b t t t f'],
    [`\`\${{a:{}}}\``, 't { a : { } } t'],
    ['a?.b?c:d', 'a ?. b ? c : d'],
    ['\\u0061b(', '\\u0061b ('],
    ['\\u{61}b(', '\\u{61}b ('],
  ];
  for (const [text, expected] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => assert.equal(tokensOf(text), expected));
  }

  it('begins inside of strings and templates', () => {
    assert.equal(tokensOf("a'-b", "'"), '- b');
    assert.equal(tokensOf("a\\'-b", "'"), '- b');
    assert.equal(tokensOf("a'/b/c", "'"), '/ b / c');
    assert.equal(tokensOf(`a\${b}c\`d`, '`'), 'b t d');
    assert.equal(tokensOf('abc', '"'), '');
  });

  it('undoes the escapes of words', () => {
    for (const text of ['\\u0061lert', '\\u{61}lert', '\\u{000061}LERT']) {
      const tokens = new ScriptTokens(text, 0);
      tokens.next();
      assert.equal(tokens.word(), 'alert');
      assert.equal(tokens.isEscaped, true);
    }
  });
});
