/**
 * The operators of a rule set, each compiled once however many rules and overlays use it. Kept for as long as the
 * program; bounded by what its rules spell out.
 */
import { fail, type Result } from '../../core/result.ts';
import type { CompiledOperator, OperatorDefinition } from '../operators/operator.ts';
import { compilePattern } from '../patterns/compile-pattern.ts';
import type { Pattern } from '../patterns/pattern.ts';
import type { PatternFacts } from '../patterns/pattern-facts.ts';

/** Reads a data file (latin-1) that a rule names, relative to the folder of the rule's own file. */
export type ReadDataFile = (folder: string, name: string) => Result<string, string>;

export class OperatorPool {
  readonly #definitions: ReadonlyMap<string, OperatorDefinition>;
  readonly #readFile: ReadDataFile;
  readonly #operators = new Map<string, Result<CompiledOperator, string>>();
  readonly #patterns = new Map<string, Result<Pattern, string>>();

  readonly #patternFacts: PatternFacts | undefined;

  /** @param patternFacts what is known of patterns; what is found out is added */
  constructor(
    definitions: ReadonlyMap<string, OperatorDefinition>,
    readFile: ReadDataFile,
    patternFacts?: PatternFacts,
  ) {
    this.#definitions = definitions;
    this.#readFile = readFile;
    this.#patternFacts = patternFacts;
  }

  /** @param name canonical, in lower case */
  operator(name: string, argument: string, folder: string): Result<CompiledOperator, string> {
    const key = `${name} ${name.endsWith('file') ? folder : ''} ${argument}`;
    let compiled = this.#operators.get(key);
    if (compiled === undefined) {
      compiled = this.compile(name, argument, folder);
      this.#operators.set(key, compiled);
    }
    return compiled;
  }

  /** The same without keeping it, for arguments that requests make. */
  compile(name: string, argument: string, folder: string): Result<CompiledOperator, string> {
    const definition = this.#definitions.get(name);
    if (definition === undefined) return fail(`There is no operator @${name}.`);
    const patternFacts = this.#patternFacts;
    return definition.compile(argument, {
      readFile: (file) => this.#readFile(folder, file),
      ...(patternFacts === undefined ? {} : { patternFacts }),
    });
  }

  /** The pattern of a selector, without regard to case. */
  selector(source: string): Result<Pattern, string> {
    let pattern = this.#patterns.get(source);
    if (pattern === undefined) {
      pattern = compilePattern(`(?i)${source}`, this.#patternFacts);
      this.#patterns.set(source, pattern);
    }
    return pattern;
  }
}
