/** The public vectors of the rule language, through the table. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { skipWithout } from '../../../tests/support/shared-data.ts';
import { readVectors, vectorFolder } from './testing/seclang-vectors.ts';
import { TRANSFORMATION_ALIASES, TRANSFORMATIONS } from './transformations.ts';

const folder = vectorFolder('transformations');
const skip = skipWithout('data/seclang-vectors');

/** Cases that we decide otherwise, by name and their places in its file, and why. */
const OTHERWISE: ReadonlyMap<string, { places: readonly number[]; reason: string }> = new Map([
  [
    'cssdecode',
    {
      places: [4],
      reason: 'CSS takes a blank away behind hexadecimal digits only, not behind an escaped NUL',
    },
  ],
  [
    'hexdecode',
    { places: [4], reason: 'a pair that is no number stays instead of becoming an arbitrary byte' },
  ],
  [
    'removecomments',
    {
      places: [4, 5, 6, 7, 10, 11, 12, 13],
      reason: 'a comment up to the end leaves nothing, not the NUL behind it',
    },
  ],
]);

describe('transformations on the vectors of the rule language', { skip }, () => {
  const vectors = folder === null ? [] : readVectors(folder);
  const byName = Map.groupBy(vectors, (vector) => vector.name);

  for (const [name, cases] of byName) {
    it(`${name}: ${cases.length} cases`, () => {
      const transform = TRANSFORMATIONS.get(TRANSFORMATION_ALIASES.get(name) ?? name);
      assert.ok(transform, `${name} is not in the table`);
      const failed = cases.filter((one) => transform(one.input) !== one.output);
      assert.deepEqual(
        failed.map((one) => one.place),
        OTHERWISE.get(name)?.places ?? [],
      );
    });
  }
});
