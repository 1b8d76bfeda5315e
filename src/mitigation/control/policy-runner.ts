/**
 * Puts in force on this node what the fleet wants of it: policy and mode, one change after another.
 *
 * Of orders that come meanwhile only the newest counts. What cannot be put in force leaves everything as it was, is
 * reported with the reason, and is tried again when the order or the node's own configuration comes anew. The mode goes
 * first: a policy that is refused must not keep a node from being strict.
 */
import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../../core/error-message.ts';
import type { Logger } from '../../core/logger.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { FleetMode } from '../../messages/entries/modes.ts';
import type { PolicyOrder } from '../../messages/order.ts';
import type { FleetSettings } from '../fleet-settings.ts';
import type { FleetProgress } from './link-messages.ts';

export interface PolicyRunnerDeps {
  /** What is in force. */
  readonly inForce: () => FleetSettings;
  /** Puts it in force as a whole or says why not, and then nothing has changed. */
  readonly adopt: (fleet: FleetSettings) => Promise<Result<unknown, readonly string[]>>;
  /** Keeps what is in force for the next start. */
  readonly keep: (fleet: FleetSettings) => Promise<Result<void, string>>;
  /** There is news for the orchestrator. */
  readonly onProgress: () => void;
  readonly logger: Logger;
}

/** Characters of a reason that are told, as many as a heartbeat takes. */
const REASON_CHARACTERS_MAX = 1024;

export class PolicyRunner {
  readonly #deps: PolicyRunnerDeps;
  #wantedPolicy: PolicyOrder | null = null;
  #wantedMode: FleetMode | null = null;
  #refusedPolicy: { readonly order: PolicyOrder; readonly reason: string } | null = null;
  #refusedMode: FleetMode | null = null;
  /** Told once it is in force and kept, so that no crash takes back what was told. */
  #appliedRevision: number | null;
  /** What is in force will be there after a crash. */
  #isKept = true;
  #busy = false;
  /** The changes that are or were under way. */
  #changes: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(deps: PolicyRunnerDeps) {
    this.#deps = deps;
    this.#appliedRevision = deps.inForce().revision;
  }

  takePolicy(order: PolicyOrder): void {
    this.#wantedPolicy = order;
    this.#wake();
  }

  takeMode(mode: FleetMode): void {
    this.#wantedMode = mode;
    this.#wake();
  }

  /** What was refused may hold now: the node's own configuration has changed. */
  tryAgain(): void {
    this.#wantedPolicy ??= this.#refusedPolicy?.order ?? null;
    this.#wantedMode ??= this.#refusedMode;
    this.#refusedMode = null;
    this.#wake();
  }

  /** For the heartbeat. */
  progress(): Omit<FleetProgress, 'ledgerSeq'> {
    const refused = this.#refusedPolicy;
    return {
      appliedRevision: this.#appliedRevision,
      refusedPolicy: refused === null ? null : { revision: refused.order.revision, reason: refused.reason },
    };
  }

  /** Resolves once nothing is under way. */
  async settled(): Promise<void> {
    while (this.#busy) await this.#changes;
  }

  /** Begins nothing any more. */
  stop(): void {
    this.#stopped = true;
  }

  #wake(): void {
    if (!this.#busy) this.#changes = this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (!this.#stopped) {
      const mode = this.#wantedMode;
      const order = this.#wantedPolicy;
      if (mode !== null) {
        this.#wantedMode = null;
        await this.#applyMode(mode);
      } else if (order !== null) {
        this.#wantedPolicy = null;
        await this.#applyPolicy(order);
      } else {
        break;
      }
    }
    this.#busy = false;
  }

  async #applyMode(mode: FleetMode): Promise<void> {
    const { inForce, logger } = this.#deps;
    this.#refusedMode = null;
    if (mode === inForce().mode) return;
    const adopted = await this.#adopt({ ...inForce(), mode });
    if (!adopted.ok) {
      this.#refusedMode = mode;
      logger.error('The mode of the fleet could not be put in force', { mode, faults: adopted.fault });
      return;
    }
    if (mode === 'under_attack') logger.warn('Under attack: limits are stricter from now on');
    else logger.info('No longer under attack: limits are as usual');
  }

  async #applyPolicy(order: PolicyOrder): Promise<void> {
    const { inForce, logger, onProgress } = this.#deps;
    const before = this.progress();
    const { revision, layers } = order;
    const fields = { revision, scopes: layers.map(({ scope }) => scope) };
    const adopted = await this.#adopt({ ...inForce(), revision, layers });
    if (adopted.ok) {
      this.#refusedPolicy = null;
      if ((before.appliedRevision ?? 0) !== revision) logger.info('Policy of the fleet is in force', fields);
    } else {
      this.#refusedPolicy = { order, reason: toReason(adopted.fault) };
      logger.error('Policy of the fleet refused, the one before stays', { ...fields, faults: adopted.fault });
    }
    if (!isDeepStrictEqual(before, this.progress())) onProgress();
  }

  /** Nothing that goes wrong here may reach traffic or end the process. */
  async #adopt(fleet: FleetSettings): Promise<Result<void, readonly string[]>> {
    const { adopt, keep, inForce, logger } = this.#deps;
    const before = inForce();
    // It comes again whenever a channel is opened.
    if (this.#isKept && isDeepStrictEqual(fleet, before)) return ok(undefined);
    try {
      const adopted = await adopt(fleet);
      if (!adopted.ok) return adopted;
      const kept = await keep(inForce());
      this.#isKept = kept.ok;
      this.#appliedRevision = inForce().revision;
      if (!kept.ok) logger.error('The policy of the fleet could not be kept', { error: kept.fault });
      return ok(undefined);
    } catch (error) {
      return fail([`unexpected error: ${messageOf(error)}`]);
    }
  }
}

function toReason(faults: readonly string[]): string {
  const all = faults.join('; ');
  if (all.length <= REASON_CHARACTERS_MAX) return all.toWellFormed();
  return `${all.slice(0, REASON_CHARACTERS_MAX - 3)}...`.toWellFormed();
}
