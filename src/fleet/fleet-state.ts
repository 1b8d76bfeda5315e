/** Everything that a ledger has decided, folded entry by entry; the same on every orchestrator. */
import type { FleetMode, LedgerEntry } from '../messages/ledger-entry.ts';
import { type SharedBan, SharedBans } from './shared-bans.ts';

/** What is in force behind entry `seq`. */
export interface FleetSnapshot {
  readonly seq: number;
  readonly mode: FleetMode;
  readonly bans: readonly SharedBan[];
}

export class FleetState {
  readonly bans: SharedBans = new SharedBans();
  mode: FleetMode = 'normal';
  /** Number of the last entry folded; 0 before the first. */
  seq = 0;

  /** Folds the next entry; false where it is not the next, and then nothing changes. */
  apply(entry: LedgerEntry): boolean {
    if (entry.seq !== this.seq + 1) return false;
    this.seq = entry.seq;
    this.bans.apply(entry);
    if (entry.body.kind === 'mode_set') this.mode = entry.body.mode;
    return true;
  }

  snapshot(atMs: number): FleetSnapshot {
    this.bans.expire(atMs);
    return { seq: this.seq, mode: this.mode, bans: [...this.bans.all()] };
  }

  restore({ seq, mode, bans }: FleetSnapshot): void {
    this.seq = seq;
    this.mode = mode;
    this.bans.replace(bans);
  }
}
