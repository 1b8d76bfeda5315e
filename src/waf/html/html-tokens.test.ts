import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ATTRIBUTE, END, HtmlTokens, MARKED_DECLARATION, TAG, TAG_END } from './html-tokens.ts';
import type { XssContext } from './xss-finding.ts';

/** The tokens of a text in one line: `<name`, `</name`, `name=value`, `>`, `!name`. */
function tokensOf(text: string, context: XssContext = 'text', loose = false): string {
  const tokens = new HtmlTokens(text, context, loose);
  const words: string[] = [];
  for (let kind = tokens.next(); kind !== END; kind = tokens.next()) {
    const name = text.slice(tokens.nameStart, tokens.nameEnd);
    const value = text.slice(tokens.valueStart, tokens.valueEnd);
    if (kind === TAG) words.push(`<${tokens.isEndTag ? '/' : ''}${name}`);
    else if (kind === ATTRIBUTE) words.push(tokens.hasValue ? `${name}=${value}` : name);
    else if (kind === TAG_END) words.push('>');
    else if (kind === MARKED_DECLARATION) words.push(name);
  }
  return words.join(' ');
}

describe('HtmlTokens', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a < b', ''],
    ['<3 <b>', '<b >'],
    ['<a href=x title="y z" id=\'q\'>t</a>', '<a href=x title=y z id=q > </a >'],
    ['<a/b/c=d/e>', '<a b c=d/e >'],
    ['<img src="x"onerror=y>', '<img src=x onerror=y >'],
    ['<a =b=c>', '<a =b=c >'],
    ['<a b = c d>', '<a b=c d >'],
    ['<a b=">', '<a b=>'],
    ['<a b=>c', '<a b= >'],
    ['<a b', '<a b'],
    ['<a<b>', '<a<b >'],
    ['<\0b>', '<b >'],
    ['<!-- <b> -->', '!-- <b >'],
    ['<?xml a?><%x', '?xml %x'],
    ['<a b=`c d`>', '<a b=`c d` >'],
  ];
  for (const [text, expected] of cases) {
    it(`reads ${JSON.stringify(text)} as browsers do`, () => assert.equal(tokensOf(text), expected));
  }

  it('takes every beginning of a tag for one in the loose reading', () => {
    assert.equal(tokensOf('<a b="<c d=1>', 'text', true), '<a b= <c d=1 >');
    assert.equal(tokensOf('<a<b>', 'text', true), '<a <b >');
    assert.equal(tokensOf('<a b=`c d`e>', 'text', true), '<a b=c d e >');
  });

  it('says when the strict reading hides a tag', () => {
    const tokens = new HtmlTokens('<a b="<c>">', 'text', false);
    while (tokens.next() !== END) assert.ok(tokens.kind !== END);
    assert.equal(tokens.hidesTag, true);
  });

  it('begins inside a tag or a value', () => {
    assert.equal(tokensOf('a b=c', 'tag'), 'a b=c');
    assert.equal(tokensOf('a"b c=d>', 'unquoted-value'), 'c=d >');
    assert.equal(tokensOf('a"b c=d', 'double-quoted-value'), 'b c=d');
    assert.equal(tokensOf("a'b c=d", 'single-quoted-value'), 'b c=d');
    assert.equal(tokensOf('a`b c=d', 'back-quoted-value'), 'b c=d');
    assert.equal(tokensOf('a b=c', 'double-quoted-value'), '');
  });

  it('goes on behind the next quotation mark', () => {
    const text = 'a" b>c" d=e';
    const tokens = new HtmlTokens(text, 'double-quoted-value', false);
    while (tokens.next() !== TAG_END) assert.equal(tokens.kind, ATTRIBUTE);
    tokens.leaveQuotation();
    assert.equal(tokens.next(), ATTRIBUTE);
    assert.equal(text.slice(tokens.nameStart, tokens.valueEnd), 'd=e');
  });
});
