/**
 * Proves that a backtracking search takes linear time with a small factor, whatever the text.
 *
 * A backtracking engine walks, one after the other, all ways in which the automaton can read a prefix of the text,
 * attempts begun at every offset included. Its time is linear if the number of ways at any place has a bound: if the
 * automaton has neither of the ambiguities named EDA and IDA by Weideman et al., "Analyzing matching time behavior of
 * backtracking regular expression matchers by using ambiguity of NFA" (2016). Instead of looking for these in products
 * of the automaton, this proof visits every set of ways that some text leads to, each with how many ways lead there.
 * If no new set turns up and all sums stay below a limit, the sum is the bound. If one of the limits is passed first,
 * nothing is proven: most patterns of that kind are truly slow for some text. Symbols that no member of a set tells
 * apart lead to the same set and are tried once.
 */
import { AFTER_NOTHING, contextAfter, opens } from './edges.ts';
import { AT_LINE_START, AT_START, EDGE, FORK, MATCH, type Program, READ } from './program.ts';
import { SymbolGroups, type SymbolKind, symbolKinds } from './symbol-kinds.ts';
import { WaySets } from './way-sets.ts';

/** Instructions tried at one place of the text: 128 KiB take about 50 ms at this rate. */
const MAXIMUM_WAYS = 96;
/** Instructions visited by the proof: a millisecond or less. */
const MAXIMUM_VISITS = 80_000;
const MAXIMUM_SETS = 4000;

/** Beside what edges need: a match has been seen, so no further attempts begin. */
const MATCHED = 8;

/** How many ways a search tries at one place of any text, at most; null where there is no proof. */
export function analyseBacktracking(program: Program): number | null {
  return new Explorer(program).explore();
}

class Explorer {
  readonly #program: Program;
  readonly #kinds: readonly SymbolKind[];
  readonly #groups: SymbolGroups;
  readonly #sets: WaySets;
  /** The set that is gone on from, and behind it what its open edges lead to. */
  readonly #members: number[] = [];
  readonly #stack: number[] = [];
  /** Ways on the way to the set that is being made, and whether one of them matched. */
  #sum = 0;
  #matched = false;
  #largest = 0;
  #visits = 0;

  constructor(program: Program) {
    this.#program = program;
    this.#kinds = symbolKinds(program);
    this.#groups = new SymbolGroups(program);
    this.#sets = new WaySets(program.operations.length);
  }

  explore(): number | null {
    if (!this.#follow(this.#program.start, 1, AFTER_NOTHING)) return null;
    this.#largest = this.#sum;
    this.#sets.keep(AFTER_NOTHING, this.#sum);
    for (let set = this.#sets.next(); set !== -1; set = this.#sets.next()) {
      for (const kind of this.#kinds) if (!this.#goOn(set, kind)) return null;
      if (this.#sets.size > MAXIMUM_SETS) return null;
    }
    return this.#largest;
  }

  /** Makes the sets after one more symbol of a kind; false where a limit is passed. */
  #goOn(set: number, { symbols, isEnd }: SymbolKind): boolean {
    const context = this.#sets.contexts[set]!;
    this.#members.length = 0;
    this.#sets.list(set, this.#members);
    if (!this.#resolve(context, symbols[0]!)) return false;
    if (isEnd) return true;
    const matched = this.#matched || (context & MATCHED) !== 0;
    const different = this.#groups.representatives(symbols, this.#members);
    this.#visits += this.#members.length * different.length;
    const open = this.#sum;
    for (const symbol of different) {
      if (!this.#read(symbol, matched)) return false;
      this.#largest = Math.max(this.#largest, open + this.#sum);
    }
    return true;
  }

  /** Makes the set of what goes on over a symbol, and of a new attempt behind it. */
  #read(symbol: number, matched: boolean): boolean {
    const { operations, next, arguments: sets, accepts, classes, start } = this.#program;
    const members = this.#members;
    const after = contextAfter(this.#program, symbol);
    this.#sum = 0;
    this.#matched = matched;
    for (let index = 0; index < members.length; index += 2) {
      const at = members[index]!;
      if (operations[at] !== READ || accepts[sets[at]! * classes + symbol] !== 1) continue;
      if (!this.#follow(next[at]!, members[index + 1]!, after)) return false;
    }
    if (!matched && !this.#follow(start, 1, after)) return false;
    this.#sets.keep(after | (this.#matched ? MATCHED : 0), this.#sum);
    return true;
  }

  /** Adds what waits behind those edges that the symbol opens; false where a limit is passed. */
  #resolve(context: number, symbol: number): boolean {
    const { operations, next, arguments: edges } = this.#program;
    const members = this.#members;
    this.#matched = false;
    this.#sum = 0;
    for (let from = 0; from < members.length; ) {
      const end = members.length;
      for (let index = from; index < end; index += 2) {
        const at = members[index]!;
        if (operations[at] !== EDGE || !opens(this.#program, edges[at]!, context, symbol)) continue;
        if (!this.#follow(next[at]!, members[index + 1]!, context)) return false;
      }
      this.#sets.take(members);
      from = end;
    }
    return true;
  }

  /** Follows every way from an instruction that reads nothing; false where there are too many. */
  #follow(from: number, ways: number, context: number): boolean {
    const { operations, next, arguments: others } = this.#program;
    const stack = this.#stack;
    stack.push(from);
    while (stack.length > 0) {
      const at = stack.pop()!;
      this.#visits += 1;
      this.#sum += ways;
      if (this.#sum > MAXIMUM_WAYS || this.#visits > MAXIMUM_VISITS) return false;
      const operation = operations[at]!;
      if (operation === FORK) {
        stack.push(others[at]!, next[at]!);
      } else if (operation === MATCH) {
        this.#matched = true;
      } else if (operation === EDGE && (others[at] === AT_START || others[at] === AT_LINE_START)) {
        // What was read before decides about these alone.
        if (opens(this.#program, others[at]!, context, 0)) stack.push(next[at]!);
      } else {
        this.#sets.add(at, ways);
      }
    }
    return true;
  }
}
