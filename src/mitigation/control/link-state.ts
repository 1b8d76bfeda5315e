/**
 * The control link as a state machine: what to send to the orchestrator, and when. Pure.
 *
 *   idle --start--> registering --registered--> beating --unknown node--> registering ...
 *
 * At most one message is under way. A node that is not known (any more) registers again at once with the same
 * identity. Failures never end anything: the first `maxRetries` registrations are tried at a steady pace, later ones
 * with growing pauses, for ever. `maxMissed` failures in a row mean that the link is lost, which is the node's own
 * view and changes nothing for its clients; the first success restores it.
 */
import { BACK_OFF_MAX_MS, growingPause, type Random, spread } from '../../core/back-off.ts';

export interface LinkRules {
  /** Steady pause between the first registrations. */
  readonly retryIntervalMs: number;
  readonly maxRetries: number;
  /** Pause between heartbeats until the orchestrator names its own. */
  readonly intervalMs: number;
  /** Failures in a row that make the link lost. */
  readonly maxMissed: number;
}

export type Errand = 'register' | 'beat';

export interface LinkState {
  readonly stage: 'idle' | 'registering' | 'beating' | 'stopped';
  /** Was registered at least once. */
  readonly registered: boolean;
  readonly lost: boolean;
  /** Failures in a row, of either kind, since the orchestrator last answered a registered node. */
  readonly missed: number;
  /** Registrations in a row that failed. */
  readonly attempts: number;
  /** Times in a row that the orchestrator did not know the node, without a heartbeat that it answered. */
  readonly strange: number;
  readonly intervalMs: number;
  /** The message under way, and since when. */
  readonly underWay: { readonly errand: Errand; readonly sentAtMs: number } | null;
  /** What comes next, once nothing is under way; null when that is not known yet. */
  readonly next: { readonly errand: Errand; readonly atMs: number } | null;
  /** A heartbeat is wanted as soon as the present message is done. */
  readonly hurried: boolean;
  /** The heartbeats have found their place within the interval. */
  readonly placed: boolean;
}

export type LinkEvent =
  | { readonly kind: 'start' }
  /** The time of `next` may have come. */
  | { readonly kind: 'tick' }
  | { readonly kind: 'registered'; readonly intervalMs: number }
  /** `impatient` while the node has not reported that it is active. */
  | { readonly kind: 'beat_answered'; readonly impatient: boolean }
  /** The orchestrator may have named the shortest pause. */
  | { readonly kind: 'register_failed'; readonly pauseMinMs: number }
  | { readonly kind: 'beat_failed'; readonly pauseMinMs: number }
  /** The orchestrator answers a heartbeat, but does not know the node. */
  | { readonly kind: 'beat_unknown' }
  /** It said so when it was asked for commands. */
  | { readonly kind: 'poll_unknown' }
  /** Something changed that the orchestrator should hear now. */
  | { readonly kind: 'hurry' }
  | { readonly kind: 'stop' };

export interface LinkMoment {
  readonly nowMs: number;
  readonly random: Random;
  readonly rules: LinkRules;
}

export interface LinkStep {
  readonly state: LinkState;
  /** The message to send now. */
  readonly send: Errand | null;
}

/** Part of a heartbeat's pause that is left out at random. */
const BEAT_SPREAD = 0.05;
/**
 * The same of the first whole pause: nodes that were started or came back together do not report in step from then on.
 */
const FIRST_SPREAD = 0.9;
/** Pause between heartbeats of a node that is still starting. */
const IMPATIENT_MS = 1000;
/** Within this time a node that the orchestrator does not know registers again. */
const AGAIN_WITHIN_MS = 1000;

/** A link that has not begun. */
export function initialLinkState(rules: LinkRules): LinkState {
  return {
    stage: 'idle',
    registered: false,
    lost: false,
    missed: 0,
    attempts: 0,
    strange: 0,
    intervalMs: rules.intervalMs,
    underWay: null,
    next: null,
    hurried: false,
    placed: false,
  };
}

/** Takes one event; what is due is sent in the same step. */
export function stepLink(state: LinkState, event: LinkEvent, moment: LinkMoment): LinkStep {
  if (state.stage === 'stopped') return { state, send: null };
  return sendDue(applyEvent(state, event, moment), moment.nowMs);
}

function applyEvent(state: LinkState, event: LinkEvent, moment: LinkMoment): LinkState {
  switch (event.kind) {
    case 'start':
      if (state.stage !== 'idle') return state;
      return { ...state, stage: 'registering', next: at('register', moment.nowMs) };
    case 'tick':
      return state;
    case 'registered':
      return afterRegistration(state, event.intervalMs, moment);
    case 'register_failed':
      return afterFailedRegistration(state, event.pauseMinMs, moment);
    case 'beat_answered':
      return applyBeat(state, (beating) => afterBeat(beating, event.impatient, moment));
    case 'beat_failed':
      return applyBeat(state, (beating) => afterFailedBeat(beating, event.pauseMinMs, moment));
    case 'beat_unknown':
      return applyBeat(state, (beating) => registerAgain(beating, moment));
    case 'poll_unknown':
      return state.stage === 'beating' ? registerAgain(state, moment) : state;
    case 'hurry':
      return hurry(state, moment.nowMs);
    case 'stop':
      return { ...state, stage: 'stopped', underWay: null, next: null };
  }
}

