/**
 * Runs a pattern in linear time whatever the text. An automaton decides; only a hit is searched for its place: the
 * automaton finds start and end, and where there are groups, all ways to go on from the start, side by side, find them.
 */

import type { WorkMeter } from '../budget/work-meter.ts';
import { LazyDfa } from './lazy-dfa.ts';
import type { ParsedPattern } from './parse-pattern.ts';
import type { Engine, PatternMatch } from './pattern.ts';
import { buildProgram } from './program.ts';
import { ThreadSearch } from './thread-search.ts';

export class LinearEngine implements Engine {
  readonly #parsed: ParsedPattern;
  /** Both made when they are needed first: most patterns never have a hit. */
  #dfa: LazyDfa | null = null;
  #search: ThreadSearch | null = null;

  constructor(parsed: ParsedPattern) {
    this.#parsed = parsed;
  }

  test(text: string, meter?: WorkMeter): boolean {
    this.#dfa ??= new LazyDfa(buildProgram(this.#parsed.root, -1));
    return this.#dfa.test(text, meter);
  }

  exec(text: string, meter?: WorkMeter): PatternMatch | null {
    this.#dfa ??= new LazyDfa(buildProgram(this.#parsed.root, -1));
    const start = this.#dfa.findStart(text, meter);
    if (start === -1) return null;
    if (this.#parsed.groups === 0) {
      const end = this.#dfa.findEnd(text, start, meter);
      return end === -1 ? null : { start, end, groups: [text.slice(start, end)] };
    }
    this.#search ??= new ThreadSearch(buildProgram(this.#parsed.root, this.#parsed.groups));
    const offsets = this.#search.find(text, start, meter);
    return offsets === null ? null : toMatch(text, offsets);
  }
}

function toMatch(text: string, offsets: Int32Array): PatternMatch {
  const groups: string[] = [];
  for (let slot = 0; slot < offsets.length; slot += 2) {
    const start = offsets[slot]!;
    groups.push(start === -1 || offsets[slot + 1] === -1 ? '' : text.slice(start, offsets[slot + 1]));
  }
  return { start: offsets[0]!, end: offsets[1]!, groups };
}
