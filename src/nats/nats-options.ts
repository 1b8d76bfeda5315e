/** From the section of the configuration to what a connection needs. */
import type { Config } from '../config/schema.ts';
import type { NatsOptions } from './connect-nats.ts';

/** Null where NATS is off. */
export function natsOptionsOf({ nats }: Pick<Config, 'nats'>): NatsOptions | null {
  if (!nats.enabled) return null;
  return {
    servers: [...new Set([nats.server_url, ...nats.server_urls])],
    user: nats.user ?? null,
    password: nats.password ?? null,
    token: nats.token ?? null,
    credsPath: nats.creds_path ?? null,
    caPath: nats.ca_path ?? null,
    connectTimeoutMs: nats.connect_timeout * 1000,
    quickReconnects: nats.max_reconnects,
    prefix: nats.prefix,
    replicas: nats.replicas,
    publishEvents: nats.publish_events,
    consumeCommands: nats.consume_commands,
  };
}
