/**
 * What a simulated node has in force besides bans, in place of the workers that would carry it out: policy, mode, and
 * whether it takes connections. Like those, it takes its time, and can refuse.
 */
import { fail, ok, type Result } from '../../src/core/result.ts';
import { pause } from '../../src/core/timers.ts';
import { type FleetSettings, NO_FLEET } from '../../src/mitigation/fleet-settings.ts';
import type { NodeState } from '../../src/mitigation/node-control.ts';
import type { Dice } from './dice.ts';
import type { Life } from './machine.ts';
import type { NodeFolder } from './node-folder.ts';

/** A policy that says so is sound as far as the orchestrator can tell, and cannot be put in force on any node. */
export const POISON = '# no node can do this';

const ADOPT_MAX_MS = 300;
const KEEP_MAX_MS = 30;
const DRAIN_MAX_MS = 100;

export class NodeInForce {
  readonly #life: Life;
  readonly #dice: Dice;
  readonly #folder: NodeFolder;
  readonly #onAdopted: (fleet: FleetSettings) => void;
  readonly #never = new AbortController().signal;
  readonly #drainedBy = new Set<string>();
  #ending = false;
  fleet: FleetSettings;

  constructor(life: Life, dice: Dice, folder: NodeFolder, onAdopted: (fleet: FleetSettings) => void) {
    this.#life = life;
    this.#dice = dice;
    this.#folder = folder;
    this.#onAdopted = onAdopted;
    this.fleet = folder.fleet ?? NO_FLEET;
  }

  get state(): NodeState {
    if (this.#ending) return 'Terminating';
    return this.#drainedBy.size > 0 ? 'Draining' : 'Active';
  }

  /** The process is about to end. */
  terminate(): void {
    this.#ending = true;
  }

  async adopt(fleet: FleetSettings): Promise<Result<void, readonly string[]>> {
    await this.#take(ADOPT_MAX_MS);
    if (fleet.layers.some(({ toml }) => toml.includes(POISON))) return fail(['policy: cannot be done']);
    this.fleet = fleet;
    this.#onAdopted(fleet);
    return ok(undefined);
  }

  async keep(fleet: FleetSettings): Promise<Result<void, string>> {
    await this.#take(KEEP_MAX_MS);
    this.#folder.fleet = fleet;
    return ok(undefined);
  }

  async drain(cause: string): Promise<Result<number, string>> {
    this.#drainedBy.add(cause);
    await this.#take(DRAIN_MAX_MS);
    return ok(1);
  }

  async resume(causes: readonly string[]): Promise<Result<void, string>> {
    for (const cause of causes) this.#drainedBy.delete(cause);
    await this.#take(DRAIN_MAX_MS);
    return ok(undefined);
  }

  isDrainedBy(cause: string): boolean {
    return this.#drainedBy.has(cause);
  }

  async #take(longestMs: number): Promise<void> {
    await pause(this.#life, this.#dice.between(1, longestMs), this.#never);
  }
}
