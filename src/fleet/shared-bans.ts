/**
 * The bans that all nodes share, folded from the ledger.
 *
 * The order of the entries decides, so every node and every orchestrator comes to the same bans: of two bans on one
 * target that overlap the later end stands, and lifting ends both. What counts as over is told by the time of the entry,
 * not by the clock of whoever folds it.
 */
import type { BanSet } from '../messages/entries/bans.ts';
import type { EntryBody, LedgerEntry } from '../messages/ledger-entry.ts';

export interface SharedBan extends Omit<BanSet, 'kind'> {
  /** When it was decided, by the clock of the orchestrator. */
  readonly set_at_ms: number;
}

/** What an entry did to the bans. */
export type BanChange =
  | { readonly kind: 'set'; readonly ban: SharedBan }
  | { readonly kind: 'lifted'; readonly target: string };

/** More targets are not taken: an orchestrator refuses the entry before it is one. */
export const SHARED_BANS_MAX = 200_000;

/** For so long bans stay when they are over: a wall clock that was ahead may be set back. */
const KEPT_MS = 3_600_000;

export class SharedBans {
  readonly #bans = new Map<string, SharedBan>();

  get size(): number {
    return this.#bans.size;
  }

  /** Whether a ban on the target would be kept at `atMs`. */
  hasRoomFor(target: string, atMs: number): boolean {
    if (this.#bans.size < SHARED_BANS_MAX || this.#bans.has(target)) return true;
    this.expire(atMs);
    return this.#bans.size < SHARED_BANS_MAX;
  }

  /** How many of `wanted` targets more than now there may be at `atMs`, with at most `max` in all. */
  roomFor(wanted: number, atMs: number, max: number): number {
    if (max - this.#bans.size < wanted) this.expire(atMs);
    return Math.max(0, Math.min(wanted, max - this.#bans.size));
  }

  /** Folds one entry; null where it changes no ban. */
  apply({ at_ms: atMs, body }: Pick<LedgerEntry, 'at_ms' | 'body'>): BanChange | null {
    if (body.kind === 'ban_set') return this.#set(body, atMs);
    if (body.kind === 'ban_lifted') return this.#lift(body.target);
    return null;
  }

  /** Begins anew with what was in force. */
  replace(bans: readonly SharedBan[]): void {
    this.#bans.clear();
    for (const ban of bans) this.#bans.set(ban.target, ban);
  }

  get(target: string): SharedBan | undefined {
    return this.#bans.get(target);
  }

  /** In the order in which targets were first banned. */
  all(): IterableIterator<SharedBan> {
    return this.#bans.values();
  }

  /** Those that end behind `atMs`, in the order in which targets were first banned. */
  inForce(atMs: number): readonly SharedBan[] {
    this.forget(atMs);
    return [...this.all()].filter(({ expires_at_ms: expiresAtMs }) => expiresAtMs > atMs);
  }

  /** Takes out what is over for good, whatever becomes of the clock that says that it is `atMs`. */
  forget(atMs: number): void {
    this.expire(atMs - KEPT_MS);
  }

  /** Takes out what is over at `atMs`, and tells what that was. */
  expire(atMs: number): readonly string[] {
    const over: string[] = [];
    for (const { target, expires_at_ms: expiresAtMs } of this.#bans.values()) {
      if (expiresAtMs <= atMs) over.push(target);
    }
    for (const target of over) this.#bans.delete(target);
    return over;
  }

  #set({ kind: _, ...ban }: Extract<EntryBody, { kind: 'ban_set' }>, atMs: number): BanChange | null {
    const { target } = ban;
    if (!this.hasRoomFor(target, atMs)) return null;
    const before = this.#bans.get(target);
    const stands = before !== undefined && before.expires_at_ms > atMs;
    const kept = stands && before.expires_at_ms > ban.expires_at_ms ? before : { ...ban, set_at_ms: atMs };
    this.#bans.set(target, kept);
    return { kind: 'set', ban: kept };
  }

  #lift(target: string): BanChange | null {
    return this.#bans.delete(target) ? { kind: 'lifted', target } : null;
  }
}
