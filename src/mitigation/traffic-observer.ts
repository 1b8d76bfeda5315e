/**
 * What the data path tells telemetry: plain facts, by calls that return at once and allocate nothing
 * unless a line has to be written later.
 */
import type { Reason } from '../core/reasons.ts';
import type { HttpFault } from '../http/faults.ts';
import type { RequestHead } from '../http/request-head.ts';
import type { Inspection } from '../waf/inspector.ts';
import type { Client } from './client.ts';
import type { ConnectionFacts } from './exchange/connection-facts.ts';
import type { LimitPolicy } from './limits/limit-policy.ts';
import type { SitePolicy, Snapshot } from './snapshot.ts';
import type { RequestOutcome } from './telemetry/request-record.ts';

/** An exchange that is over, as telemetry sees it. */
export interface FinishedExchange extends RequestOutcome {
  readonly requestId: string;
  readonly client: Client;
  readonly connection: ConnectionFacts;
  readonly head: RequestHead;
  /** What was wrong with a malformed request, or null. */
  readonly fault: HttpFault | null;
  /** What the firewall did; null where it saw nothing of the request. */
  readonly inspection: Inspection | null;
  /** The limit that refused the request, or without a refusal would have; null where all had room. */
  readonly limited: LimitPolicy | null;
  /** The policy that the request was judged by. */
  readonly snapshot: Snapshot;
  /** Where the request belongs, or `snapshot.sites.none`. */
  readonly site: SitePolicy;
}

export interface TrafficObserver {
  connectionOpened(): void;
  connectionClosed(): void;
  connectionRefused(reason: Reason, address: string): void;
  handshakeDone(version: string | null, resumed: boolean): void;
  /** Rules were run on a request; `ruleId` is the one that refused it. */
  inspected(milliseconds: number, ruleId: string | null): void;
  handshakeFailed(reason: Reason): void;
  /** The exchange is over; its fields hold until the call returns. */
  exchangeDone(exchange: FinishedExchange): void;
  /** The client reached the threshold of violations and was banned. */
  clientBanned(client: Client, durationMs: number, reason: Reason): void;
  /** Something threw that never should; the connection it happened on is given up. */
  unexpected(error: unknown): void;
}
