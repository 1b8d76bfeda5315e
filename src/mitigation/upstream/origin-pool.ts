/**
 * The HTTP/1.1 connections of one worker to one origin.
 *
 * The connection used last is used next, so that a quiet pool shrinks by itself. Open connections and every wait are
 * bounded; whether a request may come in at all, and who waits for room, is decided above.
 */
import type { OriginFault } from '../exchange/origin-stream.ts';
import type { TurnClock } from '../turn-clock.ts';
import { OriginDialler } from './dial.ts';
import type { OriginClient, OriginWish } from './origin-client.ts';
import { OriginConnection } from './origin-connection.ts';
import type { ConnectionUse, OriginConnectionOwner } from './origin-connection-owner.ts';
import type { OriginPlace } from './origin-places.ts';
import type { StreamPool, StreamPoolOwner, Tries } from './stream-pool.ts';
import type { OriginPolicy } from './upstream-policy.ts';

/** An exchange whose connection is being made. */
interface Arrival {
  /** Null where the exchange has ended meanwhile. */
  client: OriginClient | null;
  readonly wish: OriginWish;
  readonly tries: Tries;
  readonly place: OriginPlace;
}

/** How long a connection may have been idle to carry a request that must not be sent twice. */
const FRESH_MS = 1000;

/** Of the time to answer, from which on an exchange that ends without an answer ended for that reason. */
const TIMED_OUT_SHARE = 0.95;

export class OriginPool implements StreamPool, OriginConnectionOwner {
  readonly carriesTunnels = true;
  readonly originId: string;
  readonly clock: TurnClock;
  readonly #owner: StreamPoolOwner;
  #policy: OriginPolicy;
  #dialler: OriginDialler;
  readonly #idle: OriginConnection[] = [];
  readonly #connecting = new Map<OriginConnection, Arrival>();
  #open = 0;
  #closed = false;
  /** Rises when the address changes: connections of before finish what they do and end. */
  #generation = 0;

  constructor(policy: OriginPolicy, owner: StreamPoolOwner) {
    this.originId = owner.id;
    this.clock = owner.clock;
    this.#owner = owner;
    this.#policy = policy;
    this.#dialler = new OriginDialler(policy);
  }

  get open(): number {
    return this.#open;
  }

  get streamsMax(): number {
    return this.#policy.connectionsMax;
  }

  get hasRoom(): boolean {
    return this.#idle.length > 0 || this.#open < this.#policy.connectionsMax;
  }

