import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AGENT_WORD,
  BLANK,
  COMMENT,
  CONTROL,
  DOT_DOT,
  HIGH,
  LOGIC_END,
  LOGIC_START,
  markText,
  PERCENT,
  QUOTE,
  SCHEME_WORD,
  SCRIPT_WORD,
  SQL_WORD,
} from './marks.ts';

describe('markText', () => {
  const cases: readonly (readonly [text: string, classes: number, words: number])[] = [
    ['/items/list', 0, 0],
    ['', 0, 0],
    ['%', PERCENT, 0],
    ['\x7f\t', CONTROL, 0],
    ['\xe9', HIGH, 0],
    ["a'b", QUOTE, 0],
    ['..', 0, DOT_DOT],
    ['a..b', 0, DOT_DOT],
    ['--', 0, COMMENT],
    ['SeLeCt', 0, SQL_WORD],
    ['JavaScript', 0, SCHEME_WORD | SCRIPT_WORD],
    ['1 or 2', BLANK, LOGIC_START | LOGIC_END],
    ['brand ', BLANK, LOGIC_END],
    ['anvil', 0, LOGIC_START],
    ['sqlmap', 0, AGENT_WORD],
  ];
  for (const [text, classes, words] of cases) {
    it(`marks ${JSON.stringify(text)}`, () => {
      const marks = { classes: 0, words: 0 };
      markText(text, marks);
      assert.deepEqual(marks, { classes, words });
    });
  }
});
