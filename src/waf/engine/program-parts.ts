/** What the transactions of one program share. */
import type { Clock } from '../../core/clock.ts';
import type { Budget } from '../budget/budget.ts';
import type { Screen } from '../screen/screen.ts';
import type { EngineSettings } from '../seclang/syntax.ts';
import type { PhasePlans } from './phase-plan.ts';
import type { ScreeningPlan } from './screening-plan.ts';
import type { StartState } from './start-state.ts';
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
