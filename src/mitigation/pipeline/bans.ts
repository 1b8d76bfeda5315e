/** Whether a client is banned now: by itself, or as part of a banned prefix. */
import type { Client } from '../client.ts';
import type { TrafficContext } from '../traffic-context.ts';

export function isBanned(client: Client, context: TrafficContext, nowMs: number): boolean {
  return context.bans.isBanned(client.key, nowMs) || context.denied.longestMatch(client.words) !== -1;
}
