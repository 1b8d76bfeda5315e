/**
 * Draining without ending: the node takes no connections, finishes those that it has, and can take some again.
 *
 *   Active --drain--> Draining --resume--> Active
 *
 * Two may want a node drained, whoever works at it and the fleet, and neither undoes the other's decision: connections
 * are taken again once nobody wants it drained any more. Doors are moved one after the other, in the order of the words.
 */
import type { Logger } from '../core/logger.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { DoorMessage } from './worker-messages.ts';

/** On whose word a node is drained. */
export type DrainCause = 'operator' | 'fleet';

export interface DrainDeps {
  /** Has all workers move their doors; resolves with what went wrong, in sentences. */
  readonly ask: (message: DoorMessage) => Promise<readonly string[]>;
  /** Says who has the address of the node, where it is not free; null where it is. */
  readonly findTaken: () => Promise<string | null>;
  /** The node is on its way out. */
  readonly isEnding: () => boolean;
  /** How long WebSockets go on where nobody says. */
  readonly graceSeconds: () => number;
  readonly logger: Logger;
  /** The node is drained from now on, or not any more. */
  readonly onChange: () => void;
}

const ENDING = 'the node is terminating';

export class DrainKeeper {
  readonly #deps: DrainDeps;
  readonly #causes = new Set<DrainCause>();
  /** What the doors were told last. */
  #closed = false;
  /** What was told last of whether the node is drained. */
  #told = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: DrainDeps) {
    this.#deps = deps;
  }

  /** Whether the node takes no connections, or is about to take none. */
  get draining(): boolean {
    return this.#closed || this.#causes.size > 0;
  }

  /** What a worker that starts now is to do. */
  get accepting(): boolean {
    return !this.#closed;
  }

  wantedBy(cause: DrainCause): boolean {
    return this.#causes.has(cause);
  }

  /**
   * Takes no connections from now on; said again it changes how long WebSockets go on. Resolves with the seconds for that,
   * once it is so.
   */
  drain(cause: DrainCause, graceSeconds: number | null): Promise<Result<number, string>> {
    if (this.#deps.isEnding()) return Promise.resolve(fail(ENDING));
    this.#causes.add(cause);
    this.#tell();
    return this.#inTurn(async () => {
      if (this.#causes.size === 0) return fail('it was taken back meanwhile');
      this.#closed = true;
      const seconds = graceSeconds ?? this.#deps.graceSeconds();
      const faults = await this.#deps.ask({ kind: 'close_door', graceMs: seconds * 1000 });
      return faults.length === 0 ? ok(seconds) : fail(faults.join('; '));
    });
  }

  /**
   * Takes connections again, unless somebody else wants the node drained. Where a door does not open, all are closed and
   * the node stays drained.
   */
  resume(causes: readonly DrainCause[]): Promise<Result<void, string>> {
    if (this.#deps.isEnding()) return Promise.resolve(fail(ENDING));
    const dropped = causes.filter((cause) => this.#causes.delete(cause));
    return this.#inTurn(async () => {
      if (this.#causes.size === 0 && this.#closed) {
        this.#closed = false;
        const faults = await this.#openDoors();
        if (faults.length > 0) return await this.#closeAgain(dropped, faults);
      }
      this.#tell();
      return ok(undefined);
    });
  }

  async #closeAgain(causes: readonly DrainCause[], faults: readonly string[]): Promise<Result<void, string>> {
    this.#closed = true;
    for (const cause of causes) this.#causes.add(cause);
    await this.#deps.ask({ kind: 'close_door', graceMs: 0 });
    return fail(faults.join('; '));
  }

  /** Meanwhile somebody else may have taken the address. */
  async #openDoors(): Promise<readonly string[]> {
    const taken = await this.#deps.findTaken();
    return taken === null ? await this.#deps.ask({ kind: 'open_door' }) : [taken];
  }

  #tell(): void {
    if (this.#told === this.draining) return;
    this.#told = this.draining;
    this.#deps.logger.info(this.#told ? 'Taking no new connections' : 'Taking connections again');
    this.#deps.onChange();
  }

  #inTurn<Value>(act: () => Promise<Value>): Promise<Value> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
