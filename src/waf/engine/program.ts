/** A rule set compiled for requests: immutable but for the caches of its screen; one per worker. */
import type { Clock } from '../../core/clock.ts';
import type { Result } from '../../core/result.ts';
import type { RequestView, RuleRun } from '../inspection.ts';
import type { Budget } from '../screen/budget.ts';
import type { Screen } from '../screen/screen.ts';
import type { EngineSettings, LoadFault } from '../seclang/syntax.ts';
import type { Overlay } from './overlay.ts';
import type { PhasePlans } from './phase-plan.ts';
import type { RuleSummary } from './rule-summary.ts';
import type { ScreeningPlan } from './screening-plan.ts';
import type { StartState } from './start-state.ts';
import { Transaction } from './transaction.ts';
import type { VariableTable } from './variable-table.ts';
import type { Slots } from './variables.ts';

/** What the engine does about what no rule decides. */
export interface EnginePolicy {
  /** A body that its parser cannot read, where no rule of the set asks about that itself. */
  readonly onBodyFault: 'refuse' | 'pass';
  /** A request that used up its time. */
  readonly onOverrun: 'refuse' | 'pass';
  /** Told about evaluation that failed; the request is refused. */
  readonly onError: (error: unknown) => void;
}

/** What the transactions of a program share. */
export interface ProgramParts {
  readonly settings: EngineSettings;
  readonly clock: Clock;
  readonly policy: EnginePolicy;
  readonly table: VariableTable;
  readonly template: Slots;
  readonly start: StartState;
  readonly screening: ScreeningPlan;
  /** Null where every rule is evaluated on every request. */
  readonly screen: Screen | null;
  readonly budget: Budget;
  readonly phases: PhasePlans;
  /** Whether rules ask whether a body could be read. */
  readonly testsBodyFaults: boolean;
  readonly testsDuration: boolean;
  readonly readsAnswerBody: boolean;
}

export class Program {
  /** All rules in load order, whether they run or not. */
  readonly rules: readonly RuleSummary[];
  readonly #parts: ProgramParts;
  readonly #overlay: (overlay: Overlay) => Result<Program, readonly LoadFault[]>;

  constructor(
    parts: ProgramParts,
    rules: readonly RuleSummary[],
    overlay: (overlay: Overlay) => Result<Program, readonly LoadFault[]>,
  ) {
    this.#parts = parts;
    this.rules = rules;
    this.#overlay = overlay;
  }

  /** Whether rules look at answers. */
  get inspectsResponses(): boolean {
    const { phases } = this.#parts;
    return phases[3].rules.length > 0 || phases[4].rules.length > 0;
  }

  /** As the rule files say, and the overlays: limits for whoever reads bodies. */
  get settings(): EngineSettings {
    return this.#parts.settings;
  }

  /** Starts the inspection of one request. */
  begin(request: RequestView): RuleRun {
    return new Transaction(this.#parts, request);
  }

  /** The same rules with other settings; what is compiled is shared. */
  overlay(overlay: Overlay): Result<Program, readonly LoadFault[]> {
    return this.#overlay(overlay);
  }
}
