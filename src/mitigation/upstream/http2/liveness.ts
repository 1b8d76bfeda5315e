/**
 * Whether a connection to an origin is still alive: by what comes over it, by asking with a PING where that is in doubt,
 * and by whether what has begun to come also ends.
 */
import type { Http2Session } from '../../http2/session.ts';

/** How long a connection that was asked may take to say that it is still there. */
const ASKED_MS = 2000;
/** How long a frame or a field block may take from its first octet to its last. */
const PART_MS = 10_000;

export class Liveness {
  /** Monotonic time at which something came last. */
  inputMs: number;
  readonly #session: Http2Session;
  /** While it is asked: when it has to have answered, and how many answers there were before. */
  #askedDeadlineMs = Number.POSITIVE_INFINITY;
  #pongsBefore = 0;
  #partDeadlineMs = Number.POSITIVE_INFINITY;
  /** How many frames were whole when the part at hand began. */
  #partAfter = 0;

  constructor(session: Http2Session, nowMs: number) {
    this.#session = session;
    this.inputMs = nowMs;
  }

  get isAsked(): boolean {
    return this.#askedDeadlineMs !== Number.POSITIVE_INFINITY;
  }

  /** A PING goes out. */
  ask(nowMs: number): void {
    this.#askedDeadlineMs = nowMs + ASKED_MS;
    this.#pongsBefore = this.#session.pingsAcknowledged;
  }

  /** A read is through; true where it has brought the answer that was asked for. */
  afterRead(): boolean {
    this.#watchPart();
    if (!this.isAsked || this.#session.pingsAcknowledged === this.#pongsBefore) return false;
    this.#askedDeadlineMs = Number.POSITIVE_INFINITY;
    return true;
  }

  /** Whether it was asked and has not answered. */
  isMute(nowMs: number): boolean {
    return this.#askedDeadlineMs < nowMs;
  }

  /** Whether a frame has not become whole in time, however its pieces are spread. */
  isStuck(nowMs: number): boolean {
    return this.#partDeadlineMs < nowMs;
  }

  #watchPart(): void {
    const { incomplete, completed } = this.#session;
    if (!incomplete) {
      this.#partDeadlineMs = Number.POSITIVE_INFINITY;
    } else if (this.#partDeadlineMs === Number.POSITIVE_INFINITY || completed !== this.#partAfter) {
      this.#partAfter = completed;
      this.#partDeadlineMs = this.inputMs + PART_MS;
    }
  }
}
