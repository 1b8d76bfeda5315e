/**
 * Whether the nodes of a step fare worse for what they were given.
 *
 * The rule. What a figure should be now is what it was on the same nodes before the step, plus what it has risen by
 * meanwhile on nodes that the step has left as they were: an attack on the whole fleet raises it on both and is not blamed
 * on the policy. That it fell on the others is held against nobody. Where nothing is known from before (the orchestrator
 * has just started, or the nodes had no traffic), it should be as on the others now; where there are no others either, it
 * is not judged. A step has failed when a figure lies beyond what it should be by more than the plan allows, and by more
 * than chance makes likely.
 *
 * The figures: blocked requests and 5xx answers as shares of the requests, and how long answers take, in the median and for
 * the slowest of a hundred. What the firewall blocks is looked at alone as well: clients that it blocks for a bad policy may
 * be banned for that, and bans are shared, so that all blocked requests rise on the others too. Pure.
 */
import type { RolloutLimits } from '../../messages/entries/policies.ts';
import type { TrafficSum } from './traffic-sum.ts';

export interface TrafficView {
  /** The nodes of the step, before it and since. */
  readonly before: TrafficSum;
  readonly since: TrafficSum;
  /** Nodes that the step has left as they were. */
  readonly othersBefore: TrafficSum;
  readonly othersSince: TrafficSum;
}

/** Fewer requests say nothing about a share, nor about a median. */
const SAMPLE_MIN = 50;
/** Nor fewer about the slowest of a hundred. */
const TAIL_SAMPLE_MIN = 1000;
/** How many standard errors a share has to lie beyond its limit: chance alone does that once in a thousand times. */
const ERRORS_MIN = 3;
/** A rise by so few milliseconds is noise, whatever factor it is. */
const LATENCY_SLACK_MS = 5;

/** What is wrong, as part of a sentence; null while nothing is. */
export function judgeTraffic(view: TrafficView, limits: RolloutLimits): string | null {
  return (
    judgeShare('requests that the firewall blocks', view, FIREWALL, limits.block_share_rise_max) ??
    judgeShare('blocked requests', view, ({ blocks }) => blocks, limits.block_share_rise_max) ??
    judgeShare('answers with 5xx', view, ({ errors }) => errors, limits.error_share_rise_max) ??
    judgeTime('median time to answer', view, MEDIAN, limits.latency_factor_max) ??
    judgeTime('time of the slowest in a hundred answers', view, TAIL, limits.latency_factor_max)
  );
}

type Pick = (sum: TrafficSum) => number;

const FIREWALL: Pick = ({ firewallBlocks }) => firewallBlocks;

interface Level {
  readonly value: number;
  /** What its being a sample adds to its variance. */
  readonly variance: number;
}

function judgeShare(name: string, view: TrafficView, pick: Pick, riseMax: number): string | null {
  const share = (sum: TrafficSum): Level | null => shareOf(pick(sum), sum.requests);
  const now = share(view.since);
  const others = share(view.othersSince);
  if (now === null) return null;
  const expected = expectedShare(share(view.before), share(view.othersBefore), others);
  if (expected === null) return null;
  const chance = ERRORS_MIN * Math.sqrt(now.variance + expected.variance);
  if (now.value <= expected.value + Math.max(riseMax, chance)) return null;
  const wanted = `${percentOf(expected.value)} was to be expected, ${percentOf(riseMax)} more is allowed`;
  return `the share of ${name} is ${percentOf(now.value)}, where ${wanted}`;
}

function expectedShare(before: Level | null, othersBefore: Level | null, others: Level | null): Level | null {
  if (before === null) return others;
  if (othersBefore === null || others === null) return before;
  const rise = Math.max(0, others.value - othersBefore.value);
  const variance = before.variance + others.variance + othersBefore.variance;
  return { value: before.value + rise, variance };
}

/** A connection may be refused before it asks for anything, so there can be more refusals than requests. */
function shareOf(part: number, requests: number): Level | null {
  const whole = Math.max(part, requests);
  if (whole < SAMPLE_MIN) return null;
  const value = part / whole;
  // One added to both sides keeps a share of nothing, or of all, from counting as exactly known.
  const smooth = (part + 1) / (whole + 2);
  return { value, variance: (smooth * (1 - smooth)) / whole };
}

interface TimeFigure {
  readonly sampleMin: number;
  readonly pick: Pick;
}

const MEDIAN: TimeFigure = { sampleMin: SAMPLE_MIN, pick: ({ medianMs }) => medianMs };
const TAIL: TimeFigure = { sampleMin: TAIL_SAMPLE_MIN, pick: ({ tailMs }) => tailMs };

function judgeTime(
  name: string,
  view: TrafficView,
  { sampleMin, pick }: TimeFigure,
  factorMax: number,
): string | null {
  const mean = (sum: TrafficSum): number | null => (sum.timed < sampleMin ? null : pick(sum) / sum.timed);
  const now = mean(view.since);
  const expected = expectedTime(mean(view.before), mean(view.othersBefore), mean(view.othersSince));
  if (now === null || expected === null || now <= expected * factorMax + LATENCY_SLACK_MS) return null;
  const wanted = `${expected.toFixed(1)} ms were to be expected, and ${factorMax} times that is allowed`;
  return `the ${name} is ${now.toFixed(1)} ms, where ${wanted}`;
}

function expectedTime(
  before: number | null,
  othersBefore: number | null,
  others: number | null,
): number | null {
  if (before === null) return others;
  if (othersBefore === null || others === null || othersBefore <= 0) return before;
  return before * Math.max(1, others / othersBefore);
}

function percentOf(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
