/**
 * What the pipeline returns about one request when it has ended: plain data for counters and log lines.
 *
 * Text that a client chose is cut here to its bound, so a record has a bounded size while it waits.
 */
import type { Reason } from '../../core/reasons.ts';

/** What is counted of a request; an object of the pipeline may be passed as it is. */
export interface RequestOutcome {
  readonly method: string;
  /** The answered status; 0 where the client was gone before an answer. */
  readonly status: number;
  /** Why the request was refused or failed; null where the origin's answer was passed on. */
  readonly reason: Reason | null;
  /** Rules that matched, the one that decided in front; also where they were only observed. */
  readonly ruleIds: readonly string[];
  /** Bytes of the bodies, or of a tunnel, from the client and to it; headers are left out. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** From the complete head to the last byte of the answer given to the socket, in milliseconds. */
  readonly durationMs: number;
  /** From handing the request to an origin to the last byte of its answer; null where none was asked. */
  readonly originMs: number | null;
}

/** What is logged of a request. */
export interface RequestRecord extends RequestOutcome {
  /** The id that the client sees on a refusal. */
  readonly requestId: string;
  /** When the head was complete, in milliseconds since 1970. */
  readonly wallMs: number;
  /** The address that limits and bans count against. */
  readonly clientIp: string;
  /** The request target as received, at most `TARGET_LENGTH_MAX` long. */
  readonly target: string;
  readonly host: string;
  /** The name of the site; '' for none, and on a node without a list of sites. */
  readonly site: string;
  readonly userAgent: string;
  /** JA4 of the client's TLS handshake; '' for none. */
  readonly ja4: string;
  /** The limit that refused the request, or without a reason would have; '' for none. */
  readonly limit: string;
  /** What exactly was wrong: a fault's name, or label, place and text of the first match; empty where nothing was. */
  readonly detail: string;
  /** Such as `HTTP/1.1`. */
  readonly protocol: string;
}

export const TARGET_LENGTH_MAX = 2048;
export const USER_AGENT_LENGTH_MAX = 512;
export const HOST_LENGTH_MAX = 255;
export const DETAIL_LENGTH_MAX = 256;
export const METHOD_LENGTH_MAX = 32;

/** Cuts client text for a record. */
export function capped(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : text.slice(0, lengthMax);
}
