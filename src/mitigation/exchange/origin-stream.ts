/**
 * The origin's side of one exchange: a request goes in, a response comes back to its listener.
 *
 * Over HTTP/1.1 the stream has a connection for itself, over HTTP/2 it is one of many on a connection.
 */
import type { FieldBlock } from '../../http/field-block.ts';
import type { ResponseHead } from '../../http/response-head.ts';

/** Who is served by the stream; every method may end the exchange. */
export interface OriginListener {
  /** Of the request, on which the reading of its response depends. */
  readonly method: string;
  /** Whether the client has said that it takes trailers (RFC 9110 section 10.1.4). */
  readonly takesTrailers: boolean;
  /** An interim response (1xx other than 101). */
  onInterim(head: ResponseHead): void;
  /** A final head, or 101, with the first run of data that came along; `done` where the answer ends with it. */
  onResponse(head: ResponseHead, bytes: Buffer, dataStart: number, dataEnd: number, done: boolean): void;
  /** More data of the body; empty with `done` where only the end was left to say. */
  onResponseData(bytes: Buffer, dataStart: number, dataEnd: number, done: boolean): void;
  /** The answer ends with trailers; they are valid during the call only. */
  onResponseTrailers(trailers: FieldBlock): void;
  /** Octets of a tunnel after 101. */
  onTunnelData(bytes: Buffer): void;
  onTunnelEnd(): void;
  /** The stream broke or brought something else than HTTP; `started` where a response had begun. */
  onOriginFault(fault: OriginFault, started: boolean): void;
  onOriginDrain(): void;
}

/** `shed`: given up for requests that go first. `unprocessed`: the origin says that it has not looked at the request (RFC 9113 section 8.7). */
export type OriginFault =
  | 'closed'
  | 'invalid'
  | 'connect'
  | 'connect_timeout'
  | 'busy'
  | 'none_healthy'
  | 'shed'
  | 'unprocessed';

export interface OriginStream {
  /** The origin that it leads to. */
  readonly originId: string;
  /** Whether its connection has served an exchange before: only then may a silent close be a stale reuse. */
  readonly reused: boolean;
  /**
   * Sends the request: `head` as `writeRequestHead` wrote it, `framing` and what is there of the body. `complete` where
   * nothing follows. Returns false to ask for a pause until `onOriginDrain`.
   */
  sendRequest(head: string, framing: number, body: Buffer, complete: boolean): boolean;
  /** More of the body. */
  sendData(bytes: Buffer): boolean;
  /** The body is over, with trailers where the origin's protocol passes them on; null for none. */
  endRequest(trailers: FieldBlock | null): void;
  /** Octets of a tunnel. */
  sendTunnel(bytes: Buffer): boolean;
  /** Ends the sending side of a tunnel. */
  endTunnel(): void;
  /** Holds the response back, and lets it go on. */
  pause(): void;
  resume(): void;
  /** Gives the stream back after a response that ended cleanly; `requestSent` where the request had been sent whole. */
  release(requestSent: boolean): void;
  /** Ends it at once; the exchange hears nothing more. */
  destroy(): void;
}
