/**
 * Until when a client has to have done what it owes on an HTTP/2 connection, each for as long as it is owed, in monotonic
 * milliseconds. What single requests owe is kept by their streams.
 */
import {
  ENHANCE_YOUR_CALM,
  NO_ERROR,
  PROTOCOL_ERROR,
  SETTINGS_TIMEOUT,
} from '../../http/http2/frame-types.ts';

const SETTINGS_ACK_MS = 10_000;
/** How long the round trip of a draining connection may take. */
const DRAIN_ROUND_TRIP_MS = 1000;
const NEVER = Number.POSITIVE_INFINITY;

/** What is known of the frames of a session. */
export interface OwedFrames {
  readonly settingsReceived: boolean;
  readonly settingsAcknowledged: boolean;
  /** Whether a frame or a field block has begun and not ended. */
  readonly incomplete: boolean;
  /** Rises with every frame that is whole. */
  readonly completed: number;
}

export class ConnectionDeadlines {
  /** The connection has had no request for too long. */
  idleMs: number;
  /** The client has not read what waits for it. */
  blockedMs: number = NEVER;
  /** The last stream has to be named now, though the round trip is not over. */
  drainMs: number = NEVER;
  /** The client has not closed its side. */
  lingerMs: number = NEVER;
  readonly #prefaceMs: number;
  readonly #settingsMs: number;
  #partMs: number = NEVER;
  /** How many frames were whole when the part at hand began. */
  #partAfter = 0;

  constructor(nowMs: number, http: { readonly headerTimeoutMs: number; readonly idleTimeoutMs: number }) {
    this.#prefaceMs = nowMs + http.headerTimeoutMs;
    this.#settingsMs = nowMs + SETTINGS_ACK_MS;
    this.idleMs = nowMs + http.idleTimeoutMs;
  }

  /** Whatever stands incomplete must be whole in `headerTimeoutMs`, however its pieces are spread. */
  watchPart({ incomplete, completed }: OwedFrames, nowMs: number, headerTimeoutMs: number): void {
    if (!incomplete) {
      this.#partMs = NEVER;
    } else if (this.#partMs === NEVER || completed !== this.#partAfter) {
      this.#partAfter = completed;
      this.#partMs = nowMs + headerTimeoutMs;
    }
  }

  expectRoundTrip(nowMs: number): void {
    this.drainMs = nowMs + DRAIN_ROUND_TRIP_MS;
  }

  /** What the client is told that has broken the protocol by being late, or `NO_ERROR`. */
  breach({ settingsReceived, settingsAcknowledged }: OwedFrames, nowMs: number): number {
    if (!settingsReceived && this.#prefaceMs <= nowMs) return PROTOCOL_ERROR;
    if (!settingsAcknowledged && this.#settingsMs <= nowMs) return SETTINGS_TIMEOUT;
    return this.#partMs <= nowMs ? ENHANCE_YOUR_CALM : NO_ERROR;
  }
}
