/** What the phases see of a request and of its body; an exchange is one, and nothing else of it is seen. */
import type { RequestHead } from '../../http/request-head.ts';
import type { Inspection } from '../../waf/inspector.ts';
import type { Client } from '../client.ts';
import type { ConnectionFacts } from '../exchange/connection-facts.ts';
import type { LimitPolicy } from '../limits/limit-policy.ts';
import type { SiteFault } from '../sites/site-table.ts';
import type { SitePolicy, Snapshot } from '../snapshot.ts';

export interface JudgedRequest {
  readonly head: RequestHead;
  /** The name that client and log know the request by. */
  readonly requestId: string;
  readonly connection: ConnectionFacts;
  readonly client: Client;
  /** Whether a trusted proxy speaks for the client, so that admission has judged the proxy only. */
  readonly forwarded: boolean;
  readonly snapshot: Snapshot;
  /** Where the request belongs, or `snapshot.sites.none`. */
  readonly site: SitePolicy;
  /** Why it belongs nowhere; null where it does. */
  readonly siteFault: SiteFault | null;
  /** Monotonic time at which the head was complete. */
  readonly startMs: number;
  /** What the firewall does with the request, from its first phase on; null before it and without a firewall. */
  inspection: Inspection | null;
  /** The limit that refused the request, or else the first that would have; null where all had room. */
  limited: LimitPolicy | null;
}

export interface CollectedBody {
  /** Octets that are here. */
  readonly collected: number;
  /** Whether that is the whole body. */
  readonly complete: boolean;
  /** What is here, as one run of octets. */
  peek(): Buffer;
}
