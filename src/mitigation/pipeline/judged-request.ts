/** What the phases see of a request and of its body; an exchange is one, and nothing else of it is seen. */
import type { RuleMatch } from '../../core/verdict.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { Client } from '../client.ts';
import type { Snapshot } from '../snapshot.ts';

export interface JudgedRequest {
  readonly head: RequestHead;
  readonly client: Client;
  /** Whether a trusted proxy speaks for the client, so that admission has judged the proxy only. */
  readonly forwarded: boolean;
  readonly snapshot: Snapshot;
  /** Monotonic time at which the head was complete. */
  readonly startMs: number;
  /** Rules that matched so far; phases set it, also where they only observe. */
  matches: readonly RuleMatch[];
}

export interface CollectedBody {
  /** Octets that are here. */
  readonly collected: number;
  /** Whether that is the whole body. */
  readonly complete: boolean;
  /** What is here, as one run of octets. */
  peek(): Buffer;
}
