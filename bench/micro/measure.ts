/** Times one operation: a warm-up, then the best and the middle of several runs, in nanoseconds a call. */
const RUNS = 7;
const CALLS = 300_000;

export interface Timing {
  /** Nanoseconds a call. */
  readonly best: number;
  readonly middle: number;
  /** The results summed, so that no call is optimised away. */
  readonly sum: number;
}

export function time(operation: (call: number) => number): Timing {
  let sum = 0;
  const durations: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const startMs = performance.now();
    for (let call = 0; call < CALLS; call++) sum += operation(call);
    const nanoseconds = ((performance.now() - startMs) * 1e6) / CALLS;
    if (run > 0) durations.push(nanoseconds);
  }
  durations.sort((left, right) => left - right);
  return { best: durations[0]!, middle: durations[RUNS >> 1]!, sum };
}

/** Prints `title` with what one call of `operation` takes. */
export function measure(title: string, operation: (call: number) => number): void {
  const { best, middle, sum } = time(operation);
  console.log(`${title.padEnd(56)} best ${best.toFixed(1)} ns, middle ${middle.toFixed(1)} ns (${sum})`);
}
