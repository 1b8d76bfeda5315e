/**
 * What an origin's connections are to the rest of the upstream: a source of streams, whatever protocol they speak.
 *
 * Over HTTP/1.1 every stream has a connection for itself; a protocol that shares connections hands out many streams of
 * one. A pool decides nothing about which request goes where: it is asked only while it has room.
 */
import type { OriginFault } from '../exchange/origin-stream.ts';
import type { TurnClock } from '../turn-clock.ts';
import type { OriginClient, OriginWish } from './origin-client.ts';
import type { OriginPlace } from './origin-places.ts';
import type { OriginPolicy } from './upstream-policy.ts';

export interface StreamPool {
  /** Connections in any state. */
  readonly open: number;
  /** Streams that it can have at once. */
  readonly streamsMax: number;
  /** Whether one more stream can be had now, or as soon as a connection is made. */
  readonly hasRoom: boolean;
  /** Whether its streams can become tunnels. */
  readonly carriesTunnels: boolean;
  /** Hands out a stream, at once or later, or reports that connecting failed; only while there is room. */
  acquire(client: OriginClient, wish: OriginWish, tries: Tries): void;
  /** Takes a wish back whose stream has not come yet; false where there is none of this client. */
  cancel(client: OriginClient): boolean;
  /** New limits for what comes; a changed address retires what is idle. */
  configure(policy: OriginPolicy): void;
  /** Ends what has connected or idled too long; called a few times a second. */
  sweep(nowMs: number): void;
  /** Closes what is idle, and what is in use as soon as it is given back. */
  close(): void;
}

/** Origins that could not be connected to for one request; null as long as that is none. */
export type Tries = readonly string[] | null;

/** Who hears what becomes of streams; each stream begins with `onStreamBegun` and ends its place. */
export interface StreamPoolOwner {
  readonly id: string;
  readonly clock: TurnClock;
  /** An exchange waits for a connection, or has got a stream: what it holds until the stream is over. */
  onStreamBegun(client: OriginClient, wish: OriginWish): OriginPlace;
  /** The head of an answer has come, `latencyMs` after the request was sent whole, or began where it is not yet. */
  onAnswer(status: number, latencyMs: number): void;
  /** The origin failed an exchange. */
  onFailure(): void;
  onConnected(): void;
  /** `client` is null where it has gone meanwhile. */
  onConnectFailed(fault: OriginFault, client: OriginClient | null, wish: OriginWish, tries: Tries): void;
  /** There may be room where there was none. */
  onRoom(): void;
  onUnexpected(error: unknown): void;
  /** How long an origin may take to answer before it counts as a failure. */
  readonly responseTimeoutMs: number;
}
