import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { neededLiterals } from './needed-literals.ts';
import { parsePattern } from './parse-pattern.ts';

function needed(source: string): readonly string[] | null {
  const parsed = parsePattern(source);
  assert.ok(parsed.ok);
  const literals = neededLiterals(parsed.value.root);
  return literals === null ? null : [...literals].sort();
}

describe('needed texts', () => {
  const cases: readonly (readonly [string, readonly string[] | null])[] = [
    ['union', ['union']],
    ['(?i)UNION', ['union']],
    ['\\bor\\s+select\\b', ['\t', '\n', '\v', '\f', '\r', ' '].map((blank) => `${blank}select`)],
    [
      '(?:foo|bar)\\d',
      [
        'bar0',
        'bar1',
        'bar2',
        'bar3',
        'bar4',
        'bar5',
        'bar6',
        'bar7',
        'bar8',
        'bar9',
        'foo0',
        'foo1',
        'foo2',
        'foo3',
        'foo4',
        'foo5',
        'foo6',
        'foo7',
        'foo8',
        'foo9',
      ],
    ],
    ['eval\\s*\\(', ['eval']],
    ['ab?c', ['abc', 'ac']],
    ['(?:abc)+d?', ['abc']],
    ['(?:abc)*', null],
    ['abc|', null],
    ['.', null],
    ['[a-z]+', null],
    ['^$', null],
    ['foobar|foo', ['foo']],
    ['x[^\\x00-\\xff]', []],
    ['\xc3\xa9', ['\xc3\xa9']],
  ];
  for (const [source, literals] of cases) {
    it(`of ${source} are ${literals === null ? 'unknown' : JSON.stringify(literals.slice(0, 3))}`, () => {
      assert.deepEqual(needed(source), literals);
    });
  }

  it('are beginnings of the words where these are too many', () => {
    const words = Array.from(
      { length: 2000 },
      (_, index) => `${String.fromCharCode(97 + (index % 26))}word${index}`,
    );
    const literals = needed(words.join('|'));
    assert.ok(literals !== null && literals.length <= 256);
    assert.ok(words.every((word) => literals.some((literal) => word.includes(literal))));
  });
});
