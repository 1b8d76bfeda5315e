/**
 * Whether something grows, from samples over time.
 *
 * A runtime collects garbage when it likes, so single samples and straight lines through them say little. The first
 * quarter is warming up; of the rest, the median of the second half is compared with that of the first.
 */
import { median } from '../../../bench/load/statistics.ts';

export interface Sample {
  readonly seconds: number;
  readonly value: number;
}

export interface Growth {
  readonly firstHalf: number;
  readonly secondHalf: number;
  /** By the method of least squares over both halves, for the reader. */
  readonly perHour: number;
}

const WARM_UP_SHARE = 0.25;
const SECONDS_PER_HOUR = 3600;

/** NaN where there are too few samples. */
export function measureGrowth(samples: readonly Sample[]): Growth {
  const settled = samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
  const middle = Math.floor(settled.length / 2);
  const values = settled.map(({ value }) => value);
  return {
    firstHalf: median(values.slice(0, middle)),
    secondHalf: median(values.slice(middle)),
    perHour: slope(settled) * SECONDS_PER_HOUR,
  };
}

function slope(samples: readonly Sample[]): number {
  const mean = (read: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + read(sample), 0) / samples.length;
  const meanSeconds = mean(({ seconds }) => seconds);
  const meanValue = mean(({ value }) => value);
  const covariance = mean(({ seconds, value }) => (seconds - meanSeconds) * (value - meanValue));
  return covariance / mean(({ seconds }) => (seconds - meanSeconds) ** 2);
}
