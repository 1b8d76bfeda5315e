/** What is told of a seed that fails: what did not hold, and how to see it happen again. */
import type { SeedOutcome } from './run-seed.ts';

export function describeFailure({ seed, digest, violations }: SeedOutcome): string {
  return [
    `seed ${seed} fails (trace ${digest}):`,
    ...violations.map((violation) => `  ${violation}`),
    `replay it with: npm run simulate -- --seed ${seed} --trace`,
  ].join('\n');
}
