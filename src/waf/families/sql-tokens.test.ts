import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSqlTokens } from './sql-tokens.ts';

describe('readSqlTokens', () => {
  const cases: readonly (readonly [title: string, text: string, letters: string])[] = [
    ['words, numbers and signs', "name = 12.5 * 'x'", 'wenpqwq'],
    ['keywords in any case', 'UNION all Select a FROM b', 'UASwFw'],
    ['logic in words and signs', 'a or b && c || d xor e', 'w&w&w&w&w'],
    ['single bars and ampersands as signs', 'a & b | c', 'wpwpw'],
    ['comparisons of one to three signs', 'a<=>b != c <> d < e = f ! g', 'wowowowowewpw'],
    ['functions by their bracket', 'sleep(1) sleep char (1) char', 't(n)wf(n)w'],
    ['block comments as nothing', 'union/**/select/* x */1', 'USn'],
    ['the inside of conditional comments', '/*!50000union*/ /*!select*/ 1', 'USn'],
    ['a block comment without an end once', '1 /* or /* 2', 'nc&cn'],
    ['line comments', "admin'-- x", 'wqcw'],
    ['number signs by what follows them', '1 # #1 #a', 'ncpnpw'],
    ['hexadecimal and scientific numbers', '0x1F 1e5 1e0union 1.', 'nnnUn'],
    ['variables', '@@version @x', 'vv'],
    ['plus, back quotes and no-break spaces as blanks', '`a`+b\xc2\xa0or\xc2\xa0c', 'ww&w'],
    ['tables of the catalogue', 'information_schema.tables mysql.user mysql.x', 'CCw'],
    ['system procedures', 'exec xp_dirtree', 'XK'],
    ['words of other alphabets', 'caf\xc3\xa9 \xd0\xb8\xd0\xbb\xd0\xb8', 'ww'],
    ['nothing', ' \t\n', ''],
  ];
  for (const [title, text, letters] of cases) {
    it(`reads ${title}`, () => assert.equal(readSqlTokens(text).letters, letters));
  }

  it('tells where the first quotation mark of each kind is', () => {
    const { behindSingle, behindDouble } = readSqlTokens(`a "b" 'c'`);
    assert.deepEqual([behindSingle, behindDouble], [5, 2]);
    assert.deepEqual(readSqlTokens('a').behindSingle, -1);
  });

  it('stops after the tokens that are asked for', () => {
    assert.deepEqual(readSqlTokens('ab cd ef', 2), {
      letters: 'ww',
      behindSingle: -1,
      behindDouble: -1,
      end: 5,
    });
  });
});
