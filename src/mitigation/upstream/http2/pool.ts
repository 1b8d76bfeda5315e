/**
 * The HTTP/2 connections of one worker to one origin, each carrying many requests at once.
 *
 * A connection is filled before another one is made, and those that come while it is being made wait for it, so that a
 * burst costs one handshake. What bounds a group holds here for requests: its limit on connections is one on streams.
 * Where the origin is told whom a connection serves, every request has one for itself.
 */
import type { OriginFault } from '../../exchange/origin-stream.ts';
import type { TurnClock } from '../../turn-clock.ts';
import { OriginDialler } from '../dial.ts';
import type { OriginClient, OriginWish } from '../origin-client.ts';
import type { OriginPlace } from '../origin-places.ts';
import { leadsToTheSame } from '../origin-pool.ts';
import type { StreamPool, StreamPoolOwner, Tries } from '../stream-pool.ts';
import type { OriginPolicy } from '../upstream-policy.ts';
import { type Http2ConnectionOwner, Http2OriginConnection } from './connection.ts';
import type { Http2OriginStream, StreamUse } from './stream.ts';

/** An exchange that waits for a stream. */
interface Arrival {
  readonly client: OriginClient;
  readonly wish: OriginWish;
  readonly tries: Tries;
  readonly place: OriginPlace;
  /** The connection that is made for it alone, or null. */
  readonly own: Http2OriginConnection | null;
  readonly deadlineMs: number;
}

/** How long a connection may have been silent to carry a request that must not be sent twice, unless it is asked. */
const FRESH_MS = 1000;

/** Of the time to answer, from which on an exchange that ends without an answer ended for that reason. */
const TIMED_OUT_SHARE = 0.95;

export class Http2Pool implements StreamPool, Http2ConnectionOwner {
  readonly originId: string;
  readonly clock: TurnClock;
  /** As the origin said on its last connection; taken for granted before. */
  carriesTunnels = true;
  readonly #owner: StreamPoolOwner;
  #policy: OriginPolicy;
  #dialler: OriginDialler;
  readonly #connections = new Set<Http2OriginConnection>();
  readonly #arrivals: Arrival[] = [];
  #closed = false;
  #serving = false;

  constructor(policy: OriginPolicy, owner: StreamPoolOwner) {
    this.originId = owner.id;
    this.clock = owner.clock;
    this.#owner = owner;
    this.#policy = policy;
    this.#dialler = new OriginDialler(policy);
  }

  get open(): number {
    return this.#connections.size;
  }

  get streamsMax(): number {
    return this.#policy.connectionsMax;
  }

  get hasRoom(): boolean {
    return this.#mayConnect || this.#expected > this.#arrivals.length;
  }

  acquire(client: OriginClient, wish: OriginWish, tries: Tries): void {
    const place = this.#owner.onStreamBegun(client, wish);
    const own = this.#shares ? null : this.#connect(client);
    const deadlineMs = this.clock.nowMs() + this.#policy.connectTimeoutMs;
    this.#arrivals.push({ client, wish, tries, place, own, deadlineMs });
    this.#serve();
  }

  cancel(client: OriginClient): boolean {
    const index = this.#arrivals.findIndex((arrival) => arrival.client === client);
    if (index === -1) return false;
    const [arrival] = this.#arrivals.splice(index, 1);
    arrival?.place.end();
    arrival?.own?.destroy();
    return true;
  }

