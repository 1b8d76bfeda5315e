import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foldedForm } from './folded-form.ts';
import * as t from './token-kinds.ts';
import { type Dialect, TokenStream } from './token-stream.ts';

const ANSI: Dialect = { dashesNeedBlank: false, plusIsBlank: false };

function formOf(text: string, dialect: Dialect = ANSI): string {
  return foldedForm(new TokenStream(text, dialect), 16);
}

describe('TokenStream', () => {
  const cases: readonly (readonly [title: string, text: string, form: string])[] = [
    ['words, numbers and signs', "name = 12.5 * 'x'", 'name = number * string'],
    ['keywords in any case', 'UNION All Select a FROM b', 'union all select name from name'],
    ['numbers of all kinds', '0x1F 0b1 1e5 1e-5 .5 1. 7', 'number number number number number number number'],
    ['a number and a word without a blank', '1or 1e0union 1union', 'number or number union number union'],
    ['names that begin with digits', '1st 0xabor', 'name name'],
    ['a number with an empty exponent as nothing', '1.e(1.e a)', '( name )'],
    ['strings with doubled and escaped marks', "'a''b' 'a\\'b' \"c\"", 'string string string'],
    ['a string without an end', "a 'b", 'name open-string'],
    [
      'strings with prefixes',
      "n'a' x'41' e'a' _utf8'a' q'[it's]' u'a",
      'string string string string string open-string',
    ],
    ['strings between dollars', '$$a$$ $x$a$x$', 'string string'],
    ['quoted names', '`a b` [c d] a.`b`.[c] master..xp_x', 'name name name procedure'],
    ['elements of arrays', 'a[1] = b', 'name = name'],
    ['variables', '@@version @x @', 'variable variable variable'],
    [
      'operators of several signs',
      'a<=>b != c <> d || e ::f',
      'name <=> name != name <> name || name :: name',
    ],
    ['operators in words', 'a div b rlike c xor d', 'name div name rlike name xor name'],
    ['operators on JSON', "a->>'b' @> c #> 'd' ? e", 'name ->> string @> name #> string ? name'],
    ['braces of ODBC', '{fn now()}', '{fn function ( ) }'],
    [
      'functions by their bracket',
      'sleep(1) sleep left (1) left',
      'telling-function ( number ) name function ( number ) name',
    ],
    ['functions behind comments', 'ascii/**/(1)', 'function ( number )'],
    [
      'tables of catalogues',
      'information_schema.x pg_catalog sqlite_master',
      'catalogue catalogue catalogue',
    ],
    ['block comments as nothing', 'a/**/b/* x */c', 'name name name'],
    ['nested block comments as nothing', 'a/* x /* y */ z */b', 'name name name'],
    ['the inside of conditional comments', '/*!50000union*/ /*!select*/ 1', 'union select number'],
    ['line comments before another line as nothing', 'a -- b\nc # d\ne', 'name name name'],
    ['a comment at the end', 'a -- b', 'name comment'],
    ['a block comment without an end', 'a /* b', 'name comment'],
    ['blanks of other alphabets', 'a\xc2\xa0b\xa0c\xe3\x80\x80d', 'name name name name'],
    ['words of other alphabets', 'caf\xc3\xa9 \xc3\xa0 b', 'name name name'],
    ['what SQL has no use for', 'a \\ b', 'name ? name'],
    ['nothing', ' \t\n', ''],
  ];
  for (const [title, text, form] of cases) it(`reads ${title}`, () => assert.equal(formOf(text), form));

  it('reads dashes as signs where a dialect asks for a blank behind them', () => {
    const mysql = { ...ANSI, dashesNeedBlank: true };
    assert.equal(formOf('1--1', mysql), 'number - - number');
    assert.equal(formOf('1-- 1', mysql), 'number comment');
  });

  it('reads plus signs as blanks where they were not decoded', () => {
    assert.equal(formOf('1+or+1', { ...ANSI, plusIsBlank: true }), 'number or number');
  });

  it('reads from any place on, and no more tokens than asked for', () => {
    const stream = new TokenStream('a b c d', ANSI);
    stream.begin(2, 2);
    assert.deepEqual([stream.word(0), stream.word(1), stream.kind(2)], ['b', 'c', t.OTHER]);
    stream.begin(6);
    assert.deepEqual([stream.kind(0), stream.start(0), stream.end(0), stream.kind(1)], [t.NAME, 6, 7, t.END]);
  });
});
