/** Where it is decided how strict nodes are. */
import { fail, ok, type Result } from '../../core/result.ts';
import { canonicalSelector } from '../../fleet/selector.ts';
import type { FleetMode } from '../../messages/entries/modes.ts';
import type { Author } from '../../messages/ledger-entry.ts';
import type { ModeAnswer } from '../../messages/mode-request.ts';
import type { Selector } from '../../messages/selector.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import { type DeskFault, toDeskFault } from '../desk-fault.ts';
import type { FleetRegistry } from '../members/registry.ts';

export type ModeFault = DeskFault<'too_many_modes' | 'store_unavailable'>;

const NO_ROOM: ModeFault = {
  code: 'too_many_modes',
  detail: 'Modes are set for as many selectors as can be; setting one for "all" takes the place of them.',
};

export class ModeDesk {
  readonly #hub: FleetHub;
  readonly #registry: FleetRegistry;

  constructor(hub: FleetHub, registry: FleetRegistry) {
    this.#hub = hub;
    this.#registry = registry;
  }

  /** Sets the mode of all nodes that the selector means, now and later; resolves once it is durable. */
  async set(text: Selector, mode: FleetMode, by: Author): Promise<Result<void, ModeFault>> {
    const selector = canonicalSelector(text);
    const decided = await this.#hub.decideOn<ModeFault>(({ modes }) => {
      if (!modes.hasRoomFor(selector)) return fail(NO_ROOM);
      const standing = modes.get(selector);
      const before = standing === undefined ? null : { mode: standing.mode };
      return ok([{ by, before, body: { kind: 'mode_set', selector, mode } }]);
    });
    return decided.ok ? ok(undefined) : fail(toDeskFault(decided.fault));
  }

  /** The decisions in force, and how many nodes they put in which mode. */
  list(): ModeAnswer {
    const { modes } = this.#hub.state;
    const nodes = { normal: 0, under_attack: 0 };
    for (const place of this.#registry.places()) nodes[modes.modeOf(place)] += 1;
    return { modes: [...modes.all()], nodes };
  }
}