  configure(policy: OriginPolicy): void {
    const moved = !leadsToTheSame(policy, this.#policy);
    this.#policy = policy;
    if (!moved) return;
    this.#dialler = new OriginDialler(policy);
    for (const connection of this.#connections) connection.leave();
    this.#serve();
  }

  sweep(nowMs: number): void {
    const idleBefore = nowMs - this.#policy.idleTimeoutMs;
    for (const connection of this.#connections) {
      connection.sweep(nowMs);
      if (connection.isConnected && connection.isIdle && connection.idleSinceMs < idleBefore)
        connection.leave();
    }
    const late = this.#arrivals.filter(({ deadlineMs }) => deadlineMs < nowMs);
    for (const arrival of late) this.#giveUp(arrival, 'connect_timeout');
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#connections) this.#endUnused(connection);
  }

  onReady(connection: Http2OriginConnection): void {
    this.carriesTunnels = connection.carriesTunnels;
    this.#owner.onConnected();
    this.#serve();
    this.#endUnused(connection);
    this.#owner.onRoom();
  }

  onAnswer({ head, attachedMs }: Http2OriginStream): void {
    this.#owner.onAnswer(head.status, this.clock.nowMs() - attachedMs);
  }

  onTunnel({ place }: Http2OriginStream): void {
    place?.becomeTunnel();
  }

  /** A request that was refused unseen says of the origin that it is full, not that it fails. */
  onStreamBroken(fault: OriginFault): void {
    if (fault !== 'unprocessed') this.#owner.onFailure();
  }

  onStreamOver(connection: Http2OriginConnection, stream: Http2OriginStream, use: StreamUse): void {
    if (use === 'waiting' && this.#timedOut(stream)) this.#owner.onFailure();
    stream.place?.end();
    this.#serve();
    this.#endUnused(connection);
    this.#owner.onRoom();
  }

  onGone(connection: Http2OriginConnection, fault: OriginFault | null, carried: number): void {
    this.#connections.delete(connection);
    const failed = this.#failedWith(connection, fault);
    for (const arrival of failed) this.#giveUp(arrival, fault ?? 'connect');
    const harmless = fault === null || (carried === 0 && connection.isConnected);
    if (!harmless && failed.length === 0) this.#owner.onFailure();
    this.#serve();
    this.#owner.onRoom();
  }

  onUnexpected(error: unknown): void {
    this.#owner.onUnexpected(error);
  }

  /** Whether one connection may carry the requests of several clients. */
  get #shares(): boolean {
    return this.#policy.sendProxy === 'off';
  }

  get #mayConnect(): boolean {
    return this.#connections.size < this.#policy.connectionsMax;
  }

  /** Streams that there are, and that are to be expected of connections in the making. */
  get #expected(): number {
    let count = 0;
    if (this.#shares) for (const connection of this.#connections) count += roomOf(connection);
    return count;
  }

  /** Hands streams to those who wait, in their order, and makes connections for the others. */
  #serve(): void {
    // A stream may be over before its exchange comes back: the loop that runs sees the room.
    if (this.#serving) return;
    this.#serving = true;
    try {
      for (let index = 0; index < this.#arrivals.length; ) {
        if (!this.#serveOne(this.#arrivals[index]!, index)) index++;
      }
      this.#connectForOthers();
    } finally {
      this.#serving = false;
    }
  }

  /** False where the exchange has to go on waiting. */
  #serveOne(arrival: Arrival, index: number): boolean {
    const { client, wish, own, place } = arrival;
    const connection = own === null ? this.#find(wish.once) : own.room > 0 ? own : null;
    if (connection === null) return false;
    if (wish.webSocket && !connection.carriesTunnels) {
      this.#giveUp(arrival, 'invalid');
    } else {
      this.#arrivals.splice(index, 1);
      const stream = connection.begin(client, wish.webSocket);
      stream.place = place;
      client.onOrigin(stream);
    }
    return true;
  }

  /** A connection with room; one that has been silent is asked first where the request must not be repeated. */
  #find(once: boolean): Http2OriginConnection | null {
    const freshMs = this.clock.nowMs() - FRESH_MS;
    for (const connection of this.#connections) {
      if (connection.room === 0) continue;
      if (!once || !connection.isIdle || connection.inputMs >= freshMs) return connection;
      connection.ask();
    }
    return null;
  }

  #connectForOthers(): void {
    if (!this.#shares) return;
    const waiting = this.#arrivals.length;
    while (waiting > this.#expected && this.#mayConnect) this.#connect(null);
  }

  /** @param client whom it serves where the origin is told; null for anybody */
  #connect(client: OriginClient | null): Http2OriginConnection {
    const connection = new Http2OriginConnection(this.#dialler.dial(client), this);
    connection.connectDeadlineMs = this.clock.nowMs() + this.#policy.connectTimeoutMs;
    this.#connections.add(connection);
    return connection;
  }

  /** Whom the end of a connection leaves without one: where it could not be made, all that wait for any. */
  #failedWith(connection: Http2OriginConnection, fault: OriginFault | null): readonly Arrival[] {
    const failsAll = fault !== null && !connection.isConnected && this.#expected === 0;
    return this.#arrivals.filter(({ own }) => own === connection || (own === null && failsAll));
  }

  #giveUp(arrival: Arrival, fault: OriginFault): void {
    const index = this.#arrivals.indexOf(arrival);
    if (index === -1) return;
    this.#arrivals.splice(index, 1);
    const { client, wish, tries, place, own } = arrival;
    own?.destroy();
    place.end();
    this.#owner.onConnectFailed(fault, client, wish, tries);
  }

  /** A connection that nobody uses is kept, unless it was made for one client or nobody keeps any. */
  #endUnused(connection: Http2OriginConnection): void {
    if (!connection.isConnected || !connection.isIdle) return;
    if (this.#closed ? this.#arrivals.length === 0 : !this.#shares) connection.leave();
  }

  /** The exchange gives up by itself when the time is over; a client that leaves earlier says nothing of the origin. */
  #timedOut({ sentMs }: Http2OriginStream): boolean {
    if (sentMs === 0) return false;
    return this.clock.nowMs() - sentMs >= this.#owner.responseTimeoutMs * TIMED_OUT_SHARE;
  }
}

function roomOf(connection: Http2OriginConnection): number {
  return connection.isPending ? Math.max(1, connection.streamsMax) : connection.room;
}
