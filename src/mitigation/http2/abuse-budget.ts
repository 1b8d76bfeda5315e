/**
 * What a client may cost without bringing anything forward, as one budget for all kinds of abuse of HTTP/2.
 *
 * Single counters per kind of frame are mixed past, and a fixed count is tuned past. So whatever brings no progress is
 * charged to one account, which is paid off slowly with time. A client whose debt reaches the capacity is cut off, and
 * that is a violation of its address: a new connection has a new account, but repeating leads to a ban.
 *
 * The costs below are for the default capacity of 1000. They follow from what a client at worst may do before it is
 * cut off, and from what honest ones do:
 *
 *   - Work that is thrown away costs most: 200 cancelled requests, 100 resets that a client provokes. A browser that
 *     leaves a page with a hundred images loading spends half of the account, and has it back before the third page.
 *   - A field block cut into small pieces has no honest use: 40 pieces. Pieces of the size that real ones have cost little.
 *   - Any other frame that changes nothing: about 830 in a row, whatever the mix. A ping or a setting now and then is
 *     paid off at once.
 *   - Frames that answer our own are free, within reason: WINDOW_UPDATE and PING for data sent, as clients of gRPC send
 *     them for each message, PRIORITY for requests answered.
 *   - So is data that is shorter than the shortest message of gRPC, as long as answers come back for it.
 *
 * A client that holds its windows at zero is charged by the time it does so, see `stalled`.
 */

/** A request cancelled before its answer began: work for nothing (CVE-2023-44487). */
export const CANCELLED = 5;
/** A request cancelled while its answer was under way. */
export const CANCELLED_LATE = 2;
/** A stream error that the client provoked, which cancels as well (CVE-2025-8671). */
export const PROVOKED_RESET = 10;
/** A stream beyond those allowed at once: it was told, but perhaps too late. */
export const REFUSED = 2;
/** A field block over its limits; decoding it was for nothing. */
export const REFUSED_BLOCK = 20;
/** A piece of a field block that is smaller than pieces are for; others carry something. */
export const SMALL_CONTINUATION = 25;
export const CONTINUATION_PIECE = 3;
export const EMPTY_DATA = 2;
/** Each walks over all streams. */
export const SETTINGS_CHANGE = 4;
/** Frames that change nothing, or only what we hold for the client. */
export const IDLE_FRAME = 1.2;

/** Of the capacity: 120 cancelled requests, fewer than may be open at once. */
const STRAINED_SHARE = 0.6;

/** Pieces of a field block from this size on are what large blocks are cut into. */
const CONTINUATION_BYTES = 1024;
/** Pieces of data from this size on are free: an empty message of gRPC. */
const DATA_BYTES = 5;
/** Octets that a field block may decode to for nothing: large cookies are sent as references with each request. */
const DECODED_BYTES_FREE = 8192;
const DECODED_RATIO_FREE = 16;
const DECODED_BYTES_PER_UNIT = 2048;
/** Data sent that lets the client answer with one frame for free. */
const SENT_BYTES_PER_FREE_FRAME = 1024;
/** The least that a frame of ours allows for: two windows, and a ping to measure the line. */
const FREE_FRAMES_PER_FRAME = 3;
/** What clients answer to four megabytes on their way to them. */
const FREE_FRAMES_MAX = 2048;
const FREE_FRAMES_FIRST = 50;
/** Paid back for a request that came to its end. */
const ANSWERED = 0.5;
/** Streams that may stand still at once because of a window at zero, and the cost of each further one, per second. */
const STALLED_STREAMS_FREE = 4;
const STALLED_PER_SECOND = 2;

export interface AbusePolicy {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

export class AbuseBudget {
  readonly #policy: AbusePolicy;
  #debt = 0;
  #freeFrames: number = FREE_FRAMES_FIRST;
  #lastMs: number;

  constructor(policy: AbusePolicy, nowMs: number) {
    this.#policy = policy;
    this.#lastMs = nowMs;
  }

  /** Whether the client has to be cut off. */
  get exceeded(): boolean {
    return this.#debt >= this.#policy.capacity;
  }

  /** Whether the client is close to that: its requests have to wait, so that those it cancels reach no origin. */
  get strained(): boolean {
    return this.#debt >= this.#policy.capacity * STRAINED_SHARE;
  }

  /** Time has passed. */
  refill(nowMs: number): void {
    const seconds = (nowMs - this.#lastMs) / 1000;
    if (seconds <= 0) return;
    this.#lastMs = nowMs;
    this.#debt = Math.max(0, this.#debt - seconds * this.#policy.refillPerSecond);
  }

  spend(cost: number): void {
    this.#debt += cost;
  }

  /** A frame that is free as long as it can be an answer to what was sent. */
  spendAnswering(): void {
    if (this.#freeFrames >= 1) this.#freeFrames--;
    else this.#debt += IDLE_FRAME;
  }

  /** A piece of a field block behind its first; `last` where the block ends with it. */
  spendContinuation(length: number, last: boolean): void {
    this.#debt += last || length >= CONTINUATION_BYTES ? CONTINUATION_PIECE : SMALL_CONTINUATION;
  }

  /** A DATA frame that does not end its stream. */
  spendData(length: number): void {
    if (length === 0) this.#debt += EMPTY_DATA;
    else if (length < DATA_BYTES) this.spendAnswering();
  }

  /** A field block of `encoded` octets that stands for `decoded`. */
  spendBlock(encoded: number, decoded: number): void {
    const excess = decoded - DECODED_BYTES_FREE - encoded * DECODED_RATIO_FREE;
    if (excess > 0) this.#debt += excess / DECODED_BYTES_PER_UNIT;
  }

  /** So many streams have had data for the client for a while, and a window at zero. Called every `elapsedMs`. */
  spendStalled(streams: number, elapsedMs: number): void {
    const excess = streams - STALLED_STREAMS_FREE;
    if (excess > 0) this.#debt += (excess * STALLED_PER_SECOND * elapsedMs) / 1000;
  }

  /**
   * Data has been sent, which the client may answer with frames of its own; `whole` where that was all there was, and not
   * what a window has left of it.
   */
  sent(bytes: number, whole: boolean): void {
    const frames = bytes / SENT_BYTES_PER_FREE_FRAME;
    this.#earn(whole ? Math.max(frames, FREE_FRAMES_PER_FRAME) : frames);
  }

  /** A request has been answered to its end. */
  answered(): void {
    this.#earn(2);
    this.#debt = Math.max(0, this.#debt - ANSWERED);
  }

  #earn(frames: number): void {
    this.#freeFrames = Math.min(FREE_FRAMES_MAX, this.#freeFrames + frames);
  }
}
