/** Where bans are set and lifted on this node, by people and by workers: in the book, in the log, and told to whoever follows. */
import type { Logger } from '../../core/logger.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { BanRequest, BanView } from '../node-control.ts';
import type { AutomaticBan, BanBook } from './ban-book.ts';
import type { StoredBan } from './ban-store.ts';

export interface BanDeskDeps {
  readonly book: BanBook;
  readonly log: Logger;
  readonly onBanned: (ban: StoredBan) => void;
  readonly onBanLifted: (target: string) => void;
}

export class BanDesk {
  readonly #deps: BanDeskDeps;

  constructor(deps: BanDeskDeps) {
    this.#deps = deps;
  }

  /** All bans in force, the one that ends first in front. */
  list(): readonly BanView[] {
    return this.#deps.book.list();
  }

  /** Bans an address or prefix in any readable form; the fault is a sentence. */
  add(request: BanRequest): Result<BanView, string> {
    const { book, log, onBanned } = this.#deps;
    const added = book.add(request);
    if (!added.ok) return added;
    const { target, reason, source } = added.value;
    log.info('Client banned', { ip: target, reason, source, duration_seconds: request.durationSeconds });
    const ban = book.find(target);
    // What a command bans was meant for the nodes that it names.
    if (ban !== undefined && request.source !== 'command') onBanned(ban);
    return added;
  }

  /** Lifts a ban; `value` false where none was in force. */
  lift(target: string): Result<boolean, string> {
    const { book, log, onBanLifted } = this.#deps;
    const lifted = book.lift(target);
    if (!lifted.ok) return lifted;
    if (lifted.value === null) return ok(false);
    log.info('Ban lifted', { ip: target });
    onBanLifted(lifted.value);
    return ok(true);
  }

  /** Lifts a ban here alone; one of the fleet is not this node's to lift. */
  liftHere(target: string): Result<boolean, string> {
    const { book, log } = this.#deps;
    if (book.isShared(target)) {
      return fail(`${target} is banned by the fleet; lift the ban there`);
    }
    const lifted = book.lift(target);
    if (!lifted.ok) return lifted;
    if (lifted.value !== null) log.info('Ban lifted', { ip: target });
    return ok(lifted.value !== null);
  }

  /** A worker has banned a client that went too far `violations` times. */
  noteAutomatic(banned: AutomaticBan, violations: number): void {
    const { book, log, onBanned } = this.#deps;
    const ban = book.noteAutomatic(banned);
    log.warn('Client banned', {
      ...{ ip: ban.target, violations, duration_seconds: Math.round(banned.durationMs / 1000) },
      ...{ repeats: ban.repeats, reason: banned.reason, source: 'automatic' },
    });
    onBanned(ban);
  }
}
