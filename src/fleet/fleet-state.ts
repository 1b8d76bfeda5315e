/** Everything that a ledger has decided, folded entry by entry; the same on every orchestrator. */
import type { BanSet } from '../messages/entries/bans.ts';
import type { LedgerEntry } from '../messages/ledger-entry.ts';
import type { Order, StandingOrder } from '../messages/order.ts';
import { FleetCommands, type IssuedCommand, toOrder } from './fleet-commands.ts';
import { FleetMembers, type MembersSnapshot } from './fleet-members.ts';
import { FleetModes, type ModeDecision } from './fleet-modes.ts';
import { FleetPolicies, type PoliciesSnapshot } from './fleet-policies.ts';
import { FleetScaling, type ScalingDecision } from './fleet-scaling.ts';
import type { NodePlace } from './selector.ts';
import { type SharedBan, SharedBans } from './shared-bans.ts';

/** What is in force behind entry `seq`. */
export interface FleetSnapshot {
  readonly seq: number;
  readonly bans: readonly SharedBan[];
  readonly modes: readonly ModeDecision[];
  readonly policies: PoliciesSnapshot;
  readonly commands: readonly IssuedCommand[];
  readonly members: MembersSnapshot;
  readonly scaling: readonly ScalingDecision[];
}

export class FleetState {
  readonly bans: SharedBans = new SharedBans();
  readonly modes: FleetModes = new FleetModes();
  readonly policies: FleetPolicies = new FleetPolicies();
  readonly commands: FleetCommands = new FleetCommands();
  readonly members: FleetMembers = new FleetMembers();
  readonly scaling: FleetScaling = new FleetScaling();
  /** Number of the last entry folded; 0 before the first. */
  seq = 0;

  /** Folds the next entry; false where it is not the next, and then nothing changes. */
  apply(entry: LedgerEntry): boolean {
    if (entry.seq !== this.seq + 1) return false;
    this.seq = entry.seq;
    this.bans.apply(entry);
    this.modes.apply(entry);
    this.policies.apply(entry);
    this.commands.apply(entry);
    this.members.apply(entry);
    this.scaling.apply(entry);
    return true;
  }

  /**
   * What an entry means for a node; null where it does not concern it. Orders tell how things stand now, so one that
   * leaves late says what a later entry would say.
   */
  orderFor({ body }: LedgerEntry, place: NodePlace): Order | null {
    switch (body.kind) {
      case 'ban_set':
        return this.#banOrder(body);
      case 'ban_lifted':
        return body;
      case 'mode_set':
        return { kind: 'mode', mode: this.modes.modeOf(place) };
      case 'rollout_step':
        return body.nodes.includes(place.id) ? this.policies.orderFor(place) : null;
      case 'rollout_ended':
        return this.policies.orderFor(place);
      case 'command_issued':
        return body.nodes.includes(place.id) ? toOrder(body) : null;
      default:
        return null;
    }
  }

  /** Of two bans that overlap the longer one is in force; where the ban was lifted since, an entry behind says so. */
  #banOrder(body: BanSet): Order {
    const inForce = this.bans.get(body.target);
    if (inForce === undefined) return body;
    const { set_at_ms: _, ...ban } = inForce;
    return { kind: 'ban_set', ...ban };
  }

  /** Everything but bans that is in force for a node at `atMs`. */
  standingFor(place: NodePlace, atMs: number): readonly StandingOrder[] {
    return [
      { kind: 'mode', mode: this.modes.modeOf(place) },
      this.policies.orderFor(place),
      ...this.commands.openFor(place.id, atMs),
    ];
  }

  snapshot(atMs: number): FleetSnapshot {
    this.bans.forget(atMs);
    return {
      seq: this.seq,
      bans: [...this.bans.all()],
      modes: this.modes.all(),
      policies: this.policies.snapshot(),
      commands: this.commands.all(),
      members: this.members.snapshot(),
      scaling: this.scaling.all(),
    };
  }

  restore({ seq, bans, modes, policies, commands, members, scaling }: FleetSnapshot): void {
    this.seq = seq;
    this.bans.replace(bans);
    this.modes.replace(modes);
    this.policies.restore(policies);
    this.commands.replace(commands);
    this.members.restore(members);
    this.scaling.replace(scaling);
  }
}
