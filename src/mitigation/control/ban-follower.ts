/** Puts in force on this node what the fleet has banned and lifted, as its channel tells. */
import type { FleetSnapshot } from '../../fleet/fleet-state.ts';
import type { SharedBan } from '../../fleet/shared-bans.ts';
import { kindOfTarget } from '../../messages/ban-target.ts';
import type { EntryLine } from '../../messages/channel-line.ts';
import type { BanBook, FleetBan } from '../bans/ban-book.ts';
import type { BanReporter } from './ban-reporter.ts';

/** From the clock of the orchestrator to that of this machine. */
export type ToOwnClock = (wallMs: number) => number;

export class BanFollower {
  readonly #book: Pick<BanBook, 'share' | 'unshare' | 'shareAll'>;
  readonly #reporter: Pick<BanReporter, 'banned'>;

  constructor(book: Pick<BanBook, 'share' | 'unshare' | 'shareAll'>, reporter: Pick<BanReporter, 'banned'>) {
    this.#book = book;
    this.#reporter = reporter;
  }

  takeEntry({ body }: EntryLine, toOwnClock: ToOwnClock): void {
    if (body.kind === 'ban_lifted') this.#book.unshare(body.target);
    else if (body.kind === 'ban_set' && kindOfTarget(body.target) === 'address') {
      this.#book.share(toFleetBan(body, toOwnClock));
    }
  }

  /** What only this node knows is told to the others. */
  takeSnapshot({ bans }: FleetSnapshot, toOwnClock: ToOwnClock): void {
    const shared = bans.filter(({ target }) => kindOfTarget(target) === 'address');
    const own = this.#book.shareAll(shared.map((ban) => toFleetBan(ban, toOwnClock)));
    for (const ban of own) this.#reporter.banned(ban);
  }
}

function toFleetBan(
  { target, reason, expires_at_ms: expiresAtMs }: Pick<SharedBan, 'target' | 'reason' | 'expires_at_ms'>,
  toOwnClock: ToOwnClock,
): FleetBan {
  return { target, reason, expiresAtMs: Math.round(toOwnClock(expiresAtMs)) };
}
