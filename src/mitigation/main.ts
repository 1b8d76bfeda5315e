/**
 * A whole mitigation node, put together and taken apart in order: traffic first, then the doors for
 * operators, then the link to the orchestrator; and the other way round.
 */
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { type ListenAddress, parseListenAddress } from '../config/listen-address.ts';
import type { Config } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { createManagementServer } from './management/management-server.ts';
import { loadManagementToken } from './management/management-token.ts';
import { TokenGate } from './management/token-gate.ts';
import { MitigationNode, type NodeLog } from './node.ts';
import type { NodeControl } from './node-control.ts';
import type { HttpListener } from './telemetry/http-listener.ts';
import { createMetricsServer } from './telemetry/metrics-server.ts';

export interface NodeStart {
  readonly config: Config;
  readonly log: NodeLog;
  readonly clock: Clock;
  readonly version: string;
  readonly readConfig: () => Result<Config, readonly string[]>;
  readonly onTerminate: (graceSeconds: number) => void;
}

export interface RunningNode {
  readonly control: NodeControl;
  /** Where things listen; the ports are the real ones where 0 was configured. */
  readonly addresses: {
    readonly traffic: ListenAddress;
    readonly metrics: ListenAddress | null;
    readonly management: ListenAddress | null;
  };
  /** Drains and ends everything, within the grace period and a little. */
  stop(graceSeconds: number): Promise<void>;
}

/** Starts a node; a fault says what could not be had, and everything that had started is stopped again. */
export async function startNode(start: NodeStart): Promise<Result<RunningNode, readonly string[]>> {
  const { config, log, clock } = start;
  const listen = readAddress(config.network.listen_addr);
  const taken = await findTaken(listen, 'network.listen_addr');
  if (taken !== null) return fail([taken]);
  const node = await MitigationNode.start({
    config,
    listen,
    workers: config.network.workers === 0 ? availableParallelism() : config.network.workers,
    version: start.version,
    clock,
    log,
    readConfig: start.readConfig,
    readSystem: () => ({
      cpuPercent: 0,
      memoryPercent: 0,
      residentBytes: process.memoryUsage.rss(),
      packetsPerSecond: 0,
    }),
    linkState: () => 'off',
    onPolicy: () => undefined,
    onTerminate: start.onTerminate,
  });
  if (!node.ok) return node;
  const doors = await openDoors(start, node.value);
  if (!doors.ok) {
    await node.value.stop(0);
    return doors;
  }
  const traffic = { host: listen.host, port: node.value.port };
  log.info('Node is listening', {
    address: `${traffic.host}:${traffic.port}`,
    backend: config.network.backend_addr,
  });
  return ok({
    control: node.value,
    addresses: {
      traffic,
      metrics: doors.value.metrics?.address ?? null,
      management: doors.value.management?.address ?? null,
    },
    stop: async (graceSeconds) => {
      const cut = await node.value.stop(graceSeconds);
      await Promise.all([doors.value.metrics?.close(), doors.value.management?.close()]);
      log.info('Node has ended', { connections_cut: cut });
    },
  });
}

interface Doors {
  readonly metrics: HttpListener | null;
  readonly management: HttpListener | null;
}

/** Opens the listeners for operators: metrics, and the management API behind its token. */
async function openDoors(start: NodeStart, node: MitigationNode): Promise<Result<Doors, readonly string[]>> {
  const { config, clock, log: logger } = start;
  const { metrics, management } = config;
  const opened: Doors[] = [];
  try {
    const scrape = metrics.enabled ? await openMetrics(start, node) : null;
    opened.push({ metrics: scrape, management: null });
    if (!management.enabled) return ok({ metrics: scrape, management: null });
    const token = await loadManagementToken({
      configured: management.auth_token ?? null,
      stateDir: config.state.dir,
    });
    if (!token.ok) {
      await scrape?.close();
      return fail([token.fault]);
    }
    const address = readAddress(management.listen_addr);
    const gate = new TokenGate(token.value.token, clock);
    const server = createManagementServer({
      control: node,
      gate,
      clock,
      logger,
      listenHost: address.host,
      port: address.port,
    });
    return ok({ metrics: scrape, management: await server.start() });
  } catch (error) {
    await Promise.all(opened.map((doors) => doors.metrics?.close()));
    return fail([`A listener for operators could not be opened: ${messageOf(error)}`]);
  }
}

function openMetrics({ config, clock, log: logger }: NodeStart, node: MitigationNode): Promise<HttpListener> {
  return createMetricsServer({
    ...readAddress(config.metrics.listen_addr),
    clock,
    logger,
    readFamilies: () => node.metrics(),
    readHealth: () => {
      const { state, workers } = node.status();
      return { state, workersAlive: workers.alive };
    },
  }).start();
}

/**
 * Whether another process has the address. Workers share theirs with SO_REUSEPORT, which would let a second
 * node take half of the first one's connections without a word; this listener does not, so it notices.
 */
function findTaken(address: ListenAddress, key: string): Promise<string | null> {
  return new Promise((resolve) => {
    if (address.port === 0) {
      resolve(null);
      return;
    }
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      resolve(
        `${key} ${address.host}:${address.port} cannot be used (${error.code ?? error.message}); is another node running?`,
      );
    });
    probe.listen({ host: address.host, port: address.port, exclusive: true }, () => {
      probe.close(() => resolve(null));
    });
  });
}

/** The configuration is valid, so its addresses are readable. */
function readAddress(text: string): ListenAddress {
  const address = parseListenAddress(text);
  if (!address.ok) throw new Error(`${text} ${address.fault.message}`);
  return address.value;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
