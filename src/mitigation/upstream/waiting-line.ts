/**
 * Requests that wait for an origin to have room: one line for each class, all together bounded.
 *
 * Higher classes go first, and within a class its clients in turn, each with its oldest request: many requests of one
 * client do not keep the others waiting. Where the line is full, a newcomer takes the place of the last one of the lowest
 * class below its own: who has waited longest has most to lose; or of the last one of its own class, if that one's client
 * waits with more requests than its own. The lines are linked lists, so that a request that leaves costs the same
 * wherever it stood.
 */
import type { Priority } from '../pipeline/priority.ts';
import type { OriginClient, OriginWish } from './origin-client.ts';
import { type HolderKey, holderKeyOf } from './origin-places.ts';

export interface Waiting {
  readonly client: OriginClient;
  readonly wish: OriginWish;
  readonly deadlineMs: number;
}

interface Link extends Waiting {
  readonly key: HolderKey;
  previous: Link | null;
  next: Link | null;
}

interface Line {
  first: Link | null;
  last: Link | null;
  /** Requests by client, in their order; clients in the order of their turns. */
  readonly clients: Map<HolderKey, Set<Link>>;
}

export class WaitingLine {
  /** By priority. */
  readonly #lines: readonly Line[] = [newLine(), newLine(), newLine(), newLine()];
  readonly #links = new Map<OriginClient, Link>();

  get length(): number {
    return this.#links.size;
  }

  /**
   * Lets a request wait. Returns who has to leave for it: nobody (null), another one, or itself where nobody of a lower
   * class waits.
   */
  enter(client: OriginClient, wish: OriginWish, deadlineMs: number, lengthMax: number): Waiting | null {
    const key = holderKeyOf(client.client);
    const link: Link = { client, key, wish, deadlineMs, previous: null, next: null };
    let given: Waiting | null = null;
    if (this.#links.size >= lengthMax) {
      given = lengthMax === 0 ? null : (this.#lowestBelow(wish.priority) ?? this.#greedier(link));
      if (given === null) return link;
      this.leave(given.client);
    }
    this.#append(link);
    return given;
  }

  /** Whose turn it is in a class, one after the other; whoever leaves on its turn has the next one behind all others. */
  *turns(priority: Priority): Generator<Waiting> {
    const { clients } = this.#lines[priority]!;
    for (const [key, links] of clients) {
      const link: Link = links.values().next().value!;
      yield link;
      if (links.size === 0 || links.has(link)) continue;
      clients.delete(key);
      clients.set(key, links);
    }
  }

  /** Takes a client out; false where it does not wait. */
  leave(client: OriginClient): boolean {
    const link = this.#links.get(client);
    if (link === undefined) return false;
    this.#links.delete(client);
    const line = this.#lines[link.wish.priority]!;
    const links = line.clients.get(link.key)!;
    links.delete(link);
    if (links.size === 0) line.clients.delete(link.key);
    if (link.previous === null) line.first = link.next;
    else link.previous.next = link.next;
    if (link.next === null) line.last = link.previous;
    else link.next.previous = link.previous;
    return true;
  }

  /** Takes out and returns one whose time is over, or null. */
  takeExpired(nowMs: number): Waiting | null {
    for (const { first } of this.#lines) {
      if (first === null || first.deadlineMs >= nowMs) continue;
      this.leave(first.client);
      return first;
    }
    return null;
  }

  #append(link: Link): void {
    const line = this.#lines[link.wish.priority]!;
    link.previous = line.last;
    if (line.last === null) line.first = link;
    else line.last.next = link;
    line.last = link;
    this.#links.set(link.client, link);
    const links = line.clients.get(link.key);
    if (links === undefined) line.clients.set(link.key, new Set([link]));
    else links.add(link);
  }

  /** The last one of the newcomer's class, where its client would still wait with as many requests without it. */
  #greedier({ key, wish }: Link): Waiting | null {
    const { last, clients } = this.#lines[wish.priority]!;
    if (last === null) return null;
    return clients.get(last.key)!.size > (clients.get(key)?.size ?? 0) + 1 ? last : null;
  }

  #lowestBelow(priority: Priority): Waiting | null {
    for (let below = 0; below < priority; below++) {
      const { last } = this.#lines[below]!;
      if (last !== null) return last;
    }
    return null;
  }
}

function newLine(): Line {
  return { first: null, last: null, clients: new Map() };
}
