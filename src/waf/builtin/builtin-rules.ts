/** The project's own rules: which are in force, and how a run over one request is started. */
import type { Clock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { RuleException } from '../../core/rule-exception.ts';
import { Budget } from '../budget/budget.ts';
import { createPatientClock } from '../budget/patient-clock.ts';
import type { RequestView } from '../inspection.ts';
import { type BuiltinPlan, BuiltinRun, type Inspected } from './builtin-run.ts';
import { commandInjection } from './families/command-injection.ts';
import { crossSiteScripting } from './families/cross-site-scripting.ts';
import { compileCustomPatterns } from './families/custom-patterns.ts';
import { languageInjection } from './families/language-injection.ts';
import { INVALID_PATH_ENCODING } from './families/path-encoding.ts';
import { pathTraversal } from './families/path-traversal.ts';
import { phpInjection } from './families/php-injection.ts';
import { queryInjection } from './families/query-injection.ts';
import { scanners } from './families/scanners.ts';
import { serialisedObjects } from './families/serialised-objects.ts';
import { serverAddresses } from './families/server-addresses.ts';
import { sqlInjection } from './families/sql-injection.ts';
import { templateInjection } from './families/template-injection.ts';
import { xmlInjection } from './families/xml-injection.ts';
import type { Family, Rule } from './family.ts';
import { UNLIKE_HABIT } from './habit-keeper.ts';
import { Judge } from './judge.ts';
import { ParameterHabits } from './parameter-habit.ts';
import { UPLOAD_RULES } from './uploaded-programs.ts';

export interface FamilySwitches {
  readonly sqlInjection: boolean;
  readonly xss: boolean;
  readonly pathTraversal: boolean;
  /** Commands and program text. */
  readonly commandInjection: boolean;
  readonly templateInjection: boolean;
  readonly xxe: boolean;
  readonly ssrf: boolean;
  /** Paths that can be decoded in two ways; filters, headers and queries of other kinds changed. */
  readonly protocol: boolean;
  readonly scanners: boolean;
}

export const ALL_FAMILIES: FamilySwitches = {
  sqlInjection: true,
  xss: true,
  pathTraversal: true,
  commandInjection: true,
  templateInjection: true,
  xxe: true,
  ssrf: true,
  protocol: true,
  scanners: true,
};

export interface BuiltinOptions {
  readonly families: FamilySwitches;
  readonly inspected: Inspected;
  /** Regular expressions in RE2 syntax. */
  readonly customPatterns: readonly string[];
  readonly exceptions: readonly RuleException[];
  /** The score from which a request is refused. */
  readonly threshold: number;
  /** Whether to learn what parameters usually hold; not where left out. */
  readonly learnsHabits?: boolean;
  /** Milliseconds that judging the head of a request may take, and its body again. */
  readonly budgetMs: number;
  /** What becomes of a request that takes longer: 503, or whatever was found until then. */
  readonly onOverrun: 'refuse' | 'pass';
  readonly clock: Clock;
}

/** A worker makes one set of rules per policy and keeps it; runs over several requests may overlap. */
export interface BuiltinRules {
  /** All rules in force. */
  readonly rules: readonly Rule[];
  readonly inspectsResponses: false;
  begin(request: RequestView): BuiltinRun;
  /** The same rules for another part of the site; what is compiled and learnt is shared. */
  overlay(exceptions: readonly RuleException[], threshold: number): BuiltinRules;
}

/** A quarter of this is what time between two readings of the clock counts at most. */
const PAUSES_MS = 8;

/** Fails with one sentence for every custom pattern that cannot be used. */
export function createBuiltin(options: BuiltinOptions): Result<BuiltinRules, readonly string[]> {
  const { inspected, exceptions, threshold, budgetMs, onOverrun, clock } = options;
  const custom = compileCustomPatterns(options.customPatterns);
  if (!custom.ok) return fail(custom.fault);
  const families = [...familiesOf(options.families), ...custom.value];
  const plan: BuiltinPlan = {
    judge: new Judge(
      families,
      custom.value.length > 0,
      options.families.commandInjection,
      new Budget(patientClock(clock, budgetMs), budgetMs),
    ),
    inspected,
    refusesInvalidPaths: options.families.protocol,
    exceptions,
    threshold,
    onOverrun,
    habits: options.learnsHabits === true ? new ParameterHabits() : null,
  };
  const others = [
    ...(plan.refusesInvalidPaths ? [INVALID_PATH_ENCODING] : []),
    ...(options.families.commandInjection ? UPLOAD_RULES : []),
    ...(plan.habits === null ? [] : [UNLIKE_HABIT]),
  ];
  return ok(rulesOf(plan, [...families.flatMap(({ rules }) => rules), ...others]));
}

function rulesOf(plan: BuiltinPlan, rules: readonly Rule[]): BuiltinRules {
  return {
    rules,
    inspectsResponses: false,
    begin: (request) => new BuiltinRun(plan, request),
    overlay: (exceptions, threshold) => rulesOf({ ...plan, exceptions, threshold }, rules),
  };
}

/** Judging asks often, so that a single pause of the thread may count less than the engine's. */
function patientClock(clock: Clock, budgetMs: number): () => number {
  return createPatientClock(clock, Math.min(budgetMs, PAUSES_MS));
}

function familiesOf(switches: FamilySwitches): readonly Family[] {
  return [
    ...(switches.pathTraversal ? [pathTraversal] : []),
    ...(switches.xss ? [crossSiteScripting] : []),
    ...(switches.sqlInjection ? [sqlInjection] : []),
    ...(switches.commandInjection
      ? [commandInjection, phpInjection, languageInjection, serialisedObjects]
      : []),
    ...(switches.templateInjection ? [templateInjection] : []),
    ...(switches.xxe ? [xmlInjection] : []),
    ...(switches.ssrf ? [serverAddresses] : []),
    ...(switches.protocol ? [queryInjection] : []),
    ...(switches.scanners ? [scanners] : []),
  ];
}
