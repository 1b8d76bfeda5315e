/** Test vectors of the rule language: one operator or transformation, an input, and what comes out. */
import { basename, join } from 'node:path';
import type { Result } from '../../src/core/result.ts';
import { OPERATOR_ALIASES, OPERATORS } from '../../src/waf/operators/operators.ts';
import { diskRuleFiles } from '../../src/waf/seclang/disk-rule-files.ts';
import { readVectors, type Vector } from '../../src/waf/transformations/testing/seclang-vectors.ts';
import { TRANSFORMATION_ALIASES, TRANSFORMATIONS } from '../../src/waf/transformations/transformations.ts';
import { VECTOR_DIFFERENCES } from './overrides.ts';

export interface VectorReport {
  readonly passed: number;
  /** A line for each. */
  readonly failed: readonly string[];
  /** Failures that are wanted: a line for each, with the reason. */
  readonly differing: readonly string[];
  /** Vectors of words that the engine does not have, by word. */
  readonly notCovered: ReadonlyMap<string, number>;
}

/** Runs all vectors below a folder. */
export function runVectors(folder: string): VectorReport {
  const operators = join(folder, 'operators');
  const readFile = (path: string): Result<string, string> =>
    diskRuleFiles.readText(join(operators, 'op', basename(path)));
  const tally = new Tally();
  for (const vector of readVectors(operators)) tally.add(vector, checkOperator(vector, readFile));
  for (const vector of readVectors(join(folder, 'transformations'))) {
    tally.add(vector, checkTransformation(vector));
  }
  return tally;
}

/** What a vector comes to: null for passed, undefined for a word that the engine does not have, else what is wrong. */
type Check = string | null | undefined;

class Tally implements VectorReport {
  readonly failed: string[] = [];
  readonly differing: string[] = [];
  readonly notCovered = new Map<string, number>();
  passed = 0;

  add({ name, place }: Vector, check: Check): void {
    const reason = VECTOR_DIFFERENCES.get(`${name} ${place}`);
    if (check === null) this.passed += 1;
    else if (check === undefined) this.notCovered.set(name, (this.notCovered.get(name) ?? 0) + 1);
    else if (reason === undefined) this.failed.push(`${name} ${place}: ${check}`);
    else this.differing.push(`${name} ${place}: ${reason}`);
  }
}

function checkOperator(vector: Vector, readFile: (path: string) => Result<string, string>): Check {
  const { name, param, input, matches, groups } = vector;
  const definition = OPERATORS.get(OPERATOR_ALIASES.get(name) ?? name);
  if (definition === undefined) return undefined;
  const compiled = definition.compile(param, { readFile });
  if (!compiled.ok) return `${JSON.stringify(param)}: ${compiled.fault}`;
  const match = compiled.value.match(input);
  const shown = `${JSON.stringify(param)} on ${JSON.stringify(input)}`;
  if (compiled.value.test(input) !== matches || (match !== null) !== matches)
    return `${shown} is ${!matches}`;
  if (match === null || groups === null) return null;
  return groups.every((text, index) => text === match.captures[index])
    ? null
    : `${shown} captures ${JSON.stringify(match.captures)}`;
}

function checkTransformation({ name, input, output }: Vector): Check {
  const transform = TRANSFORMATIONS.get(TRANSFORMATION_ALIASES.get(name) ?? name);
  if (transform === undefined) return undefined;
  const result = transform(input);
  return result === output ? null : `${JSON.stringify(input)} becomes ${JSON.stringify(result)}`;
}
