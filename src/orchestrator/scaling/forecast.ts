/**
 * A short look ahead at one series, with an interval. Pure.
 *
 * Exponential smoothing with a damped trend (Gardner and McKenzie 1985), in its error-correction form: level and trend
 * follow each observation by a part of what it differs from what was expected. The trend fades, because load does not
 * grow for ever. The interval comes from the errors made so far, widened with the distance as the model says (Hyndman
 * et al. 2008, class ETS(A,Ad,N)). A missing observation is a longer step: the trend fades meanwhile, and the next
 * observation counts for more. A handful of numbers whatever the length of the series.
 */

export interface ForecastState {
  readonly atMs: number;
  readonly level: number;
  /** Per step. */
  readonly trend: number;
  /** Mean square of the errors of one step, the latest counting most. */
  readonly errorSquare: number;
  readonly observations: number;
}

export interface Forecast {
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
}

export interface Observation {
  readonly atMs: number;
  readonly value: number;
}

/** How far the level follows one error. */
const ALPHA = 0.5;
/** How far the trend follows it. */
const BETA = 0.15;
/** What is left of the trend after a step. */
const PHI = 0.9;
/** How far the mean of squared errors follows one error. */
const ERROR_WEIGHT = 0.1;
/** Nine of ten outcomes lie within so many deviations of a normal distribution. */
const DEVIATIONS = 1.645;
/** Fewer errors say nothing about the next one. */
const OBSERVATIONS_MIN = 5;
/** After so many missing observations what was known is worth nothing. */
const STEPS_MAX = 30;

/** Takes an observation. Those that are no later than the last one, or no finite number, change nothing. */
export function observe(
  state: ForecastState | null,
  { atMs, value }: Observation,
  stepMs: number,
): ForecastState | null {
  if (!Number.isFinite(value) || (state !== null && atMs <= state.atMs)) return state;
  const steps = state === null ? 0 : Math.max(1, Math.round((atMs - state.atMs) / stepMs));
  if (state === null || steps > STEPS_MAX) {
    return { atMs, level: value, trend: 0, errorSquare: 0, observations: 1 };
  }
  const error = value - (state.level + state.trend * fading(steps));
  const follow = 1 - (1 - ALPHA) ** steps;
  // The error of several steps is spread over them, so that a gap does not look like a leap.
  const errorOfOne = (error * error) / steps;
  const weight = Math.max(ERROR_WEIGHT, 1 / state.observations);
  return {
    atMs,
    level: value - (1 - follow) * error,
    trend: state.trend * PHI ** steps + (BETA * error) / steps,
    errorSquare: state.errorSquare + weight * (errorOfOne - state.errorSquare),
    observations: state.observations + 1,
  };
}

/** What is expected `aheadMs` after the last observation. */
export function forecastAt(state: ForecastState, aheadMs: number, stepMs: number): Forecast {
  const steps = Math.max(1, Math.round(aheadMs / stepMs));
  const expected = state.level + state.trend * fading(steps);
  const margin = DEVIATIONS * Math.sqrt(state.errorSquare * spreadOver(steps));
  return { expected, lower: expected - margin, upper: expected + margin };
}

/** Whether so much was observed that a forecast says something. */
export function isSeasoned(state: ForecastState): boolean {
  return state.observations >= OBSERVATIONS_MIN;
}

/** How narrow the interval is, for a series of shares: 1 for a point, 0 for everything from 0 to 1. */
export function confidenceOf({ lower, upper }: Forecast): number {
  return Math.max(0, 1 - (upper - lower));
}

/** How many times the present trend is added over so many steps. */
function fading(steps: number): number {
  return (PHI * (1 - PHI ** steps)) / (1 - PHI);
}

/** By how much the square of the error of one step grows over so many. */
function spreadOver(steps: number): number {
  let sum = 1;
  for (let step = 1; step < Math.min(steps, STEPS_MAX); step++) sum += (ALPHA + BETA * fading(step)) ** 2;
  return sum;
}
