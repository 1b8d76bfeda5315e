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