  configure(policy: OriginPolicy): void {
    const moved = !leadsToTheSame(policy, this.#policy);
    this.#policy = policy;
    if (!moved) return;
    this.#dialler = new OriginDialler(policy);
    this.#generation++;
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  acquire(client: OriginClient, wish: OriginWish, tries: Tries): void {
    const place = this.#owner.onStreamBegun(client, wish);
    const connection = this.#takeIdle(wish.once);
    if (connection !== null) {
      this.#hand(connection, client, place);
      return;
    }
    const full = this.#open >= this.#policy.connectionsMax;
    this.#connect({ client, wish, tries, place });
    // All were idle, but none fresh enough. Only now, so that its room is not given to somebody else.
    if (full) this.#idle.shift()?.destroy();
  }

  cancel(client: OriginClient): boolean {
    for (const arrival of this.#connecting.values()) {
      if (arrival.client !== client) continue;
      arrival.client = null;
      arrival.place.end();
      this.#owner.onRoom();
      return true;
    }
    return false;
  }

  sweep(nowMs: number): void {
    const idleBefore = nowMs - this.#policy.idleTimeoutMs;
    while (this.#idle.length > 0 && this.#idle[0]!.idleSinceMs < idleBefore) this.#idle.shift()!.destroy();
    for (const [connection, arrival] of this.#connecting) {
      if (connection.connectDeadlineMs >= nowMs) continue;
      this.#connecting.delete(connection);
      connection.destroy();
      this.#connectFailed('connect_timeout', arrival);
    }
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  onReady(connection: OriginConnection): void {
    const arrival = this.#connecting.get(connection);
    this.#connecting.delete(connection);
    this.#owner.onConnected();
    if (arrival === undefined || arrival.client === null) {
      this.#keep(connection);
      this.#owner.onRoom();
    } else if (connection.generation === this.#generation) {
      this.#hand(connection, arrival.client, arrival.place);
    } else {
      // First the new one, so that its room is not given to somebody else.
      this.#connect(arrival);
      connection.destroy();
    }
  }

  onAnswer({ sentMs, attachedMs }: OriginConnection, status: number): void {
    // The time that a client takes to send its body says nothing of the origin.
    this.#owner.onAnswer(status, this.clock.nowMs() - (sentMs === 0 ? attachedMs : sentMs));
  }

  /** An origin may close a kept connection at any time, also just before a request arrives on it. */
  onFailure(connection: OriginConnection, fault: OriginFault, started: boolean): void {
    if (fault === 'connect' || (fault === 'closed' && !started && connection.reused)) return;
    this.#owner.onFailure();
  }

  onTunnel({ place }: OriginConnection): void {
    place?.becomeTunnel();
  }

  onIdle(connection: OriginConnection): void {
    this.#keep(connection);
    connection.place?.end();
    connection.place = null;
    this.#owner.onRoom();
  }

  onGone(connection: OriginConnection, use: ConnectionUse): void {
    this.#open--;
    const arrival = this.#connecting.get(connection);
    if (arrival !== undefined) {
      this.#connecting.delete(connection);
      this.#connectFailed('connect', arrival);
    } else if (use === 'none') {
      const index = this.#idle.indexOf(connection);
      if (index !== -1) this.#idle.splice(index, 1);
    } else {
      if (use === 'waiting' && this.#timedOut(connection)) this.#owner.onFailure();
      connection.place?.end();
    }
    this.#owner.onRoom();
  }

  onUnexpected(error: unknown): void {
    this.#owner.onUnexpected(error);
  }

  /** Keeps an unused connection, unless it was made for one client, leads elsewhere by now, or nobody keeps any. */
  #keep(connection: OriginConnection): void {
    const keeps = !this.#closed && this.#policy.sendProxy === 'off';
    if (!keeps || connection.generation !== this.#generation) {
      connection.destroy();
      return;
    }
    connection.idleSinceMs = this.clock.nowMs();
    this.#idle.push(connection);
  }

  #hand(connection: OriginConnection, client: OriginClient, place: OriginPlace): void {
    connection.place = place;
    connection.attach(client);
    client.onOrigin(connection);
  }

  #takeIdle(once: boolean): OriginConnection | null {
    if (this.#idle.length === 0) return null;
    const last = this.#idle[this.#idle.length - 1]!;
    if (once && last.idleSinceMs < this.clock.nowMs() - FRESH_MS) return null;
    this.#idle.pop();
    return last;
  }

  #connect(arrival: Arrival): void {
    const { socket, readyEvent } = this.#dialler.dial(arrival.client);
    this.#open++;
    const connection = new OriginConnection(socket, readyEvent, this);
    connection.generation = this.#generation;
    connection.connectDeadlineMs = this.clock.nowMs() + this.#policy.connectTimeoutMs;
    this.#connecting.set(connection, arrival);
  }

  #connectFailed(fault: OriginFault, { client, wish, tries, place }: Arrival): void {
    place.end();
    this.#owner.onConnectFailed(fault, client, wish, tries);
  }

  /** The exchange gives up by itself when the time is over; a client that leaves earlier says nothing of the origin. */
  #timedOut(connection: OriginConnection): boolean {
    if (connection.sentMs === 0) return false;
    return this.clock.nowMs() - connection.sentMs >= this.#owner.responseTimeoutMs * TIMED_OUT_SHARE;
  }
}

/** Whether connections made by one policy may serve under the other. */
export function leadsToTheSame(one: OriginPolicy, other: OriginPolicy): boolean {
  return (
    one.host === other.host &&
    one.port === other.port &&
    one.sendProxy === other.sendProxy &&
    JSON.stringify(one.tls) === JSON.stringify(other.tls)
  );
}
