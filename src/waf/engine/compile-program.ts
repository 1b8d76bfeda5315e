/**
 * Compiles a rule set: rules one by one, then what is the same for every request is decided (fold-constants.ts), then
 * what the screen has to know is worked out (screening-plan.ts) and the quiet outcome of each phase (phase-plan.ts).
 * All or nothing, all faults at once. To be done away from traffic: CRS takes some hundred milliseconds.
 */
import { type Clock, createSystemClock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { Budget } from '../budget/budget.ts';
import { createPatientClock } from '../budget/patient-clock.ts';
import type { OperatorDefinition } from '../operators/operator.ts';
import { OPERATORS } from '../operators/operators.ts';
import type { PatternFacts } from '../patterns/pattern-facts.ts';
import { createScreen } from '../screen/screen.ts';
import type { LoadFault, RuleSet } from '../seclang/syntax.ts';
import { TRANSFORMATIONS } from '../transformations/transformations.ts';
import { compileRule } from './compile-rule.ts';
import type { EngineMode } from './control.ts';
import { type FoldedRules, foldConstants, leaveUnfolded } from './fold-constants.ts';
import { type CompiledRules, lightRemovals } from './light-exclusions.ts';
import { findMarkerPosition } from './marker-position.ts';
import { OperatorPool, type ReadDataFile } from './operator-pool.ts';
import { amendRules, type Exclusion, type Overlay } from './overlay.ts';
import { planPhases } from './phase-plan.ts';
import { Program } from './program.ts';
import type { EnginePolicy, ProgramParts } from './program-parts.ts';
import type { Rule } from './rule.ts';
import { type RuleSummary, summarise } from './rule-summary.ts';
import type { RuleWorkshop } from './rule-workshop.ts';
import { planScreening, type ScreeningPlan } from './screening-plan.ts';
import type { Removals } from './start-state.ts';
import { ChainTable } from './transformation-chain.ts';
import { VariableTable } from './variable-table.ts';

export interface CompileOptions {
  readonly readFile: ReadDataFile;
  readonly overlay?: Overlay;
  /**
   * False to evaluate every rule on every request, with nothing decided at load: slow, and the measure of what may be
   * left out.
   */
  readonly prefilter?: boolean;
  /** Values whose verdict is kept, for each kind of value. */
  readonly cacheEntries?: number;
  /** Milliseconds of work in one phase of a request. */
  readonly budgetMs?: number;
  readonly clock?: Clock;
  readonly policy?: Partial<EnginePolicy>;
  /** What is known of patterns from an earlier compile, maybe on another thread; what is found out is added. */
  readonly patternFacts?: PatternFacts;
  /** Other operators than the usual ones, for tests. */
  readonly operators?: ReadonlyMap<string, OperatorDefinition>;
}

const BUDGET_MS = 20;
const CACHE_ENTRIES = 1_024;

const DEFAULT_POLICY: EnginePolicy = {
  onBodyFault: 'refuse',
  onOverrun: 'refuse',
  onError() {
    // Nobody asked to be told.
  },
};

export function compileProgram(
  rules: RuleSet,
  options: CompileOptions,
): Result<Program, readonly LoadFault[]> {
  const pool = new OperatorPool(options.operators ?? OPERATORS, options.readFile, options.patternFacts);
  return compileWith(rules, options.overlay ?? {}, options, pool);
}

function compileWith(
  base: RuleSet,
  overlay: Overlay,
  options: CompileOptions,
  pool: OperatorPool,
): Result<Program, readonly LoadFault[]> {
  const amended = amendRules(base, overlay);
  if (!amended.ok) return fail([{ place: { file: 'overlay', line: 1 }, message: amended.fault }]);
  const table = new VariableTable();
  const rules = compileRules(amended.value, table, pool);
  if (!rules.ok) return rules;
  const { settings } = amended.value;
  const start = {
    mode: settings.engine,
    auditMode: settings.auditEngine,
    bodyAccess: settings.requestBodyAccess,
    bodyForced: false,
    answerBodyAccess: settings.responseBodyAccess,
    removals: null,
  };
  const pinned = lowerCaseNames(overlay.variables ?? new Map());
  for (const name of pinned.keys()) table.slot(name);
  const folded =
    options.prefilter === false
      ? leaveUnfolded(rules.value, table, start, pinned)
      : foldConstants(rules.value, table, pool, start, pinned);
  const parts = assemble(amended.value, folded, table, options);
  const summaries = rules.value.map((rule) => summarise(rule, folded.fates.get(rule.id) ?? 'live'));
  const compiled: CompiledRules = { written: amended.value, folded, plans: parts.screening.rules, pool };
  return ok(
    createProgram(parts, summaries, overlay, {
      // Without its screen a program is the measure of what may be shared.
      remove: (exclusions) => (options.prefilter === false ? null : lightRemovals(compiled, exclusions)),
      recompile: (whole) => compileWith(base, whole, options, pool),
    }),
  );
}

/** How a program is made into another one. */
interface Remaking {
  /** What to leave out at run time; null where exclusions have to be compiled. */
  readonly remove: (exclusions: readonly Exclusion[]) => Removals | null;
  readonly recompile: (overlay: Overlay) => Result<Program, readonly LoadFault[]>;
}

/** @param made the overlay that the program was made with */
function createProgram(
  parts: ProgramParts,
  summaries: readonly RuleSummary[],
  made: Overlay,
  remaking: Remaking,
): Program {
  return new Program(parts, summaries, (overlay) => {
    const whole = merge(made, overlay);
    if (overlay.variables !== undefined) return remaking.recompile(whole);
    const removals =
      overlay.exclusions === undefined ? parts.start.removals : remaking.remove(whole.exclusions ?? []);
    if (removals === null && overlay.exclusions !== undefined) return remaking.recompile(whole);
    const shared = { ...parts, start: { ...parts.start, removals } };
    const changed = overlay.engine === undefined ? shared : withMode(shared, overlay.engine);
    return ok(createProgram(changed, summaries, whole, remaking));
  });
}

/** The mode does not decide what rules come to: all else is shared. A mode that the rules themselves set stays. */
function withMode(parts: ProgramParts, engine: EngineMode): ProgramParts {
  const { settings, start } = parts;
  const mode = start.mode === settings.engine ? engine : start.mode;
  return { ...parts, settings: { ...settings, engine }, start: { ...start, mode } };
}

function compileRules(
  { items, defaultActions }: RuleSet,
  variables: VariableTable,
  pool: OperatorPool,
): Result<readonly Rule[], readonly LoadFault[]> {
  const workshop: RuleWorkshop = {
    pool,
    chains: new ChainTable(),
    variables,
    transformations: TRANSFORMATIONS,
    defaultActions,
    findMarker: findMarkerPosition(items),
  };
  const rules: Rule[] = [];
  const faults: LoadFault[] = [];
  for (const [position, item] of items.entries()) {
    if (item.kind === 'marker') continue;
    const compiled = compileRule(item, position, workshop);
    if (compiled.ok) rules.push(compiled.value);
    else faults.push(compiled.fault);
  }
  return faults.length > 0 ? fail(faults) : ok(rules);
}

function assemble(
  { settings }: RuleSet,
  folded: FoldedRules,
  table: VariableTable,
  options: CompileOptions,
): ProgramParts {
  const { live, template, start } = folded;
  const rules = live.map(({ rule }) => rule);
  const screening = planScreening(live, { table, template, rules });
  const clock = options.clock ?? createSystemClock();
  const reads = (names: RegExp) => rules.some((rule) => readsVariable(rule, names));
  const screened = options.prefilter !== false;
  const budgetMs = options.budgetMs ?? BUDGET_MS;
  return {
    settings,
    clock,
    policy: { ...DEFAULT_POLICY, ...options.policy },
    table,
    template,
    start,
    screening,
    screen: screened ? createScreenOf(screening, options.cacheEntries ?? CACHE_ENTRIES) : null,
    budget: new Budget(createPatientClock(clock, budgetMs), budgetMs),
    phases: planPhases(screening.rules, table, template),
    testsBodyFaults: reads(/^(?:REQBODY_(?:PROCESSOR_)?ERROR|MULTIPART_STRICT_ERROR)$/),
    testsDuration: reads(/^DURATION$/),
    readsAnswerBody: reads(/^RESPONSE_BODY$/),
  };
}

function createScreenOf({ valueRules, classes }: ScreeningPlan, cacheEntries: number) {
  return createScreen(valueRules, classes.members, { prefilter: true, cacheEntries });
}

function readsVariable({ links }: Rule, names: RegExp): boolean {
  return links.some(
    ({ targets, assignments, operator }) =>
      targets.some(({ collection }) => names.test(collection.name)) ||
      [
        ...assignments.flatMap(({ name, value }) => [name, value]),
        ...(operator === null ? [] : [operator.argument]),
      ]
        .flatMap(({ parts }) => parts)
        .some((part) => part.kind === 'value' && names.test(part.collection.name)),
  );
}

function merge(one: Overlay, other: Overlay): Overlay {
  return {
    ...one,
    ...other,
    variables: new Map([...(one.variables ?? []), ...(other.variables ?? [])]),
    exclusions: [...(one.exclusions ?? []), ...(other.exclusions ?? [])],
  };
}

function lowerCaseNames(variables: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...variables].map(([name, value]) => [name.toLowerCase(), value]));
}
