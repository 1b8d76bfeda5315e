/** Whether a client is banned now: by itself, as part of a banned prefix, or with the network it comes from. */
import type { Client } from '../client.ts';
import type { TrafficContext } from '../traffic-context.ts';

export function isBanned(client: Client, context: TrafficContext, nowMs: number): boolean {
  const { prefixes, networks } = context.denied;
  if (context.bans.isBanned(client.key, nowMs) || prefixes.longestMatch(client.words) !== -1) return true;
  return networks.size > 0 && context.geo !== null && networks.has(context.geo.asnOf(client.words));
}
