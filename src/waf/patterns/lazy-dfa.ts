/**
 * Whether a pattern matches anywhere in a text, in one pass: a deterministic automaton that is built where texts lead.
 *
 * A state is a set of places at which some attempt stands, begun at any offset of the text. A match, and edges that
 * need the next byte, are decided when that byte is read, or the end: each transition knows whether there was a match
 * before it. The time is at most the length of the text times the size of the program, whatever the text.
 *
 * Where a match begins is found by bisection: attempts begun up to some offset match, or they do not. The automaton
 * of the reversed pattern would do it in one pass, but patterns that are harmless forwards can be monsters backwards.
 */

import { isSliceEnd, SLICE_BYTES, SLICE_UNITS, type WorkMeter } from '../budget/work-meter.ts';
import type { Program } from './program.ts';
import { StateTable, UNKNOWN } from './state-table.ts';

/** Entries of the table: what is below is a match. */
const DEAD = 0;
/** Where a meter says no. */
const STOPPED = DEAD;

const SHORT_MATCH = 256;

export class LazyDfa {
  readonly #program: Program;
  readonly #states: StateTable;
  /** For attempts that are under way, when no others may begin. */
  #closing: StateTable | null = null;
  /** For the end of a match, when its start is known. */
  #preferring: StateTable | null = null;
  /** Where the last run ended early: at the end of a match, or where nothing could match any more. */
  #stopped = 0;

  constructor(program: Program) {
    this.#program = program;
    this.#states = new StateTable(program, 'anywhere');
  }

  /** @param text bytes as latin-1 text */
  test(text: string, meter?: WorkMeter): boolean {
    return this.#run(this.#states, this.#states.start, text, 0, text.length + 1, meter) < DEAD;
  }

  /** Where the leftmost match begins, or -1. */
  findStart(text: string, meter?: WorkMeter): number {
    if (!this.test(text, meter)) return -1;
    // The match that ends first begins before its end: no attempt behind it is of interest.
    let low = 0;
    let high = this.#stopped;
    // Most matches are short.
    const near = high - SHORT_MATCH;
    if (near > 0) {
      if (this.#matchesBetween(text, 0, near - 1, meter)) high = near - 1;
      else low = near;
    }
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#matchesBetween(text, low, middle, meter)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Where the match ends that begins at an offset, the preferred one of several; -1 where there is none. */
  findEnd(text: string, start: number, meter?: WorkMeter): number {
    this.#preferring ??= new StateTable(this.#program, 'preferred');
    const states = this.#preferring;
    const { classOf, classes } = this.#program;
    const end = text.length;
    let state = this.#startAt(states, text, start);
    let found = -1;
    let at = start;
    for (; at <= end && state !== DEAD; at += 1) {
      const symbol = at === end ? classes : classOf[text.charCodeAt(at) & 0xff]!;
      let next = states.table[state + symbol]!;
      if (next === UNKNOWN) next = states.step(state, symbol, at - start);
      if (next < DEAD) found = at;
      state = next < DEAD ? ~next : next;
      if (meter !== undefined && isSliceEnd(at - start) && !meter.spend(SLICE_UNITS)) break;
    }
    states.finish(at - start);
    return found;
  }

  #startAt(states: StateTable, text: string, at: number): number {
    return at === 0
      ? states.start
      : states.startAfter(this.#program.classOf[text.charCodeAt(at - 1) & 0xff]!);
  }

  /** Whether an attempt matches that begins at one of some offsets. */
  #matchesBetween(text: string, first: number, last: number, meter?: WorkMeter): boolean {
    const start = this.#startAt(this.#states, text, first);
    const state = this.#run(this.#states, start, text, first, last, meter);
    if (state <= DEAD) return state < DEAD;
    this.#closing ??= new StateTable(this.#program, 'under-way');
    const closing = this.#closing.enter(this.#states, state);
    return this.#run(this.#closing, closing, text, last, text.length + 1, meter) < DEAD;
  }

  /** From one offset up to another, where the end of the text counts as one more; ends where all is decided. */
  #run(
    states: StateTable,
    first: number,
    text: string,
    from: number,
    to: number,
    meter: WorkMeter | undefined,
  ): number {
    if (meter === undefined) return this.#pass(states, first, text, from, to);
    const lastSlice = Math.min(to, text.length) - SLICE_BYTES;
    let state = first;
    let at = from;
    for (; at < lastSlice; at += SLICE_BYTES) {
      state = this.#pass(states, state, text, at, at + SLICE_BYTES);
      if (state <= DEAD) return state;
      if (!meter.spend(SLICE_UNITS)) return STOPPED;
    }
    return this.#pass(states, state, text, at, to);
  }

  #pass(states: StateTable, first: number, text: string, from: number, to: number): number {
    const { classOf, classes } = this.#program;
    const stop = Math.min(to, text.length);
    let { table } = states;
    let state = first;
    for (let at = from; at < stop; at += 1) {
      const symbol = classOf[text.charCodeAt(at) & 0xff]!;
      let next = table[state + symbol]!;
      if (next <= DEAD) {
        if (next === UNKNOWN) {
          next = states.step(state, symbol, at - from);
          table = states.table;
        }
        if (next <= DEAD) return this.#decide(states, next, at, from);
      }
      state = next;
    }
    if (to === stop) {
      states.finish(stop - from);
      return state;
    }
    const last = table[state + classes]!;
    return this.#decide(
      states,
      last === UNKNOWN ? states.step(state, classes, stop - from) : last,
      stop,
      from,
    );
  }

  #decide(states: StateTable, outcome: number, at: number, from: number): number {
    states.finish(at - from);
    this.#stopped = at;
    return outcome;
  }
}
