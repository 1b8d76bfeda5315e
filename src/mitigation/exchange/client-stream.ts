/**
 * What an exchange needs of the client's side: a way to answer, to hold input back, and to be waited for.
 *
 * An HTTP/1.1 connection is one such stream after the other, an HTTP/2 or HTTP/3 connection many at once. An
 * exchange knows nothing else of the connection, so every protocol is judged and forwarded by the same code.
 */

import type { FieldBlock } from '../../http/field-block.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import type { Reply } from '../reply/reply.ts';
import type { ConnectionFacts } from './connection-facts.ts';

export interface ClientStream {
  /** Of the connection that carries the stream. */
  readonly facts: ConnectionFacts;
  /** Asks the client to go on with its body (RFC 9110 section 10.1.1). */
  sendContinue(): void;
  /** An interim response other than 100; dropped where the client's protocol knows none. */
  sendInterim(head: ResponseHead): void;
  /**
   * The head with the first data, `bytes[start, end)`; `done` where the answer ends with it. Octets in front of `start`
   * may be overwritten. `persist` false says that the exchange leaves the client's request in doubt or unread. Returns
   * false where the client reads too slowly; `onClientDrain` follows then.
   */
  sendHead(
    head: ResponseHead,
    bytes: Buffer,
    start: number,
    end: number,
    done: boolean,
    persist: boolean,
  ): boolean;
  /** More data; empty with `done` where only the end is left to say. */
  sendData(bytes: Buffer, start: number, end: number, done: boolean): boolean;
  /** Ends the answer with trailers; a protocol or client without them gets the end alone. */
  sendTrailers(trailers: FieldBlock): boolean;
  /** The node's own answer, whole. */
  sendReply(reply: Reply, persist: boolean): void;
  /** The origin has agreed to a WebSocket with `head`: from now on octets go both ways as they come. */
  openTunnel(head: ResponseHead): void;
  sendTunnel(bytes: Buffer): boolean;
  /** Something went through the tunnel. */
  touchTunnel(): void;
  pauseInput(): void;
  resumeInput(): void;
  /** When the exchange has to be over, whoever is waited for. */
  setOverallDeadline(deadlineMs: number): void;
  /** When the exchange will have waited too long, in monotonic milliseconds. */
  setExchangeDeadline(deadlineMs: number): void;
  /** The exchange has sent its last octet; `persist` as for `sendHead`. */
  exchangeDone(persist: boolean): void;
  /** Breaks the stream off, so that the client takes nothing it has got for a whole answer. */
  abort(): void;
}
