/**
 * Compiles a regular expression of the rule language for texts that somebody hostile may have chosen.
 *
 * The runtime's own RegExp is the faster one on short texts, but it backtracks: it runs only patterns that are proven
 * to take linear time, and of texts only those that it is done with soon. Everything else runs on automata of our own,
 * with the same meaning, which can be told to stop. What a pattern needs to run is made when it is first asked for:
 * of many rules nothing is ever asked. Bound: the size of the automaton, as many instructions as MAXIMUM_PROGRAM.
 */
import { fail, ok, type Result } from '../../core/result.ts';
import type { WorkMeter } from '../budget/work-meter.ts';
import { LinearEngine } from './linear-engine.ts';
import { NativeEngine } from './native-engine.ts';
import { type ParsedPattern, parsePattern } from './parse-pattern.ts';
import type { Engine, Pattern, PatternMatch } from './pattern.ts';
import { findPatternFact, type PatternFact, type PatternFacts } from './pattern-facts.ts';
import { programSize } from './program.ts';

const MAXIMUM_PROGRAM = 30_000;
/** Steps of a search by the runtime, which nobody can stop: about 2 ms. */
const NATIVE_STEPS = 1 << 19;

/**
 * @param source in the dialect of parse-pattern.ts, bytes as latin-1 text
 * @param facts what is known of patterns already; what is found out is added
 * @returns the pattern, or a sentence that names the construct that is not supported and its offset
 */
export function compilePattern(source: string, facts?: PatternFacts): Result<Pattern, string> {
  const known = facts?.get(source);
  // Known patterns have been read by somebody before.
  if (known !== undefined) return ok(new CompiledPattern(source, null, facts));
  const parsed = parsePattern(source);
  if (!parsed.ok) return parsed;
  if (programSize(parsed.value.root) > MAXIMUM_PROGRAM) {
    return fail('the pattern is too large, its counts written out');
  }
  return ok(new CompiledPattern(source, parsed.value, facts));
}

/** What runs a pattern: `native` up to a length, `linear` beyond. */
interface Engines {
  readonly native: Engine;
  readonly linear: Engine;
  readonly nativeLengthMax: number;
}

class CompiledPattern implements Pattern {
  readonly source: string;
  readonly #facts: PatternFacts | undefined;
  #fact: PatternFact | undefined;
  /** Null while the source need not be read, and once the engines have it. */
  #parsed: ParsedPattern | null;
  #engines: Engines | null = null;

  constructor(source: string, parsed: ParsedPattern | null, facts: PatternFacts | undefined) {
    this.source = source;
    this.#parsed = parsed;
    this.#facts = facts;
    this.#fact = facts?.get(source);
  }

  get needed(): readonly string[] | null {
    return this.#findFact().needed;
  }

  get engine(): Pattern['engine'] {
    return this.#findFact().ways === null ? 'linear' : 'capped';
  }

  readonly test = (text: string, meter?: WorkMeter): boolean => this.#engineFor(text).test(text, meter);

  readonly exec = (text: string, meter?: WorkMeter): PatternMatch | null =>
    this.#engineFor(text).exec(text, meter);

  #engineFor(text: string): Engine {
    const { native, linear, nativeLengthMax } = this.#engines ?? this.#makeEngines();
    return text.length <= nativeLengthMax ? native : linear;
  }

  #makeEngines(): Engines {
    const { ways } = this.#findFact();
    const parsed = this.#read();
    const linear = new LinearEngine(parsed);
    const native = ways === null ? linear : new NativeEngine(parsed.root, linear);
    const nativeLengthMax = ways === null ? -1 : Math.floor(NATIVE_STEPS / ways);
    this.#parsed = null;
    this.#engines = { native, linear, nativeLengthMax };
    return this.#engines;
  }

  #findFact(): PatternFact {
    if (this.#fact === undefined) {
      this.#parsed = this.#read();
      this.#fact = findPatternFact(this.#parsed.root);
      this.#facts?.set(this.source, this.#fact);
    }
    return this.#fact;
  }

  #read(): ParsedPattern {
    const parsed = this.#parsed === null ? parsePattern(this.source) : ok(this.#parsed);
    if (!parsed.ok) throw new TypeError('Facts are of patterns that can be read.');
    return parsed.value;
  }
}
