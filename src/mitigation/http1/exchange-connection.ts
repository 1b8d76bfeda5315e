/**
 * What an exchange needs of the connection it runs on: a way to answer, to hold input back, and to be waited
 * for. An exchange knows nothing else of the connection, so that one of another protocol can carry it.
 */
import type { ForwardedBy } from '../../http/write-request.ts';
import type { Client } from '../client.ts';

/** The two ends of a client connection, as rules and logs ask for them. */
export interface Endpoints {
  readonly peerPort: number;
  /** Without brackets or port. */
  readonly localAddress: string;
  readonly localPort: number;
}

export interface ExchangeConnection extends ForwardedBy, Endpoints {
  readonly client: Client;
  /** Writes text of octets; false where the client reads too slowly and `onClientDrain` will follow. */
  writeText(text: string): boolean;
  writeBytes(bytes: Buffer): boolean;
  /** Writes `bytes[start, end)`. */
  writeRange(bytes: Buffer, start: number, end: number): boolean;
  /** Writes a response head and the first data, `bytes[dataStart, dataEnd)`, behind it in one piece. */
  writeHeadAndData(head: string, bytes: Buffer, dataStart: number, dataEnd: number): boolean;
  pauseInput(): void;
  resumeInput(): void;
  /** Keeps octets that belong to what comes after this exchange. */
  keep(bytes: Buffer): void;
  /** From now on octets go to the exchange as they come. */
  startTunnel(): void;
  /** Something went through the tunnel. */
  touchTunnel(): void;
  /** When the exchange has to be over, whoever is waited for. */
  setOverallDeadline(deadlineMs: number): void;
  /** When the exchange will have waited too long, in monotonic milliseconds. */
  setExchangeDeadline(deadlineMs: number): void;
  /** The exchange has written its last octet. */
  exchangeDone(keepAlive: boolean): void;
  /** Ends the connection without another word. */
  destroy(): void;
}
