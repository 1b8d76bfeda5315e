/**
 * Who holds what of one origin: its places by class and by client.
 *
 * Two limits hold at once. The one on streams is hard, and everything counts that is open. The one on requests at once
 * follows what the origin can do, so only those count that it works on: neither tunnels nor answers that are held back
 * because the client does not read.
 *
 * No client may hold more than are still free for its class, but always `ALWAYS_MAX`: whoever is alone gets half, and who
 * comes next half of the rest. Clients on the whitelist and health checks are not bound by that. Where several clients
 * hold everything, answers that have been held back for a while are broken off for a client that holds less: of the
 * oldest `LOOKED_AT`, that of the client which holds the most.
 */
import { isIpv4 } from '../../core/ip.ts';
import type { Client } from '../client.ts';
import { HEALTH_CHECK, type Priority } from '../pipeline/priority.ts';
import { ClassRoom, createClassCounts } from './class-room.ts';

/** Places that one client may hold in any case. */
const ALWAYS_MAX = 8;
/** How long an answer must have been held back to be broken off for others. */
const STALL_MS = 500;
/** Held back answers that are looked at to find one. */
const LOOKED_AT = 64;

/** Names a client in maps; for IPv6 its prefix. */
export type HolderKey = number | string;

export function holderKeyOf({ key }: Pick<Client, 'key'>): HolderKey {
  return isIpv4(key) ? key[3]! : `${key[0]},${key[1]},${key[2]},${key[3]}`;
}

/** Why a request gets no place: there is none for its class, or its client holds its share. */
export type PlaceStep = 'fits' | 'full' | 'over_share';

/** A stream whose answer is held back. */
export interface StalledStream {
  /** Ends it for others; its exchange is told. */
  shed(): void;
}

const WORKING = 0;
const STALLED = 1;
const TUNNEL = 2;
const ENDED = 3;

export class OriginPlaces {
  readonly #limitRoom: ClassRoom;
  readonly #streamRoom: ClassRoom;
  /** Requests that the origin works on, and all that is open, by class. */
  readonly #working = createClassCounts();
  readonly #open = createClassCounts();
  /** Places by client, tunnels left out. */
  readonly #held = new Map<HolderKey, number>();
  /** Places whose answers are held back, the oldest first. */
  readonly #stalled = new Set<OriginPlace>();
  #total = 0;
  #totalWorking = 0;

  constructor(limit: number, streamsMax: number) {
    this.#limitRoom = new ClassRoom(limit);
    this.#streamRoom = new ClassRoom(streamsMax);
  }

  /** Places taken, tunnels included. */
  get total(): number {
    return this.#total;
  }

  /** Requests that the origin works on. */
  get working(): number {
    return this.#totalWorking;
  }

  resize(limit: number, streamsMax: number): void {
    this.#limitRoom.resize(limit);
    this.#streamRoom.resize(streamsMax);
  }

  /** Whether a request of that client may have a place. */
  look(client: Client, priority: Priority): PlaceStep {
    const free = Math.min(
      this.#limitRoom.free(priority, this.#working),
      this.#streamRoom.free(priority, this.#open),
    );
    if (free <= 0) return 'full';
    if (priority === HEALTH_CHECK || client.exempt) return 'fits';
    const held = this.#held.get(holderKeyOf(client)) ?? 0;
    return held < Math.max(ALWAYS_MAX, free) ? 'fits' : 'over_share';
  }

  /** The place to be broken off for one more stream of that client; null where it is no remedy, or nobody's turn. */
  findStalled(client: Client, nowMs: number): OriginPlace | null {
    let most = (this.#held.get(holderKeyOf(client)) ?? 0) + 1;
    let found: OriginPlace | null = null;
    let left = LOOKED_AT;
    for (const place of this.#stalled) {
      if (left-- === 0 || nowMs - place.stalledMs < STALL_MS) break;
      const held = this.#held.get(place.key)!;
      if (held <= most) continue;
      most = held;
      found = place;
    }
    return found;
  }

  /** Whether the limit on streams has no place for that class. */
  isOutOfStreams(priority: Priority): boolean {
    return this.#streamRoom.free(priority, this.#open) <= 0;
  }

  /** Takes a place, which its owner has to end. */
  take(client: Client, priority: Priority): OriginPlace {
    const key = holderKeyOf(client);
    this.#total++;
    this.#open[priority]!++;
    this.#held.set(key, (this.#held.get(key) ?? 0) + 1);
    this.countWorking(priority, 1);
    return new OriginPlace(this, key, priority);
  }

  /** Called by places, as are the next ones. */
  countWorking(priority: Priority, change: number): void {
    this.#totalWorking += change;
    this.#working[priority]! += change;
  }

  noteStalled(place: OriginPlace, stalled: boolean): void {
    if (stalled) this.#stalled.add(place);
    else this.#stalled.delete(place);
    this.countWorking(place.priority, stalled ? -1 : 1);
  }

  /** The client's share has nothing to do with the place any more. */
  disown(key: HolderKey): void {
    const left = this.#held.get(key)! - 1;
    if (left === 0) this.#held.delete(key);
    else this.#held.set(key, left);
  }

  close(priority: Priority): void {
    this.#total--;
    this.#open[priority]!--;
  }
}

export class OriginPlace {
  readonly key: HolderKey;
  readonly priority: Priority;
  /** Monotonic time from which on its answer has been held back. */
  stalledMs = 0;
  readonly #places: OriginPlaces;
  #state: number = WORKING;
  #stream: StalledStream | null = null;

  constructor(places: OriginPlaces, key: HolderKey, priority: Priority) {
    this.#places = places;
    this.key = key;
    this.priority = priority;
  }

  /** The client does not read: the origin is held back. */
  stall(stream: StalledStream, nowMs: number): void {
    if (this.#state !== WORKING) return;
    this.#state = STALLED;
    this.#stream = stream;
    this.stalledMs = nowMs;
    this.#places.noteStalled(this, true);
  }

  /** The client reads again. */
  proceed(): void {
    if (this.#state !== STALLED) return;
    this.#state = WORKING;
    this.#stream = null;
    this.#places.noteStalled(this, false);
  }

  /** Breaks the answer off that is held back. */
  shed(): void {
    this.#stream?.shed();
  }

  /** The stream became a tunnel. */
  becomeTunnel(): void {
    if (this.#state >= TUNNEL) return;
    this.proceed();
    this.#state = TUNNEL;
    this.#places.countWorking(this.priority, -1);
    this.#places.disown(this.key);
  }

  /** Gives the place back; only the first call counts. */
  end(): void {
    if (this.#state === ENDED) return;
    this.becomeTunnel();
    this.#state = ENDED;
    this.#places.close(this.priority);
  }
}
