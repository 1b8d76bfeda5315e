import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { diffLines } from './line-diff.ts';

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', '', 'd'), { maxLength: 40 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''));

it('a diff leads from one text to the other, whatever they are', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const edits = diffLines(before, after);
      const side = (left: 'removed' | 'added'): string =>
        edits.flatMap(({ kind, line }) => (kind === 'same' || kind === left ? [`${line}\n`] : [])).join('');
      assert.equal(side('removed'), before);
      assert.equal(side('added'), after);
    }),
  );
});
