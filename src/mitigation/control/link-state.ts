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
import { BACK_OFF_MAX_MS, growingPause, type Random, spread } from './back-off.ts';

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
  /** What comes next; null while something is under way and when nothing will. */
  readonly next: { readonly errand: Errand; readonly atMs: number } | null;
  /** A heartbeat is wanted as soon as the present message is done. */
  readonly hurried: boolean;
}

export type LinkEvent =
  | { readonly kind: 'start' }
  /** The time of `next` may have come. */
  | { readonly kind: 'tick' }
  | { readonly kind: 'registered'; readonly intervalMs: number }
  /** `impatient` while the node has not reported that it is active. */
  | { readonly kind: 'beat_answered'; readonly impatient: boolean }
  /** The message under way failed; the orchestrator may have named the shortest pause. */
  | { readonly kind: 'failed'; readonly pauseMinMs: number }
  /** The orchestrator answers, but does not know the node. */
  | { readonly kind: 'unknown' }
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
/** Pause between heartbeats of a node that is still starting. */
const IMPATIENT_MS = 1000;
/** Within this time a node that the orchestrator does not know registers again. */
const AGAIN_WITHIN_MS = 1000;

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
      return state.stage === 'idle'
        ? { ...state, stage: 'registering', next: at('register', moment.nowMs) }
        : state;
    case 'tick':
      return state;
    case 'registered':
      return state.underWay?.errand === 'register'
        ? afterRegistration(state, event.intervalMs, moment)
        : state;
    case 'beat_answered':
      return state.underWay?.errand === 'beat' ? afterBeat(state, event.impatient, moment) : state;
    case 'failed':
      return state.underWay === null ? state : afterFailure(state, event.pauseMinMs, moment);
    case 'unknown':
      return afterUnknown(state, moment);
    case 'hurry':
      return hurried(state, moment.nowMs);
    case 'stop':
      return { ...state, stage: 'stopped', underWay: null, next: null };
  }
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
  };
}

function afterBeat(state: LinkState, impatient: boolean, { nowMs, random }: LinkMoment): LinkState {
  const pauseMs = impatient ? Math.min(IMPATIENT_MS, state.intervalMs) : state.intervalMs;
  const dueMs = (state.underWay?.sentAtMs ?? nowMs) + spread(pauseMs, BEAT_SPREAD, random);
  return {
    ...state,
    lost: false,
    missed: 0,
    strange: 0,
    underWay: null,
    next: at('beat', state.hurried ? nowMs : dueMs),
    hurried: false,
  };
}

function afterFailure(state: LinkState, pauseMinMs: number, { nowMs, random, rules }: LinkMoment): LinkState {
  const registering = state.underWay?.errand === 'register';
  const attempts = registering ? state.attempts + 1 : state.attempts;
  const missed = state.registered ? state.missed + 1 : 0;
  const pauseMs = registering
    ? registrationPause(attempts, rules, random)
    : spread(Math.min(state.intervalMs, BACK_OFF_MAX_MS), BEAT_SPREAD, random);
  // A heartbeat keeps its rhythm, counted from when the failed one was sent.
  const fromMs = registering ? nowMs : (state.underWay?.sentAtMs ?? nowMs);
  const dueMs = Math.max(fromMs + pauseMs, nowMs + Math.min(pauseMinMs, BACK_OFF_MAX_MS));
  return {
    ...state,
    attempts,
    missed,
    lost: state.lost || (state.registered && missed >= rules.maxMissed),
    underWay: null,
    next: at(registering ? 'register' : 'beat', dueMs),
    hurried: false,
  };
}

/** A registration under way will settle the matter by itself; a heartbeat under way gets its own answer. */
function afterUnknown(state: LinkState, { nowMs, random }: LinkMoment): LinkState {
  if (state.stage !== 'beating') return state;
  const strange = state.strange + 1;
  const pauseMs =
    strange === 1
      ? random() * Math.min(AGAIN_WITHIN_MS, state.intervalMs)
      : growingPause(AGAIN_WITHIN_MS, strange, random);
  return {
    ...state,
    stage: 'registering',
    missed: 0,
    attempts: 0,
    strange,
    underWay: null,
    next: at('register', nowMs + pauseMs),
    hurried: false,
  };
}

function hurried(state: LinkState, nowMs: number): LinkState {
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
