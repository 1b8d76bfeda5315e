/**
 * What all fuzzers are as programs: settings from the environment, a line now and then, and what repeats a failure.
 *
 *   SECBEAT_FUZZ_MINUTES   how long to search, by default one minute
 *   SECBEAT_FUZZ_SEED      random by default
 *   SECBEAT_FUZZ_INDEX     the first input; with the seed it repeats a failure
 */
import type { FuzzFailure } from './loop.ts';

/** What a search is told; `goOn` is asked now and then, with the number of inputs so far. */
export interface SearchOptions {
  readonly seed: number;
  readonly firstIndex: number;
  goOn(count: number): boolean;
}

export type Search = (options: SearchOptions) => FuzzFailure | null | Promise<FuzzFailure | null>;

const REPORT_EVERY_MS = 10_000;

/**
 * Searches for as long as the environment says, and returns the exit code.
 *
 * @param note stands behind the seed in the first line
 */
export async function runFuzzer(search: Search, note = ''): Promise<number> {
  const { env } = process;
  const minutes = Number(env.SECBEAT_FUZZ_MINUTES ?? 1);
  const seed = Number(env.SECBEAT_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const firstIndex = Number(env.SECBEAT_FUZZ_INDEX ?? 0);
  if (!(minutes > 0) || !Number.isInteger(seed) || !Number.isInteger(firstIndex)) {
    console.error(
      'SECBEAT_FUZZ_MINUTES is a number above 0; SECBEAT_FUZZ_SEED and SECBEAT_FUZZ_INDEX are integers',
    );
    return 2;
  }
  console.log(`seed ${seed}${note}`);
  const progress = new Progress(minutes);
  const failure = await search({ seed, firstIndex, goOn: (count) => progress.goesOn(count) });
  if (failure === null) {
    console.log(`no failure in ${progress.inputs} inputs`);
    return 0;
  }
  console.log(`${failure.target} fails: ${failure.message}`);
  console.log(`input: ${JSON.stringify(failure.text)}`);
  console.log(`repeat with SECBEAT_FUZZ_SEED=${seed} SECBEAT_FUZZ_INDEX=${failure.index}`);
  return 1;
}

class Progress {
  inputs = 0;
  readonly #startMs = performance.now();
  readonly #endMs: number;
  #reportMs: number;

  constructor(minutes: number) {
    this.#endMs = this.#startMs + minutes * 60_000;
    this.#reportMs = this.#startMs + REPORT_EVERY_MS;
  }

  goesOn(count: number): boolean {
    this.inputs = count;
    const nowMs = performance.now();
    if (nowMs > this.#reportMs) {
      this.#reportMs = nowMs + REPORT_EVERY_MS;
      console.log(`${count} inputs, ${Math.round(count / ((nowMs - this.#startMs) / 1000))} a second`);
    }
    return nowMs < this.#endMs;
  }
}
