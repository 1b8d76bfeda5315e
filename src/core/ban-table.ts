/**
 * Who is banned until when, shared by all threads; asked for each new connection and each request.
 *
 * Asking takes no lock, and next to nothing while nobody is banned. How the memory is kept is told in ban-slots.ts.
 *
 * A client that is banned again is banned longer: base * multiplier^repeats, up to a maximum. After a ban its entry
 * stays, only to remember the repeats, until `maxMs` after the end. When the table is full, a new ban takes the
 * place of an entry whose ban has ended; a ban in force is never dropped for another, so without such an entry
 * the new ban is refused and counted.
 */
import { BanSlots } from './ban-slots.ts';
import type { AddressWords } from './ip.ts';

/** Answers of `ban` where no new ban began. */
export const BAN_REFUSED = 0;
export const ALREADY_BANNED = -1;

const REPEATS_MAX = 2 ** 30;

export class BanTable {
  readonly #slots: BanSlots;

  /** Joins a table; the memory comes from `createBanTableMemory` and is shared by all threads. */
  constructor(memory: SharedArrayBuffer) {
    this.#slots = new BanSlots(memory);
  }

  isBanned(words: AddressWords, nowMs: number): boolean {
    return this.#slots.readEndMs(words) > nowMs;
  }

  /** When the client's ban ends or ended, in monotonic milliseconds; 0 where nothing is known of it. */
  endMs(words: AddressWords): number {
    return this.#slots.readEndMs(words);
  }

  /**
   * Bans a client for base * multiplier^repeats, at most `maxMs`, and returns the duration in milliseconds;
   * BAN_REFUSED where the table has no room. Where a ban is in force already the answer is ALREADY_BANNED: it is
   * not a repeat, and the ban ends when the later of the two would.
   */
  ban(words: AddressWords, nowMs: number, baseMs: number, multiplier: number, maxMs: number): number {
    const slots = this.#slots;
    slots.lock();
    const slot = slots.find(words);
    const endMs = slot < 0 ? 0 : slots.endMs(slot);
    const inForce = endMs > nowMs;
    const remembered = slot >= 0 && nowMs < endMs + maxMs;
    const repeats = remembered ? slots.repeats(slot) : 0;
    const step = inForce && repeats > 0 ? repeats - 1 : repeats;
    const durationMs = Math.min(maxMs, baseMs * multiplier ** step);
    let outcome = durationMs;
    if (inForce) {
      if (nowMs + durationMs > endMs) slots.update(slot, nowMs + durationMs, repeats);
      outcome = ALREADY_BANNED;
    } else if (!this.#put(slot, words, nowMs, nowMs + durationMs, Math.min(repeats + 1, REPEATS_MAX))) {
      outcome = BAN_REFUSED;
    }
    slots.unlock();
    return outcome;
  }

  /** Sets a ban as it is given, shorter or longer than one in force; false where the table has no room. */
  set(words: AddressWords, nowMs: number, endMs: number, repeats: number): boolean {
    const slots = this.#slots;
    slots.lock();
    const done = this.#put(slots.find(words), words, nowMs, endMs, repeats);
    slots.unlock();
    return done;
  }

  /** Ends a ban and forgets its repeats; false where the client had no entry. */
  lift(words: AddressWords): boolean {
    const slots = this.#slots;
    slots.lock();
    const slot = slots.find(words);
    if (slot >= 0) slots.remove(slot);
    slots.unlock();
    return slot >= 0;
  }

  /** Forgets bans that ended more than `rememberMs` ago, the maximum that is passed to `ban`. */
  sweep(nowMs: number, rememberMs: number): void {
    this.#slots.lock();
    this.#slots.removeEndedBefore(nowMs - rememberMs);
    this.#slots.unlock();
  }

  /** Entries as they stood at one moment, also of bans that have ended; the key is valid during the call only. */
  forEach(callback: (words: AddressWords, endMs: number, repeats: number) => void): void {
    this.#slots.forEach(callback);
  }

  /** Entries, also of bans that have ended and are remembered. */
  size(): number {
    return this.#slots.count();
  }

  /** Bans in force; copies the table, for gauges only. */
  inForce(nowMs: number): number {
    let count = 0;
    this.#slots.forEach((_words, endMs) => {
      if (endMs > nowMs) count++;
    });
    return count;
  }

  /** Bans that found no room; wraps at 2^32. */
  refused(): number {
    return this.#slots.refused();
  }

  #put(slot: number, words: AddressWords, nowMs: number, endMs: number, repeats: number): boolean {
    const slots = this.#slots;
    if (slot >= 0) {
      slots.update(slot, endMs, repeats);
      return true;
    }
    if (slots.count() >= slots.capacity && !slots.removeOneEnded(nowMs)) {
      slots.countRefusal();
      return false;
    }
    slots.insert(words, endMs, repeats);
    return true;
  }
}
