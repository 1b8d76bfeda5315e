/**
 * How many examples a property test tries: `fc.assert(property, { numRuns: runs(200) })`.
 *
 * Short by default, so that all tests together take seconds; `npm run fuzz` sets SECBEAT_FUZZ_RUNS to search for
 * longer.
 */
export function runs(usual: number): number {
  const wanted = Number.parseInt(process.env.SECBEAT_FUZZ_RUNS ?? '', 10);
  return Number.isSafeInteger(wanted) ? Math.max(usual, wanted) : usual;
}

/**
 * For properties that hold of nearly everything, such as that prose is no attack: the usual check looks at the same
 * examples each time, and the fuzzers at new ones.
 */
export function sameRuns(usual: number): { readonly numRuns: number; readonly seed?: number } {
  const isFuzzing = process.env.SECBEAT_FUZZ_RUNS !== undefined;
  return { numRuns: runs(usual), ...(isFuzzing ? {} : { seed: 1 }) };
}
