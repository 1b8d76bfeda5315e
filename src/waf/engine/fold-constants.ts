/**
 * Decides at load what is the same for every request, by running the rules on what is known of TX (abstract
 * interpretation): the setup, the defaults, the gates of the paranoia levels. Rules that are decided vanish; what they
 * write becomes the template that TX starts from; macros of known variables become texts.
 *
 * Rules are visited in the order of execution. A rule that may match makes what it may write unknown; behind a
 * `skipAfter`, an `allow` or a `ctl:ruleRemove...` that may happen, what rules write is only possible, not certain. So
 * the knowledge at a rule holds on every path that leads there. Linear in the rules.
 */
import type { Control, RuleSelection } from './control.ts';
import { decideRule, type RuleDecision } from './decide-rule.ts';
import { foldMacros } from './fold-macros.ts';
import { KnownVariables } from './known-variables.ts';
import type { OperatorPool } from './operator-pool.ts';
import { PHASES, type Rule } from './rule.ts';
import { type StartState, startAfter } from './start-state.ts';
import type { VariableTable } from './variable-table.ts';
import { VariableUse } from './variable-use.ts';
import type { Slots } from './variables.ts';

/** `live`: runs on requests; `folded`: done once at load; `dead`: can never do anything. */
export type Fate = 'live' | 'folded' | 'dead';

/** A rule that is left, and which of its links match whatever the request. */
export interface LiveRule {
  readonly rule: Rule;
  readonly certainLinks: readonly boolean[];
}

export interface FoldedRules {
  /** In load order. */
  readonly live: readonly LiveRule[];
  readonly template: Slots;
  readonly start: StartState;
  /** By id. */
  readonly fates: ReadonlyMap<number, Fate>;
}

/**
 * @param rules in load order
 * @param pinned variables that the configuration sets, by name in lower case: they hold before the first rule
 */
export function foldConstants(
  rules: readonly Rule[],
  table: VariableTable,
  pool: OperatorPool,
  start: StartState,
  pinned: ReadonlyMap<string, string>,
): FoldedRules {
  return new Folding(table, pool, start, pinned).run(rules);
}

/** The same with nothing decided: every rule runs on every request. */
export function leaveUnfolded(
  rules: readonly Rule[],
  table: VariableTable,
  start: StartState,
  pinned: ReadonlyMap<string, string>,
): FoldedRules {
  const live = rules.map((rule) => ({ rule, certainLinks: rule.links.map(() => false) }));
  return { live, template: templateOf(pinned, table), start, fates: new Map() };
}

function templateOf(pinned: ReadonlyMap<string, string>, table: VariableTable): (string | undefined)[] {
  return table.names.map((name) => pinned.get(name));
}

/** A skip that happens for certain, but for requests that a `ctl` took its rule away from. */
interface CertainSkip {
  readonly until: number;
  readonly removals: ReadonlySet<RuleSelection>;
}

class Folding {
  readonly #table: VariableTable;
  readonly #pool: OperatorPool;
  readonly #known: KnownVariables;
  readonly #template: (string | undefined)[];
  readonly #touched: VariableUse;
  readonly #live: LiveRule[] = [];
  readonly #fates = new Map<number, Fate>();
  /** Removals that some requests see, and those that all see. */
  readonly #possibleRemovals = new Set<RuleSelection>();
  readonly #certainRemovals: RuleSelection[] = [];
  /** Removals that are certain for the rest of the phase only. */
  #phaseRemovals: RuleSelection[] = [];
  /** Variables whose value holds only if an earlier phase ran to its end. */
  readonly #phaseBound = new Set<number>();
  #start: StartState;
  #skips: CertainSkip[] = [];
  #uncertainUntil = -1;
  /** Whether a request may have left the phases before this point. */
  #mayHaveEnded = false;

