/**
 * The order in which clients that wait have their turn, for a handshake or for what they have sent.
 *
 *   clients that are known as good -> all others -> what a client has waiting beyond its share
 *
 * Within each of the three, the oldest comes first: whoever uses the line bounds it, so that its end is reached long
 * before a deadline. Where a wait has a point in time at which people give up, the newest comes first as soon as the
 * oldest has waited that long: serving the oldest would make everybody late instead of some.
 *
 * All steps take constant time. Whoever adds removes what need not have its turn any more.
 */

/** What one client may have waiting before the rest of it queues behind all others. */
const SHARE = 4;

/** One that waits, as the line knows it. */
export interface Place<T> {
  readonly item: T;
  readonly client: string | null;
  readonly sinceMs: number;
  /** Null once it has left the line. */
  lane: Lane<T> | null;
  older: Place<T> | null;
  newer: Place<T> | null;
}

interface Lane<T> {
  oldest: Place<T> | null;
  newest: Place<T> | null;
}

export class ClientLine<T> {
  readonly #known: Lane<T> = { oldest: null, newest: null };
  readonly #others: Lane<T> = { oldest: null, newest: null };
  readonly #beyond: Lane<T> = { oldest: null, newest: null };
  /** How many places each client has that has any. */
  readonly #held = new Map<string, number>();
  readonly #staleMs: number;
  #size = 0;

  /** @param staleMs a wait of this length has probably been given up */
  constructor(staleMs: number = Number.POSITIVE_INFINITY) {
    this.#staleMs = staleMs;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Queues at `nowMs`.
   *
   * @param client what tells clients apart; null for one who may have any number waiting
   * @param known whether the client goes before others
   */
  add(item: T, client: string | null, known: boolean, nowMs: number): Place<T> {
    const usual = known ? this.#known : this.#others;
    const lane = client === null || this.#count(client) <= SHARE ? usual : this.#beyond;
    this.#size += 1;
    const place: Place<T> = { item, client, sinceMs: nowMs, lane, older: lane.newest, newer: null };
    if (lane.newest === null) lane.oldest = place;
    else lane.newest.newer = place;
    lane.newest = place;
    return place;
  }

  /** Takes the one out that begins next; null where nobody waits. */
  take(nowMs: number): T | null {
    const place =
      this.#next(this.#known, nowMs) ?? this.#next(this.#others, nowMs) ?? this.#next(this.#beyond, nowMs);
    if (place === null) return null;
    this.remove(place);
    return place.item;
  }

  /** Does nothing where it has left the line already. */
  remove(place: Place<T>): void {
    const { lane, older, newer, client } = place;
    if (lane === null) return;
    if (older === null) lane.oldest = newer;
    else older.newer = newer;
    if (newer === null) lane.newest = older;
    else newer.older = older;
    place.lane = null;
    place.older = null;
    place.newer = null;
    this.#size -= 1;
    if (client !== null) this.#discount(client);
  }

  /** Tells how many places the client has with this one. */
  #count(client: string): number {
    const held = (this.#held.get(client) ?? 0) + 1;
    this.#held.set(client, held);
    return held;
  }

  #discount(client: string): void {
    const held = (this.#held.get(client) ?? 0) - 1;
    if (held > 0) this.#held.set(client, held);
    else this.#held.delete(client);
  }

  #next({ oldest, newest }: Lane<T>, nowMs: number): Place<T> | null {
    if (oldest === null) return null;
    return nowMs - oldest.sinceMs > this.#staleMs ? newest : oldest;
  }
}
