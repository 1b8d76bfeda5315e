/** The engine with a Core Rule Set, as the conformance runs use it. */
import { join } from 'node:path';
import { fail, ok, type Result } from '../../src/core/result.ts';
import { compileProgram } from '../../src/waf/engine/compile-program.ts';
import type { Program } from '../../src/waf/engine/program.ts';
import { diskRuleFiles } from '../../src/waf/seclang/disk-rule-files.ts';
import { STANDARD_VOCABULARY } from '../../src/waf/seclang/standard-vocabulary.ts';
import type { LoadFault, RuleSet } from '../../src/waf/seclang/syntax.ts';
import { loadSuiteRules, type SuiteMode } from './rule-sets.ts';

export interface SuiteEngine {
  readonly rules: RuleSet;
  readonly source: Program;
}

/** Time is no matter here: what is measured are verdicts. */
const BUDGET_MS = 60_000;

/** @param prefilter false to evaluate every rule on every request */
export function startEngine(
  folder: string,
  mode: SuiteMode,
  prefilter: boolean,
): Result<SuiteEngine, string> {
  const rules = loadSuiteRules(folder, mode, STANDARD_VOCABULARY);
  if (!rules.ok) return fail(describe(rules.fault));
  const program = compileProgram(rules.value, {
    readFile: (ruleFolder, name) => diskRuleFiles.readText(join(ruleFolder, name)),
    prefilter,
    budgetMs: BUDGET_MS,
    policy: { onError: reportError },
  });
  return program.ok ? ok({ rules: rules.value, source: program.value }) : fail(describe(program.fault));
}

function reportError(error: unknown): void {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
}

function describe(faults: readonly LoadFault[]): string {
  return faults.map(({ place, message }) => `${place.file}:${place.line}: ${message}`).join('\n');
}
