import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileWords } from './word-automaton.ts';

function find(words: readonly string[], text: string): string | null {
  const compiled = compileWords(words);
  assert.ok(compiled.ok);
  const found = compiled.value.find(text);
  assert.equal(compiled.value.test(text), found !== null);
  return found && `${found.start} ${text.slice(found.start, found.end)}`;
}

describe('word automaton', () => {
  it('finds the word that ends first, the longest of those that end there', () => {
    assert.equal(find(['he', 'she', 'hers'], 'ushers'), '1 she');
    assert.equal(find(['abcd', 'bc'], 'abcd'), '1 bc');
  });

  it('goes on with the longest suffix that may still become a word', () => {
    assert.equal(find(['aab', 'abc'], 'aaabc'), '1 aab');
    assert.equal(find(['abab!', 'babx'], 'ababx'), '1 babx');
    assert.equal(find(['abcx', 'bcy', 'cz'], 'abcz'), '2 cz');
  });

  it('keeps its words small, sorted and once each', () => {
    const compiled = compileWords(['b', 'A', 'a', '\xc9']);
    assert.ok(compiled.ok);
    assert.deepEqual(compiled.value.words, ['a', 'b', '\xc9']);
    assert.equal(find(['\xc9'], '\xe9'), null);
  });

  it('refuses lists that match everything, nothing or too much', () => {
    for (const words of [[], [''], ['x'.repeat(2 ** 20), 'y']]) assert.ok(!compileWords(words).ok);
  });
});
