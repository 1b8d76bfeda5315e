/**
 * Requests that wait for an origin to have room: one line for each class, all together bounded.
 *
 * Higher classes go first, and within a class whoever came first. Where the line is full, a newcomer takes the place of
 * the last one of the lowest class below its own: who has waited longest has most to lose. The lines are linked lists,
 * so that a client that leaves costs the same wherever it stood.
 */
import type { Priority } from '../pipeline/priority.ts';
import type { OriginClient, OriginWish } from './origin-client.ts';

export interface Waiting {
  readonly client: OriginClient;
  readonly wish: OriginWish;
  readonly deadlineMs: number;
}

interface Link extends Waiting {
  previous: Link | null;
  next: Link | null;
}

interface Line {
  first: Link | null;
  last: Link | null;
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
    const link: Link = { client, wish, deadlineMs, previous: null, next: null };
    let given: Waiting | null = null;
    if (this.#links.size >= lengthMax) {
      given = lengthMax === 0 ? null : this.#lowestBelow(wish.priority);
      if (given === null) return link;
      this.leave(given.client);
    }
    this.#append(link);
    return given;
  }

  /** Who of a class has waited longest, or null. */
  first(priority: Priority): Waiting | null {
    return this.#lines[priority]!.first;
  }

  /** Takes a client out; false where it does not wait. */
  leave(client: OriginClient): boolean {
    const link = this.#links.get(client);
    if (link === undefined) return false;
    this.#links.delete(client);
    const line = this.#lines[link.wish.priority]!;
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
  return { first: null, last: null };
}
