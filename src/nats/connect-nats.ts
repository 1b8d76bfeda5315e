/**
 * The connection to NATS: who we are, where the servers are, and how patiently one comes back to them.
 *
 * Once made it never gives up by itself. A server that went away is sought quickly at first and slowly afterwards, with
 * jitter, for ever; whatever is asked meanwhile runs into the deadline of the one who asked.
 */
import { readFileSync } from 'node:fs';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { messageOf } from '../core/error-message.ts';
import type { Logger } from '../core/logger.ts';
import { fail, ok, type Result } from '../core/result.ts';

export interface NatsOptions {
  /** `nats://` or `tls://`; any of them leads to the others of a cluster. */
  readonly servers: readonly string[];
  readonly user: string | null;
  readonly password: string | null;
  readonly token: string | null;
  /** A file with a user's JWT and seed. */
  readonly credsPath: string | null;
  /** A file with the authorities that the servers' certificates come from; null for those of the system. */
  readonly caPath: string | null;
  /** In which the first connection must be made. */
  readonly connectTimeoutMs: number;
  /** Attempts to connect again that follow each other quickly. */
  readonly quickReconnects: number;
  /** What names of streams, buckets and subjects begin with. */
  readonly prefix: string;
  /** Servers that keep a copy of each stream and bucket; counts when they are made. */
  readonly replicas: number;
  readonly publishEvents: boolean;
  readonly consumeCommands: boolean;
}

export interface NatsDeps {
  /** Shown in the server's list of connections. */
  readonly name: string;
  readonly logger: Logger;
  /** For the spread of pauses; nothing secret hangs on it. */
  readonly random: () => number;
}

const QUICK_PAUSE_MS = 250;
const SLOW_PAUSE_MS = 5000;
/** A server that does not answer two of these in a row is given up for another. */
const PING_MS = 5000;

/** Whether the servers are told who asks. */
export function hasCredentials({ user, token, credsPath }: NatsOptions): boolean {
  return user !== null || token !== null || credsPath !== null;
}

/** Connects; never rejects. The fault names the servers, never a secret. */
export async function connectNats(
  options: NatsOptions,
  deps: NatsDeps,
): Promise<Result<NatsConnection, string>> {
  let failures = 0;
  try {
    const connection = await connect({
      ...credentialsOf(options),
      servers: [...options.servers],
      name: deps.name,
      timeout: options.connectTimeoutMs,
      maxReconnectAttempts: -1,
      ignoreAuthErrorAbort: true,
      pingInterval: PING_MS,
      maxPingOut: 2,
      reconnectDelayHandler: () => {
        const pauseMs = failures < options.quickReconnects ? QUICK_PAUSE_MS : SLOW_PAUSE_MS;
        failures += 1;
        return pauseMs * (0.5 + deps.random());
      },
      ...(options.caPath === null ? {} : { tls: { caFile: options.caPath } }),
    });
    void followStatus(connection, deps.logger, () => {
      failures = 0;
    });
    return ok(connection);
  } catch (error) {
    return fail(`NATS at ${options.servers.join(', ')}: ${messageOf(error)}`);
  }
}

function credentialsOf({ user, password, token, credsPath }: NatsOptions) {
  if (credsPath !== null) return { authenticator: credsAuthenticator(readFileSync(credsPath)) };
  if (token !== null) return { token };
  return user === null ? {} : { user, pass: password ?? '' };
}

async function followStatus(
  connection: NatsConnection,
  logger: Logger,
  onReconnect: () => void,
): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') logger.warn('The connection to NATS broke', { server: status.server });
    if (status.type === 'error') logger.warn('NATS reports a fault', { error: status.error.message });
    if (status.type !== 'reconnect') continue;
    onReconnect();
    logger.info('The connection to NATS stands again', { server: status.server });
  }
}
