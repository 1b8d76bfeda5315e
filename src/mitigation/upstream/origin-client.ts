/** Who asks an upstream for an origin, and what it asks for. */
import type { Client } from '../client.ts';
import type { Endpoints } from '../exchange/connection-facts.ts';
import type { OriginListener, OriginStream } from '../exchange/origin-stream.ts';
import type { Priority } from '../pipeline/priority.ts';

/** An exchange in need of an origin. */
export interface OriginClient extends OriginListener {
  /** Whom the request comes from and over which connection, for origins that are told by the PROXY protocol. */
  readonly client: Client;
  readonly connection: Endpoints;
  /** Called once, at once or later; or else `onOriginFault`. */
  onOrigin(stream: OriginStream): void;
}

/** Looked at until the wish is fulfilled, so its fields must not change before. */
export interface OriginWish {
  /** The request must not be repeated, so a connection that may have gone stale will not do. */
  readonly once: boolean;
  readonly priority: Priority;
  /** Where a client belongs; looked at only where there are several origins, so it may be a getter. */
  readonly hash: number;
  /** Whether the stream must be able to become a tunnel. */
  readonly webSocket: boolean;
  /** An origin that has failed the request before, or ''. */
  readonly avoid: string;
}
