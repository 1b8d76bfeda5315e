/**
 * The loop of a fuzzer: draws an input, checks it, counts, and on a failure makes the input as small as it can.
 *
 * Input number `index` of a seed is always the same, so a failure is repeated by its seed and index alone. Inputs
 * are text of octets.
 */

/** A source of numbers from 0 up to but not including `below`. */
export type Random = (below: number) => number;

export interface Sample {
  readonly text: string;
  /** Throws where the text shows a fault; also asked about smaller texts. */
  check(text: string): void;
}

export interface FuzzTarget {
  readonly name: string;
  draw(random: Random): Sample;
  /** The work of which no input may cost more than `COST_MS_MAX`. */
  work(text: string): void;
}

export interface FuzzOptions {
  readonly seed: number;
  /** The first input, to repeat a failure. */
  readonly firstIndex: number;
  readonly targets: readonly FuzzTarget[];
  /** Whether to go on; asked after every `BATCH` inputs, with the number of inputs so far. */
  goOn(count: number): boolean;
}

export interface FuzzFailure {
  readonly target: string;
  readonly index: number;
  readonly text: string;
  readonly message: string;
}

const BATCH = 500;
const COST_MS_MAX = 50;
const COST_ATTEMPTS = 4;
const SHRINK_ATTEMPTS_MAX = 5000;

/** Runs until a failure, which is returned, or until it shall not go on: null. */
export function fuzz(options: FuzzOptions): FuzzFailure | null {
  const { seed, firstIndex, targets } = options;
  for (let index = firstIndex; ; index++) {
    const count = index - firstIndex;
    if (count % BATCH === 0 && !options.goOn(count)) return null;
    const target = targets[index % targets.length]!;
    const sample = target.draw(createRandom(seed, index));
    const message = faultIn(target, sample, sample.text);
    if (message === null) continue;
    const text = shrink(sample.text, (smaller) => faultIn(target, sample, smaller) !== null);
    return { target: target.name, index, text, message: faultIn(target, sample, text) ?? message };
  }
}

function faultIn(target: FuzzTarget, sample: Sample, text: string): string | null {
  try {
    sample.check(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const costMs = costOf(() => target.work(text));
  return costMs > COST_MS_MAX ? `costs ${costMs.toFixed(0)} ms` : null;
}

/** The best of a few attempts where the first was slow, which other programs may be to blame for. */
function costOf(work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < COST_ATTEMPTS && best > COST_MS_MAX; attempt++) {
    const startMs = performance.now();
    work();
    best = Math.min(best, performance.now() - startMs);
  }
  return best;
}

/** Takes out ever smaller parts as long as the rest still fails. */
export function shrink(text: string, fails: (text: string) => boolean): string {
  let smallest = text;
  let attempts = 0;
  for (let size = text.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < smallest.length && attempts < SHRINK_ATTEMPTS_MAX; attempts++) {
      const smaller = smallest.slice(0, at) + smallest.slice(at + size);
      if (fails(smaller)) smallest = smaller;
      else at += size;
    }
  }
  return smallest;
}

/** Numbers that a seed and an index determine (splitmix32). */
export function createRandom(seed: number, index: number): Random {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) | 0;
  return (below) => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below;
  };
}
