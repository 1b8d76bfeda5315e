import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SimulatedFleet } from '../testing/simulated-fleet.ts';

it('gives nobody up for not answering while most of the fleet is silent', async () => {
  const answers: ((alive: boolean) => void)[] = [];
  const askNode = (): Promise<boolean> =>
    new Promise((resolve) => {
      answers.push(resolve);
    });
  const simulated = new SimulatedFleet({ askNode });
  const nodes = Array.from({ length: 4 }, () => simulated.register());
  // All are suspect, none is beyond the tolerance yet, so this look does not know how many are silent.
  simulated.passMs(100_000);
  assert.equal(answers.length, nodes.length);
  simulated.clock.advanceMs(3000);
  for (const answer of answers) answer(false);
  await Promise.resolve();
  simulated.passMs(10_000);
  assert.ok(nodes.every((node) => simulated.status(node) !== 'Dead'));
  assert.equal(simulated.sweeper.massSilence, true);
});