  constructor(
    table: VariableTable,
    pool: OperatorPool,
    start: StartState,
    pinned: ReadonlyMap<string, string>,
  ) {
    this.#table = table;
    this.#pool = pool;
    this.#start = start;
    this.#touched = new VariableUse(table);
    this.#template = templateOf(pinned, table);
    this.#known = new KnownVariables(table);
    for (const [slot, value] of this.#template.entries()) this.#known.set(slot, value);
  }

  run(rules: readonly Rule[]): FoldedRules {
    for (const phase of PHASES) {
      this.#enterPhase();
      for (const rule of rules) if (rule.phase === phase) this.#visit(rule);
    }
    const live = this.#live.toSorted((one, other) => one.rule.position - other.rule.position);
    return { live, template: this.#template, start: this.#start, fates: this.#fates };
  }

  /** A request may come to a phase from the end of any earlier one. */
  #enterPhase(): void {
    this.#skips = [];
    this.#uncertainUntil = -1;
    for (const selection of this.#phaseRemovals) this.#possibleRemovals.add(selection);
    this.#phaseRemovals = [];
    for (const slot of this.#phaseBound) this.#known.forget(slot);
    this.#phaseBound.clear();
  }

  #visit(rule: Rule): void {
    const removals = new Set([...this.#possibleRemovals].filter((selection) => selection.has(rule)));
    const isDead =
      this.#certainRemovals.some((selection) => selection.has(rule)) ||
      this.#phaseRemovals.some((selection) => selection.has(rule)) ||
      this.#skips.some((skip) => rule.position < skip.until && isSubset(skip.removals, removals));
    if (isDead) {
      this.#fates.set(rule.id, 'dead');
      return;
    }
    const isCertain =
      rule.position >= this.#uncertainUntil &&
      removals.size === 0 &&
      !this.#skips.some((skip) => rule.position < skip.until);
    this.#decide(rule, removals, isCertain);
  }

  #decide(rule: Rule, removals: ReadonlySet<RuleSelection>, isCertain: boolean): void {
    const decision = decideRule(rule, this.#known);
    const folds = isCertain && this.#canFold(rule, decision);
    const isDead = decision.verdict === 'never' && !decision.acts;
    this.#fates.set(rule.id, isDead ? 'dead' : folds ? 'folded' : 'live');
    if (isDead) return;
    // Macros are folded by what was known before the rule: what it writes itself is left alone.
    if (!folds) this.#keep(foldMacros(rule, this.#known, this.#pool, this.#table), decision);
    this.#write(decision, isCertain, folds);
    this.#control(decision, isCertain, folds);
    if (decision.verdict !== 'never') this.#leave(rule, decision, removals);
  }

  #keep(rule: Rule, decision: RuleDecision): void {
    this.#live.push({ rule, certainLinks: decision.certainLinks });
    this.#touched.addReads(rule);
    this.#touched.addWrites(rule);
  }

  /** Whether all that a rule does can be done now: it is seen by nobody and comes before all that it could change. */
  #canFold(rule: Rule, decision: RuleDecision): boolean {
    if (decision.verdict === 'maybe' || decision.isPossible) return false;
    const { report, outcome } = rule;
    const matches = decision.verdict === 'always';
    if (matches && (report.log || report.auditLog || report.severity !== null)) return false;
    if (matches && outcome.disruption.kind !== 'none') return false;
    const writes = [...decision.writes.keys()];
    if (writes.length === 0 && decision.controls.length === 0) return true;
    if (rule.phase !== 1 || this.#mayHaveEnded) return false;
    const names = this.#table.names;
    return (
      decision.controls.every((control) => this.#canFoldControl(control)) &&
      !writes.some((slot) => this.#touched.touches(names[slot] ?? ''))
    );
  }

  /** Whether a switch may be thrown at the start: no rule before it is left that it could change or that changes it. */
  #canFoldControl({ kind }: Control): boolean {
    if (kind === 'remove-targets' || kind === 'body-processor') return false;
    return kind === 'remove-rules' || this.#live.length === 0;
  }

  #write(decision: RuleDecision, isCertain: boolean, folds: boolean): void {
    for (const [slot, value] of decision.writes) {
      if (isCertain && !decision.isPossible) this.#known.set(slot, value);
      else this.#known.join(slot, value);
      if (folds) this.#template[slot] = value;
      else this.#phaseBound.add(slot);
    }
    for (const slot of decision.forgotten) this.#known.forget(slot);
    for (const prefix of decision.forgottenPrefixes) this.#known.forgetPrefix(prefix);
  }

  #control({ controls, isPossible }: RuleDecision, isCertain: boolean, folds: boolean): void {
    const happens = isCertain && !isPossible;
    for (const control of controls) {
      if (folds) this.#start = startAfter(this.#start, control);
      if (control.kind === 'remove-rules') {
        if (folds) this.#certainRemovals.push(control.selection);
        else if (happens) this.#phaseRemovals.push(control.selection);
        else this.#possibleRemovals.add(control.selection);
      }
      if (control.kind === 'remove-targets' && takesVariables(control))
        this.#possibleRemovals.add(control.selection);
    }
  }

  /** What a rule that matches leaves out: rules up to a marker, or all others. */
  #leave(rule: Rule, decision: RuleDecision, removals: ReadonlySet<RuleSelection>): void {
    const { disruption, skipTo } = rule.outcome;
    // Rules behind it in the phase are reached only by requests that it let go on.
    if (disruption.kind !== 'none') this.#mayHaveEnded = true;
    if (skipTo === -1) return;
    const before = this.#uncertainUntil;
    if (decision.verdict === 'always') {
      // Where this rule itself may have been skipped over, its own skip is certain only as far as that one reaches.
      const until = rule.position >= before ? skipTo : Math.min(skipTo, before);
      this.#skips.push({ until, removals });
      if (rule.position >= before) return;
    }
    this.#uncertainUntil = Math.max(before, skipTo);
  }
}

function isSubset<Item>(part: ReadonlySet<Item>, whole: ReadonlySet<Item>): boolean {
  for (const item of part) if (!whole.has(item)) return false;
  return true;
}

function takesVariables(control: Extract<Control, { kind: 'remove-targets' }>): boolean {
  return control.removed.some(({ collection }) => collection.kind === 'variables');
}
