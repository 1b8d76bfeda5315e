/**
 * Sets of ways through a program, each kept once: instructions, and how many ways lead to each.
 *
 * A set is made in place and then kept: its members lie one behind the other in one array, and it is known again by
 * a sum over its members, in whatever order they came, and then by comparison. Those that nobody has gone on from
 * wait, by their number of ways: what grows beyond every limit is soon found by going on from the largest first.
 */

const INITIAL_MEMBERS = 1 << 8;
const NONE = -1;

export class WaySets {
  /** Instructions and their numbers of ways in turn, set after set. */
  #members = new Int32Array(2 * INITIAL_MEMBERS);
  /** Where each set begins among them, and behind the last one where they end. */
  readonly #starts: number[] = [0];
  readonly contexts: number[] = [];
  /** Of the set that is being made: the instructions reached, and by instruction the number of ways. */
  readonly #reached: Int32Array;
  #count = 0;
  readonly #ways: Int32Array;
  /** By hash the newest set, by set the one before it with the same hash. */
  readonly #newest = new Map<number, number>();
  readonly #older: number[] = [];
  /** By number of ways. */
  readonly #waiting: number[][] = [];

  /** @param instructions how many the program has */
  constructor(instructions: number) {
    this.#reached = new Int32Array(instructions);
    this.#ways = new Int32Array(instructions);
  }

  /** How many sets are kept. */
  get size(): number {
    return this.contexts.length;
  }

  /** Adds the members of a set to a list: instructions, each followed by its number of ways. */
  list(set: number, members: number[]): void {
    const end = this.#starts[set + 1]!;
    for (let at = this.#starts[set]!; at < end; at += 1) members.push(this.#members[at]!);
  }

  /** Adds ways to the set that is being made. */
  add(instruction: number, ways: number): void {
    if (this.#ways[instruction] === 0) this.#reached[this.#count++] = instruction;
    this.#ways[instruction] = this.#ways[instruction]! + ways;
  }

  /** Adds the members of the set just made to a list, and does not keep it. */
  take(members: number[]): void {
    for (let index = 0; index < this.#count; index += 1) {
      const instruction = this.#reached[index]!;
      members.push(instruction, this.#ways[instruction]!);
    }
    this.#clear();
  }

  /**
   * Keeps the set just made, unless it is known.
   *
   * @param sum ways of all its members together, and perhaps of others: the largest go first
   */
  keep(context: number, sum: number): void {
    const hash = this.#hash(context);
    let known = this.#newest.get(hash) ?? NONE;
    const newest = known;
    while (known !== NONE && !this.#equals(known, context)) known = this.#older[known]!;
    if (known === NONE) {
      const number = this.size;
      this.#append();
      this.contexts.push(context);
      this.#older.push(newest);
      this.#newest.set(hash, number);
      while (this.#waiting.length <= sum) this.#waiting.push([]);
      this.#waiting[sum]!.push(number);
    }
    this.#clear();
  }

  /** One of the largest that nobody has taken yet, or -1. */
  next(): number {
    while (this.#waiting.length > 0) {
      const number = this.#waiting[this.#waiting.length - 1]!.pop();
      if (number !== undefined) return number;
      this.#waiting.pop();
    }
    return NONE;
  }

  #append(): void {
    const start = this.#starts[this.size]!;
    const end = start + 2 * this.#count;
    if (end > this.#members.length) {
      const larger = new Int32Array(2 * end);
      larger.set(this.#members);
      this.#members = larger;
    }
    for (let index = 0; index < this.#count; index += 1) {
      const instruction = this.#reached[index]!;
      this.#members[start + 2 * index] = instruction;
      this.#members[start + 2 * index + 1] = this.#ways[instruction]!;
    }
    this.#starts.push(end);
  }

  #clear(): void {
    for (let index = 0; index < this.#count; index += 1) this.#ways[this.#reached[index]!] = 0;
    this.#count = 0;
  }

  #hash(context: number): number {
    let hash = context;
    for (let index = 0; index < this.#count; index += 1) {
      const instruction = this.#reached[index]!;
      const mixed = Math.imul(instruction ^ (this.#ways[instruction]! << 20), 0x9e3779b1);
      hash = (hash + Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b)) | 0;
    }
    return hash;
  }

  #equals(number: number, context: number): boolean {
    const start = this.#starts[number]!;
    const end = this.#starts[number + 1]!;
    if (this.contexts[number] !== context || end - start !== 2 * this.#count) return false;
    for (let at = start; at < end; at += 2) {
      if (this.#ways[this.#members[at]!] !== this.#members[at + 1]) return false;
    }
    return true;
  }
}
