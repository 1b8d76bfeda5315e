/**
 * A set of places in a program, and how it goes on with the next symbol: one step of all attempts together.
 *
 * Places are where attempts stand right after a byte, before anything that reads nothing. What becomes of a place
 * with a symbol is found once and kept, so that a step costs as much as there are places, however many choices begin
 * there. Bound: MAXIMUM_KEPT places in what is kept, about half a megabyte.
 */
import { AFTER_NOTHING, CONTEXTS, contextAfter, opens } from './edges.ts';
import { AT_START, EDGE, FORK, MATCH, type Program, READ } from './program.ts';

const MAXIMUM_KEPT = 1 << 15;
/** What an outcome takes besides its places, in places. */
const OUTCOME_COST = 8;

/** In the place of a symbol. */
export const NOTHING_BEFORE = -1;

/** What becomes of a place: where its attempts go on, and whether one of them has matched before the symbol. */
interface Outcome {
  readonly places: Int32Array;
  readonly matched: boolean;
}

/** What becomes of most places with most symbols. */
const NOTHING: Outcome = { places: new Int32Array(0), matched: false };

/**
 * Which attempts count: those begun at every offset, only those that were loaded, or of these the ones that are
 * preferred: members are in order of preference, and a match ends those that come after it.
 */
export type Mode = 'anywhere' | 'under-way' | 'preferred';

export class StateSet {
  readonly #program: Program;
  /** In order of preference where that counts. */
  members: Int32Array;
  size = 0;
  context = 0;
  #before: Int32Array;
  /** Places already in the set that is being made carry the current stamp. */
  readonly #stamps: Uint32Array;
  #stamp = 0;
  /** By instruction: whether an edge can be reached from it without reading. */
  readonly #asks: Uint8Array;
  /** Whether attempts can begin anywhere but at the very start. */
  readonly #restarts: boolean;
  readonly #prefers: boolean;
  /** By place and context, then by symbol. */
  #outcomes: (Outcome | undefined)[][] = [];
  #kept = 0;
  /** Instructions and places already met where one outcome is found carry the number of the search. */
  readonly #seen: Uint32Array;
  #search = 0;

  constructor(program: Program, mode: Mode) {
    const count = program.operations.length;
    this.#program = program;
    this.members = new Int32Array(count);
    this.#before = new Int32Array(count);
    this.#stamps = new Uint32Array(count);
    this.#asks = new Uint8Array(count);
    for (let at = 0; at < count; at += 1) this.#asks[at] = reaches(program, at, EDGE) ? 1 : 0;
    this.#restarts = mode === 'anywhere' && restarts(program);
    this.#prefers = mode === 'preferred';
    this.#seen = new Uint32Array(count);
  }

  /** No attempt is under way, and none can begin any more. */
  get isDead(): boolean {
    return this.size === 0;
  }

  /** A first attempt, behind a symbol or at the beginning of a text. */
  begin(before: number): void {
    const { start } = this.#program;
    const context = before === NOTHING_BEFORE ? AFTER_NOTHING : contextAfter(this.#program, before);
    this.members[0] = start;
    this.size = 1;
    this.context = this.#asks[start] === 1 ? context : 0;
  }

  load(members: Int32Array, context: number): void {
    this.members.set(members);
    this.size = members.length;
    this.context = context;
  }

  copy(): Int32Array {
    return this.members.slice(0, this.size);
  }

  /** Goes on with one more symbol; true where there is a match before it. */
  advance(symbol: number): boolean {
    const before = this.members;
    const count = this.size;
    this.members = this.#before;
    this.#before = before;
    this.size = 0;
    this.#nextStamp();
    let matched = false;
    let asks = 0;
    for (let index = 0; index < count; index += 1) {
      const outcome = this.#outcome(before[index]!, symbol);
      if (outcome.matched) matched = true;
      const { places } = outcome;
      for (let rank = 0; rank < places.length; rank += 1) asks |= this.#add(places[rank]!);
      if (matched && this.#prefers) break;
    }
    if (symbol === this.#program.classes) this.size = 0;
    else if (this.#restarts) asks |= this.#add(this.#program.start);
    this.context = asks === 0 ? 0 : contextAfter(this.#program, symbol);
    return matched;
  }

  /** 1 where the place asks for the context. */
  #add(place: number): number {
    if (this.#stamps[place] === this.#stamp) return 0;
    this.#stamps[place] = this.#stamp;
    this.members[this.size++] = place;
    return this.#asks[place]!;
  }

  #nextStamp(): void {
    this.#stamp += 1;
    if (this.#stamp < 0xffff_ffff) return;
    this.#stamps.fill(0);
    this.#stamp = 1;
  }

  #outcome(place: number, symbol: number): Outcome {
    const context = this.#asks[place] === 1 ? this.context : 0;
    const row = place * CONTEXTS + context;
    const outcomes = this.#outcomes[row];
    const known = outcomes?.[symbol];
    if (known !== undefined) return known;
    const outcome = this.#follow(place, context, symbol);
    const cost = outcome === NOTHING ? 1 : outcome.places.length + OUTCOME_COST;
    this.#kept += cost;
    if (this.#kept > MAXIMUM_KEPT) {
      this.#outcomes = [];
      this.#kept = cost;
    }
    this.#outcomes[row] ??= [];
    this.#outcomes[row][symbol] = outcome;
    return outcome;
  }

  /** Goes from a place through everything that reads nothing, and over the symbol. */
  #follow(place: number, context: number, symbol: number): Outcome {
    const { operations, next, arguments: others, accepts, classes } = this.#program;
    const seen = this.#seen;
    const places: number[] = [];
    const stack = [place];
    let matched = false;
    if (this.#search === 0xffff_ffff) {
      seen.fill(0);
      this.#search = 0;
    }
    this.#search += 1;
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (seen[at] === this.#search) continue;
      seen[at] = this.#search;
      const operation = operations[at]!;
      if (operation === MATCH) {
        matched = true;
        if (this.#prefers) break;
      } else if (operation === READ) {
        if (symbol < classes && accepts[others[at]! * classes + symbol] === 1) places.push(next[at]!);
      } else if (operation !== EDGE || opens(this.#program, others[at]!, context, symbol)) {
        if (operation === FORK) stack.push(others[at]!);
        stack.push(next[at]!);
      }
    }
    if (places.length === 0 && !matched) return NOTHING;
    return { places: Int32Array.from(places), matched };
  }
}

/** Whether an instruction of a kind can be reached from another without reading. */
function reaches(program: Program, from: number, wanted: number): boolean {
  const seen = new Set<number>();
  const stack = [from];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const operation = program.operations[at]!;
    if (operation === wanted) return true;
    if (seen.has(at) || operation === READ || operation === MATCH) continue;
    seen.add(at);
    stack.push(program.next[at]!);
    if (operation === FORK) stack.push(program.arguments[at]!);
  }
  return false;
}

/** Whether anything can be reached from the start without passing the edge at the start of the text. */
function restarts(program: Program): boolean {
  const seen = new Set<number>();
  const stack = [program.start];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const operation = program.operations[at]!;
    if (operation === READ || operation === MATCH) return true;
    if (seen.has(at) || (operation === EDGE && program.arguments[at] === AT_START)) continue;
    seen.add(at);
    stack.push(program.next[at]!);
    if (operation === FORK) stack.push(program.arguments[at]!);
  }
  return false;
}
