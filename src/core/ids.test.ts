import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createIdMaker, isUuid } from './ids.ts';

describe('request ids', () => {
  it('are short and all different', () => {
    const maker = createIdMaker('9f86d081884c');
    const ids = Array.from({ length: 100_000 }, () => maker.next());
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(ids[0], '9f86d081884c-0');
    assert.ok(ids.every((id) => /^[0-9a-z-]{14,18}$/.test(id)));
  });
});

describe('a UUID', () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ['123e4567-e89b-12d3-a456-426614174000', true],
    ['123E4567-E89B-12D3-A456-426614174000', true],
    ['00000000-0000-0000-0000-000000000000', true],
    ['123e4567e89b12d3a456426614174000', false],
    ['{123e4567-e89b-12d3-a456-426614174000}', false],
    ['123e4567-e89b-12d3-a456-42661417400g', false],
    ['123e4567-e89b-12d3-a456-4266141740000', false],
    ['123e4567-e89b-12d3-a456-426614174000\n', false],
    ['', false],
  ];
  for (const [text, expected] of cases) {
    it(`${expected ? 'is' : 'is not'} ${JSON.stringify(text)}`, () => assert.equal(isUuid(text), expected));
  }
});
