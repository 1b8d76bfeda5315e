/** A rule set compiled for requests: immutable but for the caches of its screen; one per worker. */
import type { Result } from '../../core/result.ts';
import type { RequestView, RuleRun } from '../inspection.ts';
import type { EngineSettings, LoadFault } from '../seclang/syntax.ts';
import type { Overlay } from './overlay.ts';
import type { ProgramParts } from './program-parts.ts';
import type { RuleSummary } from './rule-summary.ts';
import { Transaction } from './transaction.ts';

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

  /** What costs time and memory to compile; one and the same for programs that share it. */
  get compilation(): object {
    return this.#parts.screening;
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
