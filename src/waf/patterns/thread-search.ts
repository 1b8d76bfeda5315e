/**
 * Where a match ends and what its groups took, in one pass: all ways to go on advance together, in order of
 * preference, and the first that comes to a place is the only one kept there (Thompson 1968, Pike 1985).
 *
 * What becomes of a place with the next symbol, and which offsets are noted on the way, is found once and kept. Time:
 * at most the length of the text times the size of the program. Bounds: two sets of threads, one a place, and
 * MAXIMUM_KEPT kept branches.
 */

import { isSliceEnd, SLICE_UNITS, type WorkMeter } from '../budget/work-meter.ts';
import { AFTER_NOTHING, CONTEXTS, contextAfter, opens } from './edges.ts';
import { EDGE, FORK, MATCH, NOTE, type Program, READ } from './program.ts';

const MAXIMUM_KEPT = 1 << 16;
/** In the place of a place: the match is complete. */
const MATCHED = -1;

/** One way over a symbol: where it leads, and the slots that get the offset before the symbol. */
interface Branch {
  readonly place: number;
  readonly slots: readonly number[];
}

/** Threads in order of preference, each at a place, with a row of the offsets that it noted. */
interface Threads {
  count: number;
  readonly places: Int32Array;
  readonly notes: Int32Array;
}

export class ThreadSearch {
  readonly #program: Program;
  readonly #stamps: Uint32Array;
  #stamp = 0;
  #current: Threads;
  #following: Threads;
  /** By place and context, then by symbol: branches in order of preference. */
  #branches: (readonly Branch[] | undefined)[][] = [];
  #kept = 0;

  /** @param program one that notes offsets */
  constructor(program: Program) {
    this.#program = program;
    this.#stamps = new Uint32Array(program.operations.length);
    this.#current = emptyThreads(program);
    this.#following = emptyThreads(program);
  }

  /**
   * The match that begins at an offset: offsets of the whole and of its groups, start and end each, -1 where a group
   * took no part; null where none begins there.
   */
  find(text: string, from: number, meter?: WorkMeter): Int32Array | null {
    const { classOf, classes, start, slots } = this.#program;
    let found: Int32Array | null = null;
    this.#current.count = 1;
    this.#current.places[0] = start;
    this.#current.notes.fill(-1, 0, slots);
    for (let at = from; at <= text.length && this.#current.count > 0; at += 1) {
      const before = at === 0 ? -1 : classOf[text.charCodeAt(at - 1) & 0xff]!;
      const context = at === 0 ? AFTER_NOTHING : contextAfter(this.#program, before);
      const symbol = at === text.length ? classes : classOf[text.charCodeAt(at) & 0xff]!;
      found = this.#step(at, context, symbol) ?? found;
      const made = this.#following;
      this.#following = this.#current;
      this.#current = made;
      if (meter !== undefined && isSliceEnd(at - from) && !meter.spend(SLICE_UNITS)) return null;
    }
    return found;
  }

  /** Takes every thread over one symbol; a match ends the threads that are less preferred. */
  #step(at: number, context: number, symbol: number): Int32Array | null {
    const { slots } = this.#program;
    const { places, notes, count } = this.#current;
    this.#nextStamp();
    this.#following.count = 0;
    for (let rank = 0; rank < count; rank += 1) {
      const row = rank * slots;
      for (const branch of this.#branchesAt(places[rank]!, context, symbol)) {
        if (branch.place === MATCHED) {
          const found = notes.slice(row, row + slots);
          for (const slot of branch.slots) found[slot] = at;
          return found;
        }
        this.#add(branch, row, at);
      }
    }
    return null;
  }

  #add({ place, slots: noted }: Branch, row: number, at: number): void {
    if (this.#stamps[place] === this.#stamp) return;
    this.#stamps[place] = this.#stamp;
    const { slots } = this.#program;
    const { places, notes, count } = this.#following;
    const target = count * slots;
    for (let slot = 0; slot < slots; slot += 1) notes[target + slot] = this.#current.notes[row + slot]!;
    for (const slot of noted) notes[target + slot] = at;
    places[count] = place;
    this.#following.count = count + 1;
  }

  #nextStamp(): void {
    this.#stamp += 1;
    if (this.#stamp < 0xffff_ffff) return;
    this.#stamps.fill(0);
    this.#stamp = 1;
  }

  #branchesAt(place: number, context: number, symbol: number): readonly Branch[] {
    const row = place * CONTEXTS + context;
    const known = this.#branches[row]?.[symbol];
    if (known !== undefined) return known;
    const branches = branchesOf(this.#program, place, context, symbol);
    this.#kept += branches.length + 1;
    if (this.#kept > MAXIMUM_KEPT) {
      this.#branches = [];
      this.#kept = branches.length + 1;
    }
    this.#branches[row] ??= [];
    this.#branches[row][symbol] = branches;
    return branches;
  }
}

/** All ways from a place over a symbol; those behind a match are never taken. */
function branchesOf(program: Program, place: number, context: number, symbol: number): readonly Branch[] {
  const { operations, next, arguments: others, accepts, classes } = program;
  const branches: Branch[] = [];
  const seen = new Set<number>();
  const stack: Branch[] = [{ place, slots: [] }];
  for (let way = stack.pop(); way !== undefined; way = stack.pop()) {
    const { place: at, slots } = way;
    if (seen.has(at)) continue;
    seen.add(at);
    switch (operations[at]) {
      case MATCH:
        branches.push({ place: MATCHED, slots });
        return branches;
      case READ:
        if (symbol < classes && accepts[others[at]! * classes + symbol] === 1) {
          branches.push({ place: next[at]!, slots });
        }
        break;
      case FORK:
        stack.push({ place: others[at]!, slots }, { place: next[at]!, slots });
        break;
      case NOTE:
        stack.push({ place: next[at]!, slots: [...slots, others[at]!] });
        break;
      case EDGE:
        if (opens(program, others[at]!, context, symbol)) stack.push({ place: next[at]!, slots });
        break;
    }
  }
  return branches;
}

function emptyThreads(program: Program): Threads {
  const count = program.operations.length;
  return { count: 0, places: new Int32Array(count), notes: new Int32Array(count * program.slots) };
}