/** The heartbeat under way is over; its outcome counts unless the node is already about to register again. */
function applyBeat(state: LinkState, apply: (beating: LinkState) => LinkState): LinkState {
  return { ...(state.stage === 'beating' ? apply(state) : state), underWay: null };
}

function afterRegistration(state: LinkState, intervalMs: number, { nowMs }: LinkMoment): LinkState {
  return {
    ...state,
    stage: 'beating',
    registered: true,
    lost: false,
    missed: 0,
    attempts: 0,
    intervalMs,
    underWay: null,
    next: at('beat', nowMs),
    hurried: false,
    placed: false,
  };
}

function afterBeat(state: LinkState, impatient: boolean, { nowMs, random }: LinkMoment): LinkState {
  const pauseMs = impatient ? Math.min(IMPATIENT_MS, state.intervalMs) : state.intervalMs;
  const share = state.placed || impatient ? BEAT_SPREAD : FIRST_SPREAD;
  const dueMs = (state.underWay?.sentAtMs ?? nowMs) + spread(pauseMs, share, random);
  const next = at('beat', state.hurried ? nowMs : dueMs);
  const placed = state.placed || !(impatient || state.hurried);
  return { ...state, lost: false, missed: 0, strange: 0, next, hurried: false, placed };
}

function afterFailedBeat(
  state: LinkState,
  pauseMinMs: number,
  { nowMs, random, rules }: LinkMoment,
): LinkState {
  const pauseMs = spread(Math.min(state.intervalMs, BACK_OFF_MAX_MS), BEAT_SPREAD, random);
  // The rhythm is kept, counted from when the failed one was sent.
  const dueMs = (state.underWay?.sentAtMs ?? nowMs) + pauseMs;
  const missed = countMiss(state, rules);
  return { ...state, ...missed, next: at('beat', noSooner(dueMs, nowMs, pauseMinMs)), hurried: false };
}

function afterFailedRegistration(
  state: LinkState,
  pauseMinMs: number,
  { nowMs, random, rules }: LinkMoment,
): LinkState {
  const attempts = state.attempts + 1;
  const dueMs = nowMs + registrationPause(attempts, rules, random);
  const next = at('register', noSooner(dueMs, nowMs, pauseMinMs));
  return { ...state, ...countMiss(state, rules), attempts, underWay: null, next };
}

function countMiss(state: LinkState, { maxMissed }: LinkRules): Pick<LinkState, 'missed' | 'lost'> {
  if (!state.registered) return { missed: 0, lost: false };
  const missed = state.missed + 1;
  return { missed, lost: state.lost || missed >= maxMissed };
}

function noSooner(dueMs: number, nowMs: number, pauseMinMs: number): number {
  return Math.max(dueMs, nowMs + Math.min(pauseMinMs, BACK_OFF_MAX_MS));
}

/** At once, but not all nodes in the same moment; with growing pauses when that does not make the node known. */
function registerAgain(state: LinkState, { nowMs, random }: LinkMoment): LinkState {
  const strange = state.strange + 1;
  const pauseMs =
    strange === 1
      ? random() * Math.min(AGAIN_WITHIN_MS, state.intervalMs)
      : growingPause(AGAIN_WITHIN_MS, strange, random);
  const next = at('register', nowMs + pauseMs);
  return { ...state, stage: 'registering', missed: 0, attempts: 0, strange, next, hurried: false };
}

function hurry(state: LinkState, nowMs: number): LinkState {
  if (state.stage !== 'beating') return state;
  return state.underWay === null ? { ...state, next: at('beat', nowMs) } : { ...state, hurried: true };
}

function sendDue(state: LinkState, nowMs: number): LinkStep {
  const { next, underWay } = state;
  if (underWay !== null || next === null || next.atMs > nowMs) return { state, send: null };
  const errand = next.errand;
  return { state: { ...state, underWay: { errand, sentAtMs: nowMs }, next: null }, send: errand };
}

function registrationPause(
  attempts: number,
  { retryIntervalMs, maxRetries }: LinkRules,
  random: Random,
): number {
  const steadyMs = Math.min(retryIntervalMs, BACK_OFF_MAX_MS);
  if (attempts <= maxRetries) return spread(steadyMs, 0.1, random);
  return Math.max(spread(steadyMs, 0.1, random), growingPause(steadyMs, attempts - maxRetries + 1, random));
}

function at(errand: Errand, atMs: number): LinkState['next'] {
  return { errand, atMs };
}
