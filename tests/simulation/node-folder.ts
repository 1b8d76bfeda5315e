/** The state folder of a simulated node: what it keeps over the end of its process. */
import type { StoredBan } from '../../src/mitigation/bans/ban-store.ts';
import type { FleetSettings } from '../../src/mitigation/fleet-settings.ts';
import type { Life } from './machine.ts';

/** As the real store gathers its writes. */
const FLUSH_MS = 50;

export class NodeFolder {
  nodeId: string | null = null;
  /** Policy and mode that were in force last. */
  fleet: FleetSettings | null = null;
  readonly #bans = new Map<string, StoredBan>();

  /** The store of one process; what it has not written when it ends is lost. */
  openBans(life: Life) {
    const pending = new Map<string, StoredBan | null>();
    const queue = (target: string, ban: StoredBan | null): void => {
      pending.set(target, ban);
      if (pending.size === 1) life.after(FLUSH_MS, flush);
    };
    const flush = (): void => {
      for (const [target, ban] of pending) {
        if (ban === null) this.#bans.delete(target);
        else this.#bans.set(target, ban);
      }
      pending.clear();
    };
    return {
      all: (): readonly StoredBan[] => [...this.#bans.values()],
      put: (ban: StoredBan): void => queue(ban.target, ban),
      remove: (target: string): void => queue(target, null),
    };
  }
}
