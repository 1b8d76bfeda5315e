/**
 * The request half of a stream: how much of the body has come, whether that agrees with what was said, and for how much of
 * it the client's windows may be opened again. What the exchange does not want yet stays uncredited, so that a client can
 * have no more on its way than its windows.
 */
import { ReceiveWindow } from './receive-window.ts';

/** What the half needs of its connection. */
export interface InputHost {
  readonly output: { windowUpdate(streamId: number, increment: number): void };
  /** Octets of data that have come over the connection are not held any more. */
  takeInput(bytes: number): void;
}

export class StreamInput {
  /** Whether the client has ended its request. */
  closed = false;
  /** Octets of data so far. */
  received = 0;
  /** Octets that the data has to add up to, or -1 where the request does not say. */
  expected = -1;
  readonly #streamId: number;
  readonly #host: InputHost;
  readonly #window: ReceiveWindow;
  #paused = false;
  /** Octets that are held, for which windows stay as they are. */
  #held = 0;
  /** Whether more of the request is wanted at all. */
  #wanted = true;

  constructor(streamId: number, host: InputHost, windowBytes: number) {
    this.#streamId = streamId;
    this.#host = host;
    this.#window = new ReceiveWindow(windowBytes, windowBytes);
  }

  /** A DATA frame begins; false where the window does not allow for it. */
  admit(frameLength: number): boolean {
    return this.#window.receive(frameLength);
  }

  /** Data has come, the last of it where `end`; false where it contradicts the request's length (RFC 9113 section 8.1.1). */
  count(bytes: number, end: boolean): boolean {
    this.received += bytes;
    if (end) this.closed = true;
    if (this.expected === -1) return true;
    return end ? this.received === this.expected : this.received <= this.expected;
  }

  /** Octets go on at once, or were padding. */
  take(bytes: number): void {
    if (bytes === 0) return;
    this.#host.takeInput(bytes);
    this.#window.take(bytes);
    const increment = this.closed || !this.#wanted ? 0 : this.#window.increment();
    if (increment > 0) this.#host.output.windowUpdate(this.#streamId, increment);
  }

  /** Octets go to the exchange, which may have asked for a pause. */
  pass(bytes: number): void {
    if (this.#paused) this.hold(bytes);
    else this.take(bytes);
  }

  /** Octets are kept until `resume`. */
  hold(bytes: number): void {
    this.#held += bytes;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    const held = this.#held;
    this.#held = 0;
    this.take(held);
  }

  /** Nothing more of the request is wanted, and nothing is held. */
  stop(): void {
    this.#wanted = false;
    this.resume();
  }
}
