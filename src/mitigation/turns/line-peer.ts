/** What a client is to the line of those who wait for their turn. */
import type { Client } from '../client.ts';
import type { TrafficContext } from '../traffic-context.ts';

/** The peer of a connection. */
export interface LinePeer {
  readonly client: Client;
  /** Whether it is a listed proxy, which carries many clients. */
  readonly trusted: boolean;
}

/** Whether the client goes before others. */
export function goesFirst(
  { client, trusted }: LinePeer,
  { goodClients, clock }: Pick<TrafficContext, 'goodClients' | 'clock'>,
): boolean {
  return trusted || client.exempt || goodClients.isKnown(client.key, clock.nowMs());
}

/** What its share of the line counts under; null for one who may have any number waiting. */
export function shareKey({ client, trusted }: LinePeer): string | null {
  return trusted || client.exempt ? null : client.key.join();
}
