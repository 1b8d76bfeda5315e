import type { NatsOptions } from '../connect-nats.ts';

/** How tests reach their own servers. */
export function natsOptionsFor(servers: readonly string[], prefix: string, replicas = 1): NatsOptions {
  return {
    ...{ servers, prefix, replicas, connectTimeoutMs: 5000, quickReconnects: 100 },
    ...{ user: null, password: null, token: null, credsPath: null, caPath: null },
    ...{ publishEvents: true, consumeCommands: true },
  };
}
