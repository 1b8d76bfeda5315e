/** How long a program takes for ordinary requests, measured here and now. */
import { performance } from 'node:perf_hooks';
import type { Program } from '../waf/engine/program.ts';
import {
  bodyOf,
  type SampleRequest,
  sampleDocument,
  sampleForm,
  samplePage,
} from '../waf/sample-requests.ts';

export interface TimedRequest {
  readonly title: string;
  /** Microseconds of inspection, each request with values not seen before. */
  readonly freshMicros: number;
  /** The same request again and again. */
  readonly repeatedMicros: number;
}

/** Enough for the runtime to compile what it finds hot. */
const WARMUP = 3000;
const ROUNDS = 3000;

export function timeProgram(program: Program): readonly TimedRequest[] {
  return [
    timeSamples('GET, 4 arguments, 2 cookies', program, samplePage),
    timeSamples('POST, form of about 1 KiB', program, sampleForm),
    timeSamples('POST, JSON of about 1 KiB', program, sampleDocument),
  ];
}

function timeSamples(title: string, program: Program, make: (number: number) => SampleRequest): TimedRequest {
  const fresh = Array.from({ length: WARMUP + ROUNDS }, (_, number) => make(number));
  run(program, fresh.slice(0, WARMUP));
  const freshMicros = run(program, fresh.slice(WARMUP));
  const repeatedMicros = run(program, new Array<SampleRequest>(ROUNDS).fill(fresh[0]!));
  return { title, freshMicros, repeatedMicros };
}

/** Microseconds for one of the samples, on average. */
function run(program: Program, samples: readonly SampleRequest[]): number {
  const startMs = performance.now();
  for (const sample of samples) {
    const inspection = program.begin(sample.view);
    inspection.inspectRequestHead();
    inspection.inspectRequestBody(bodyOf(sample));
    inspection.finish();
  }
  return ((performance.now() - startMs) * 1000) / samples.length;
}
