import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AGENT_WORD,
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
  SQL_WORD,
} from './marks.ts';

describe('markText', () => {
  const cases: readonly (readonly [text: string, marks: number])[] = [
    ['/items/list', 0],
    ['', 0],
    ['%', PERCENT],
    ['\x7f\t', CONTROL],
    ['\xe9', HIGH],
    ["a'b", QUOTE],
    ['..', DOT_DOT],
    ['a..b', DOT_DOT],
    ['--', COMMENT],
    ['SeLeCt', SQL_WORD],
    ['JavaScript', SCHEME_WORD],
    ['1 or 2', LOGIC_START | LOGIC_END],
    ['brand ', LOGIC_END],
    ['anvil', LOGIC_START],
    ['sqlmap', AGENT_WORD],
  ];
  for (const [text, marks] of cases) {
    it(`marks ${JSON.stringify(text)}`, () => assert.equal(markText(text), marks));
  }
});
