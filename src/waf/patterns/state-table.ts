/**
 * The states of a deterministic automaton, made when a text first leads to them, and the transitions between them.
 * Both are bounded: when they are full they are emptied. And they have to be worth their making: a text that asks for
 * too many new ones goes on in one passing state, whose set of places changes with every symbol.
 */
import type { Program } from './program.ts';
import { type Mode, NOTHING_BEFORE, StateSet } from './state-set.ts';

/** Entries of the table of transitions, 256 KiB. */
const MAXIMUM_TRANSITIONS = 1 << 16;
/** Places in all states together, 128 KiB. */
const MAXIMUM_MEMBERS = 1 << 15;
const FEWEST_STATES = 16;
/** Transitions that may be made without delay; each is earned again by so many bytes. One takes as long as passing a few. */
const CREDIT_MAX = 4096;
const BYTES_PER_TRANSITION = 32;

const NOBODY = new Int32Array(0);

/** In the table: nobody has been there yet. */
export const UNKNOWN = -0x8000_0000;

export class StateTable {
  /** At a state plus a symbol: the next state, or its complement where there is a match before the symbol. */
  table = new Int32Array(0);
  /** Where every text begins. A state is the place of its row: 0 that of no attempt, the next one the passing state. */
  start = 0;
  /** Transitions that may be made. */
  #credit = CREDIT_MAX;
  readonly #set: StateSet;
  readonly #ordered: boolean;
  /** Symbols are the classes of bytes and the end of the text. */
  readonly #width: number;
  readonly #maximum: number;
  /** Counts how often all states were forgotten. */
  #generation = 0;
  /** By state of another table, since both were made: the state here. */
  readonly #entered = new Map<number, number>();
  #enteredFrom = -1;
  /** By symbol: where attempts begin behind it, or -1. */
  readonly #startsAfter: Int32Array;
  #members: Int32Array[] = [];
  #contexts: number[] = [];
  #numbers = new Map<string, number>();
  #memberCount = 0;

  constructor(program: Program, mode: Mode) {
    this.#set = new StateSet(program, mode);
    this.#ordered = mode === 'preferred';
    this.#width = program.classes + 1;
    this.#startsAfter = new Int32Array(this.#width);
    this.#maximum = Math.max(FEWEST_STATES, Math.floor(MAXIMUM_TRANSITIONS / this.#width));
    this.#clear();
  }

  /**
   * A transition that the table does not have, as an entry of it.
   *
   * @param read bytes of the text that were read so far
   */
  step(state: number, symbol: number, read: number): number {
    const passing = this.#width;
    let place = state;
    if (state !== passing) {
      const members = this.#members[state / this.#width]!;
      const context = this.#contexts[state / this.#width]!;
      if (this.#credit + read / BYTES_PER_TRANSITION < 1) place = passing;
      else if (this.#isFull) place = this.#clearBut(members, context);
      this.#set.load(members, context);
      this.#credit -= place === passing ? 0 : 1;
    }
    const matched = this.#set.advance(symbol);
    const next = this.#set.isDead ? 0 : place === passing ? passing : this.#intern();
    const entry = matched ? ~next : next;
    if (place !== passing) this.table[place + symbol] = entry;
    return entry;
  }

  /** Where attempts begin in the middle of a text, behind a symbol. */
  startAfter(symbol: number): number {
    const known = this.#startsAfter[symbol]!;
    if (known !== -1) return known;
    if (this.#isFull) this.#clear();
    this.#set.begin(symbol);
    const state = this.#intern();
    this.#startsAfter[symbol] = state;
    return state;
  }

  /** The state of another table, always the same one and of the same program, in this one. */
  enter(other: StateTable, state: number): number {
    if (state === other.#width) return this.#adopt(other.#set.copy(), other.#set.context);
    if (this.#enteredFrom !== other.#generation) this.#entered.clear();
    this.#enteredFrom = other.#generation;
    const known = this.#entered.get(state);
    if (known !== undefined) return known;
    const place = state / other.#width;
    const entered = this.#adopt(other.#members[place]!, other.#contexts[place]!);
    this.#entered.set(state, entered);
    return entered;
  }

  #adopt(members: Int32Array, context: number): number {
    if (this.#isFull) return this.#clearBut(members, context);
    this.#set.load(members, context);
    return this.#intern();
  }

  /** @param read bytes of a text, all that were read of it */
  finish(read: number): void {
    this.#credit = Math.min(CREDIT_MAX, this.#credit + read / BYTES_PER_TRANSITION);
  }

  get #isFull(): boolean {
    return this.#members.length >= this.#maximum || this.#memberCount >= MAXIMUM_MEMBERS;
  }

  /** Forgets all states but one, which gets a new place. */
  #clearBut(members: Int32Array, context: number): number {
    this.#clear();
    this.#set.load(members, context);
    return this.#intern();
  }

  #clear(): void {
    this.table = new Int32Array(FEWEST_STATES * this.#width).fill(UNKNOWN);
    // The state without any attempt stays as it is; of the passing one nothing is known.
    this.table.fill(0, 0, this.#width);
    this.#members = [NOBODY, NOBODY];
    this.#contexts = [0, 0];
    this.#numbers = new Map();
    this.#memberCount = 0;
    this.#startsAfter.fill(-1);
    this.#entered.clear();
    this.#generation += 1;
    this.#set.begin(NOTHING_BEFORE);
    this.start = this.#intern();
  }

  #intern(): number {
    const members = this.#ordered ? this.#set.copy() : sort(this.#set.copy());
    const key = keyOf(this.#set.context, members);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const state = this.#members.length * this.#width;
    this.#grow(state + this.#width);
    this.#members.push(members);
    this.#contexts.push(this.#set.context);
    this.#memberCount += members.length;
    this.#numbers.set(key, state);
    return state;
  }

  #grow(needed: number): void {
    if (needed <= this.table.length) return;
    const larger = new Int32Array(this.table.length * 2).fill(UNKNOWN);
    larger.set(this.table);
    this.table = larger;
  }
}

/** In place; by hand where that is faster than the call. */
function sort(members: Int32Array): Int32Array {
  if (members.length > 24) return members.sort();
  for (let end = 1; end < members.length; end += 1) {
    const member = members[end]!;
    let at = end;
    for (; at > 0 && members[at - 1]! > member; at -= 1) members[at] = members[at - 1]!;
    members[at] = member;
  }
  return members;
}

function keyOf(context: number, members: Int32Array): string {
  let key = String.fromCharCode(context);
  for (let at = 0; at < members.length; at += 1) key += String.fromCharCode(members[at]!);
  return key;
}
