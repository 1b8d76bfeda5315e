/**
 * The policy in force, and how another one takes its place: prepared as a whole, then swapped, one change at a time. A
 * fault leaves everything as it was.
 *
 *   own configuration -> layers of the fleet -> mode of the fleet -> policy
 */
import { keepUntilRestart } from '../config/diff.ts';
import type { LayerText } from '../config/layers.ts';
import type { Config } from '../config/schema.ts';
import type { Logger, LogLevel } from '../core/logger.ts';
import { type Failure, fail, ok, type Result } from '../core/result.ts';
import { type FleetSettings, inMode, sameTexts } from './fleet-settings.ts';
import type { ReloadReport } from './node-control.ts';
import { type Policy, preparePolicy, reportReload } from './policy.ts';

/** What became of a change; faults are lines for the operator. */
export type Change = Result<ReloadReport, readonly string[]>;

export interface PolicyInForce {
  readonly policy: Policy;
  /** What the policy was made from, before the mode made it stricter. */
  readonly usual: Config;
  readonly fleet: FleetSettings;
}

export interface PolicyKeeperDeps {
  readonly workers: number;
  readonly log: Logger & { setLevel(level: LogLevel): void };
  /** Reads the node's own configuration again, with layers over it. */
  readonly readConfig: (layers: readonly LayerText[]) => Result<Config, readonly string[]>;
  /** Another policy is in force from now on. */
  readonly onChange: (policy: Policy) => Promise<void>;
}

export class PolicyKeeper {
  readonly #deps: PolicyKeeperDeps;
  #inForce: PolicyInForce;
  #changing: Promise<unknown> = Promise.resolve();

  constructor(deps: PolicyKeeperDeps, inForce: PolicyInForce) {
    this.#deps = deps;
    this.#inForce = inForce;
  }

  get policy(): Policy {
    return this.#inForce.policy;
  }

  /** What of the fleet's is in force. */
  get fleet(): FleetSettings {
    return this.#inForce.fleet;
  }

  /** Reads the node's own configuration again and lays over it what of the fleet's is in force. */
  reload(): Promise<Change> {
    return this.#inTurn(() => this.#read(this.fleet));
  }

  /** Puts in force what the fleet wants. */
  adopt(fleet: FleetSettings): Promise<Change> {
    return this.#inTurn(() => this.#adopt(fleet));
  }

  async #adopt(fleet: FleetSettings): Promise<Change> {
    const { layers, mode } = this.fleet;
    if (!sameTexts(fleet.layers, layers)) return await this.#read(fleet);
    // A mode has to come into force even while somebody writes the file.
    if (fleet.mode !== mode) return await this.#replace(this.#inForce.usual, fleet);
    this.#inForce = { ...this.#inForce, fleet };
    return ok({ applied: [], needsRestart: [] });
  }

  /** In the order in which they were asked for. */
  #inTurn(change: () => Promise<Change>): Promise<Change> {
    const result = this.#changing
      .then(change)
      .catch((error: unknown) => this.#refuse([`unexpected error: ${error}`]));
    this.#changing = result;
    return result;
  }

  async #read(fleet: FleetSettings): Promise<Change> {
    const read = this.#deps.readConfig(fleet.layers);
    return read.ok ? await this.#replace(read.value, fleet) : this.#refuse(read.fault);
  }

  async #replace(usual: Config, fleet: FleetSettings): Promise<Change> {
    const { log, workers, onChange } = this.#deps;
    const before = this.policy;
    const after = inMode(usual, fleet.mode);
    const wanted = keepUntilRestart(before.config, after);
    const policy = await preparePolicy(wanted, before.revision + 1, workers);
    if (!policy.ok) return this.#refuse(policy.fault);
    this.#inForce = { policy: policy.value, usual, fleet };
    await onChange(policy.value);
    const report = reportReload(before.config, after);
    log.info('Configuration reloaded', {
      revision: policy.value.revision,
      applied: report.applied,
      needs_restart: report.needsRestart,
    });
    // Behind the line, which is for everybody who wanted lines until now.
    log.setLevel(policy.value.config.logging.level);
    return ok(report);
  }

  #refuse(faults: readonly string[]): Failure<readonly string[]> {
    this.#deps.log.error('Configuration refused, the old one stays in force', { faults });
    return fail(faults);
  }
}
