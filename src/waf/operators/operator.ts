/** What an operator of the rule language is: compiled once with its argument, then asked about value after value. */
import type { Result } from '../../core/result.ts';
import type { WorkMeter } from '../budget/work-meter.ts';
import type { PatternFacts } from '../patterns/pattern-facts.ts';

/** What an operator may need to be compiled. */
export interface OperatorEnvironment {
  /** The text of a data file (latin-1), by the name given in a rule, relative to the rule's own file. */
  readFile(name: string): Result<string, string>;
  /** What is known of regular expressions already; what is found out is added. */
  readonly patternFacts?: PatternFacts;
}

export interface OperatorDefinition {
  /** Canonical and in lower case. */
  readonly name: string;
  /** Fails with a sentence about the argument. */
  compile(argument: string, environment: OperatorEnvironment): Result<CompiledOperator, string>;
}

/** Pure: the same value gives the same answer. Never throws; linear in the length of the value. */
export interface CompiledOperator {
  /**
   * @param value bytes as latin-1 text, already transformed
   * @param meter asked now and then by what may take long; once it says no, the answer means nothing
   */
  test(value: string, meter?: WorkMeter): boolean;
  /** The same question, with the place of the match and what groups captured; null where `test` is false. */
  match(value: string, meter?: WorkMeter): OperatorMatch | null;
  /**
   * Texts in lower case of which every matching value contains at least one, without regard to the case of ASCII
   * letters; null where nothing can be said. An empty list: nothing ever matches.
   */
  readonly needed: readonly string[] | null;
}

export interface OperatorMatch {
  /** Where in the value; a match without a place spans the whole value. */
  readonly start: number;
  readonly end: number;
  /** For TX.0 to TX.9: the whole match first; a group that took no part is empty. */
  readonly captures: readonly string[];
}
