/** The public vectors of the rule language, through the table. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { skipWithout } from '../../../tests/support/shared-data.ts';
import { fail, ok } from '../../core/result.ts';
import { readVectors, type Vector, vectorFolder } from '../transformations/testing/seclang-vectors.ts';
import type { OperatorEnvironment } from './operator.ts';
import { OPERATORS, REFUSED_OPERATORS } from './operators.ts';

const folder = vectorFolder('operators');
const skip = skipWithout('data/seclang-vectors');

/** Cases that we decide otherwise, by name and their places in its file, and why. */
const OTHERWISE: ReadonlyMap<string, { places: readonly number[]; reason: string }> = new Map([
  [
    'ipmatch',
    {
      places: [17, 884],
      reason:
        'an IPv4 address written as an IPv6 one is IPv4, which ::/80 does not hold; IPv4 has no prefix /100',
    },
  ],
  ['rx', { places: [12, 13], reason: 'lookaround is refused: it cannot be had in linear time' }],
  ['rxglobal', { places: [12, 13], reason: 'lookaround is refused: it cannot be had in linear time' }],
  ['validatebyterange', { places: [2, 3, 4], reason: 'a list that names no byte is a fault of the rule' }],
  ['verifyssn', { places: [3], reason: 'numbers from 800 on have been given out since 2011' }],
]);

/** The files that vectors name lie in a folder of their own. */
const environment: OperatorEnvironment = {
  readFile(name) {
    try {
      return ok(readFileSync(join(folder ?? '', 'op', basename(name)), 'latin1'));
    } catch {
      return fail(`${name} cannot be read`);
    }
  },
};

describe('operators on the vectors of the rule language', { skip }, () => {
  const vectors = folder === null ? [] : readVectors(folder);
  const byName = Map.groupBy(vectors, (vector) => vector.name);

  for (const [name, cases] of byName) {
    if (REFUSED_OPERATORS.has(name)) continue;
    it(`${name}: ${cases.length} cases`, () => {
      const failed = cases.filter((one) => !holds(one));
      assert.deepEqual(
        failed.map((one) => one.place),
        OTHERWISE.get(name)?.places ?? [],
      );
    });
  }
});

function holds(vector: Vector): boolean {
  const compiled = OPERATORS.get(vector.name)?.compile(vector.param, environment);
  if (!compiled?.ok) return false;
  const match = compiled.value.match(vector.input);
  if (compiled.value.test(vector.input) !== vector.matches) return false;
  if ((match !== null) !== vector.matches) return false;
  return match === null || (vector.groups ?? []).every((group, index) => match.captures[index] === group);
}
