/** Puts in force on this node what the fleet has banned and lifted, as its channel tells. */
import type { SharedBan } from '../../fleet/shared-bans.ts';
import type { SnapshotBan } from '../../messages/channel-line.ts';
import type { Order } from '../../messages/order.ts';
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

  takeOrder(order: Order, toOwnClock: ToOwnClock): void {
    if (order.kind === 'ban_lifted') this.#book.unshare(order.target);
    else if (order.kind === 'ban_set') this.#book.share(toFleetBan(order, toOwnClock));
  }

  /** What only this node knows is told to the others. */
  takeAll(bans: readonly SnapshotBan[], toOwnClock: ToOwnClock): void {
    const own = this.#book.shareAll(bans.map((ban) => toFleetBan(ban, toOwnClock)));
    for (const ban of own) this.#reporter.banned(ban);
  }
}

function toFleetBan(
  { target, reason, expires_at_ms: expiresAtMs }: Pick<SharedBan, 'target' | 'reason' | 'expires_at_ms'>,
  toOwnClock: ToOwnClock,
): FleetBan {
  return { target, reason, expiresAtMs: Math.round(toOwnClock(expiresAtMs)) };
}
