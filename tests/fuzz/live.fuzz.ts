/**
 * Fuzzes a node as it runs, by sockets, for as long as the settings in program.ts say: clients of HTTP/2, and origins
 * of both protocols. See live-batches.ts for what is tried, and live-stand.ts for what is asked after each batch.
 *
 * Input number `index` is a batch of connections; what is sent on them is always the same, when it arrives is not.
 */
import { pick } from './draw.ts';
import { BATCHES } from './live-batches.ts';
import { LiveStand } from './live-stand.ts';
import { createRandom, type FuzzFailure } from './loop.ts';
import { runFuzzer, type SearchOptions } from './program.ts';

async function search({ seed, firstIndex, goOn }: SearchOptions): Promise<FuzzFailure | null> {
  const live = await LiveStand.open();
  let failure: FuzzFailure | null = null;
  for (let index = firstIndex; failure === null && goOn(index - firstIndex); index++) {
    failure = await tryBatch(live, seed, index);
  }
  try {
    await live.close();
  } catch (error) {
    return failure ?? { target: 'end of the node', index: firstIndex, text: '', message: String(error) };
  }
  return failure;
}

async function tryBatch(live: LiveStand, seed: number, index: number): Promise<FuzzFailure | null> {
  const random = createRandom(seed, index);
  const target = pick(random, Object.keys(BATCHES));
  const batch = BATCHES[target]!(random);
  try {
    await batch.run(live);
    await live.check();
    return null;
  } catch (error) {
    return {
      target,
      index,
      text: batch.text,
      message: error instanceof Error ? error.message : String(error),
    };
  }
}

process.exitCode = await runFuzzer(search);
