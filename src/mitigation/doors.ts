/** The listeners for operators: metrics, and the management API behind its token. */
import { type ListenAddress, readListenAddress } from '../config/listen-address.ts';
import type { Config } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { createManagementServer } from './management/management-server.ts';
import { loadManagementToken } from './management/management-token.ts';
import { TokenGate } from './management/token-gate.ts';
import type { MitigationNode } from './node.ts';
import type { HttpListener } from './telemetry/http-listener.ts';
import { createMetricsServer } from './telemetry/metrics-server.ts';

export interface DoorOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly node: MitigationNode;
}

export interface Doors {
  /** Where the metrics are; null where they are switched off. */
  readonly metrics: ListenAddress | null;
  readonly management: ListenAddress | null;
  /** Puts what of a reloaded configuration concerns the doors in force. */
  configure(config: Config): void;
  close(): Promise<void>;
}

/** Opens what the configuration asks for; a fault says what could not be had, and nothing stays open. */
export async function openDoors(options: DoorOptions): Promise<Result<Doors, readonly string[]>> {
  const metrics = await openMetrics(options);
  if (!metrics.ok) return fail([metrics.fault]);
  const management = await openManagement(options);
  if (!management.ok) {
    await metrics.value?.close();
    return fail([management.fault]);
  }
  const door = management.value;
  return ok({
    metrics: metrics.value?.address ?? null,
    management: door?.listener.address ?? null,
    configure: (config) => door?.gate.replaceToken(config.management.auth_token ?? door.fileToken),
    close: async () => {
      await Promise.all([metrics.value?.close(), door?.listener.close()]);
    },
  });
}

async function openMetrics({
  config,
  clock,
  logger,
  node,
}: DoorOptions): Promise<Result<HttpListener | null, string>> {
  if (!config.metrics.enabled) return ok(null);
  const server = createMetricsServer({
    ...readListenAddress(config.metrics.listen_addr),
    clock,
    logger,
    readFamilies: () => node.metrics(),
    readHealth: () => node.health(),
  });
  return open('metrics.listen_addr', config.metrics.listen_addr, () => server.start());
}

interface ManagementDoor {
  readonly listener: HttpListener;
  readonly gate: TokenGate;
  /** The token to fall back to when the configuration names none any more. */
  readonly fileToken: string;
}

async function openManagement(options: DoorOptions): Promise<Result<ManagementDoor | null, string>> {
  const { config, clock, logger, node } = options;
  const { enabled, listen_addr, auth_token } = config.management;
  if (!enabled) return ok(null);
  const token = await loadManagementToken({ configured: auth_token ?? null, stateDir: config.state.dir });
  if (!token.ok) return token;
  const gate = new TokenGate(token.value.token, clock);
  const { host, port } = readListenAddress(listen_addr);
  const server = createManagementServer({ control: node, gate, clock, logger, listenHost: host, port });
  const listener = await open('management.listen_addr', listen_addr, () => server.start());
  return listener.ok ? ok({ listener: listener.value, gate, fileToken: token.value.token }) : listener;
}

async function open(
  key: string,
  address: string,
  start: () => Promise<HttpListener>,
): Promise<Result<HttpListener, string>> {
  try {
    return ok(await start());
  } catch (error) {
    return fail(`${key} ${address} cannot be used (${codeOf(error)}); is another node running?`);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
