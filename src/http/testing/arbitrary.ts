/** Messages for property tests: octets at random, well-formed ones, and well-formed ones with damage. */
import fc from 'fast-check';
import { FRAGMENTS, LINES } from './messages.ts';
import { MUTATIONS, type Mutation, mutate } from './mutation.ts';

const fraction = fc.integer({ min: 0, max: 9999 }).map((tenThousandths) => tenThousandths / 10_000);

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.nat(MUTATIONS.length - 1),
  at: fraction,
  to: fraction,
  text: fc.oneof(fc.constantFrom(...FRAGMENTS), fc.constantFrom(...LINES)),
});

/** One of `seeds` with up to six mutations. */
export function mutated(seeds: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(mutation, { maxLength: 6 }))
    .map(([seed, mutations]) => mutate(seed, mutations));
}

/** Text of octets, with more than a fair share of those that matter. */
export const anyOctets: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...FRAGMENTS),
      fc.constantFrom(...LINES),
      fc.nat(255).map((octet) => String.fromCharCode(octet)),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

/** Where to cut a message: any places, or every octet. */
export const anyCuts: fc.Arbitrary<readonly number[]> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.nat(400), { maxLength: 8 }) },
  { weight: 1, arbitrary: fc.constant(Array.from({ length: 400 }, (_, index) => index)) },
);
