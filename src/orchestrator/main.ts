/**
 * The life of an orchestrator.
 *
 * It starts with the store, so that a second orchestrator on the same file is refused before it answers anybody;
 * then come the listeners. The end is the reverse: whoever waits is answered, requests in progress finish, what is
 * not on disk yet is written.
 */
import { dirname, join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { isLoopbackHost } from '../config/listen-address.ts';
import { ok, type Result } from '../core/result.ts';
import { systemTimers } from '../core/timers.ts';
import { assembleOrchestrator, type WebApp } from './assembly.ts';
import { FleetHub } from './channel/fleet-hub.ts';
import { runDuties } from './duties.ts';
import { type HttpListener, listenHttp } from './http-listener.ts';
import type { Ledger } from './ledger/ledger.ts';
import { openSqliteLedger } from './ledger/sqlite-ledger.ts';
import { type ListenOptions, NODES_MAX, type OrchestratorDeps, type OrchestratorOptions } from './options.ts';
import type { FleetStore, StoreFault } from './store/fleet-store.ts';
import { MemoryStore } from './store/memory-store.ts';
import { MEMORY } from './store/sqlite-file.ts';
import { openSqliteStore } from './store/sqlite-store.ts';

export interface RunningOrchestrator {
  /** Where the API is, without a slash at the end. */
  readonly url: string;
  readonly address: ListenOptions;
  /** Null where it was left out. */
  readonly metricsAddress: ListenOptions | null;
  /** Resolves when nothing of it is left; a second call is harmless. */
  close(): Promise<void>;
}

/** The orchestrator cannot run with these options on this machine, and why. */
export class OrchestratorStartError extends Error {
  override readonly name = 'OrchestratorStartError';
}

/** One for heartbeats, one for the long poll, and as many again for connections that died unnoticed and for people. */
const CONNECTIONS_PER_NODE = 4;
const METRICS_CONNECTIONS_MAX = 64;
/** How often a channel shows that it stands. */
const CHANNEL_BEAT_MS = 5000;
const LEDGER_FILE = 'ledger.db';

/** Starts the orchestrator; rejects with an `OrchestratorStartError` when it cannot run. */
export async function startOrchestrator(
  options: OrchestratorOptions,
  deps: OrchestratorDeps,
): Promise<RunningOrchestrator> {
  const { listen, metricsListen, tokens, nodesMax = NODES_MAX } = options;
  if (tokens.length === 0 && !isLoopbackHost(listen.host)) {
    throw new OrchestratorStartError(`${listen.host} is not a loopback address, and there is no token`);
  }
  const store = openStore(options, deps);
  if (!store.ok) throw new OrchestratorStartError(store.fault.message);
  const ledger = openLedger(options, deps);
  const hub = ledger.ok ? await FleetHub.load(ledger.value, deps.clock) : ledger;
  if (!ledger.ok || !hub.ok) {
    if (ledger.ok) await ledger.value.close();
    store.value.close();
    throw new OrchestratorStartError(hub.ok ? '' : hub.fault.message);
  }
  const parts = assembleOrchestrator(options, deps, store.value, hub.value);
  const listeners: HttpListener[] = [];
  const { duties } = parts;
  const endDuties = runDuties({ duties, inCharge: () => true, timers: systemTimers, logger: deps.logger });
  const beats = setInterval(() => hub.value.beat(), CHANNEL_BEAT_MS);
  const shutDown = async (): Promise<void> => {
    endDuties();
    clearInterval(beats);
    parts.stop();
    await Promise.all(listeners.map((listener) => listener.close()));
    parts.fleet.flush();
    await ledger.value.close();
    store.value.close();
  };
  try {
    const loaded = parts.fleet.load();
    if (!loaded.ok) throw new OrchestratorStartError(loaded.fault.message);
    listeners.push(await serve(listen, nodesMax * CONNECTIONS_PER_NODE, parts.api));
    if (metricsListen !== null) {
      listeners.push(await serve(metricsListen, METRICS_CONNECTIONS_MAX, parts.metricsPage));
    }
  } catch (error) {
    await shutDown();
    throw error;
  }
  return describeRunning(listeners, shutDown);
}

function describeRunning(
  listeners: readonly HttpListener[],
  shutDown: () => Promise<void>,
): RunningOrchestrator {
  const [api, metrics] = listeners.map(({ host, port }): ListenOptions => ({ host, port }));
  let closing: Promise<void> | null = null;
  return {
    url: `http://${formatPlace(api!)}`,
    address: api!,
    metricsAddress: metrics ?? null,
    close: () => {
      closing ??= shutDown();
      return closing;
    },
  };
}

function openStore(
  { store }: OrchestratorOptions,
  { clock }: OrchestratorDeps,
): Result<FleetStore, StoreFault> {
  return store.kind === 'memory' ? ok(new MemoryStore()) : openSqliteStore({ path: store.path, clock });
}

function openLedger({ store }: OrchestratorOptions, { clock }: OrchestratorDeps): Result<Ledger, StoreFault> {
  const path = store.kind === 'memory' ? MEMORY : join(dirname(store.path), LEDGER_FILE);
  return openSqliteLedger({ path, clock });
}

async function serve(listen: ListenOptions, connectionsMax: number, app: WebApp): Promise<HttpListener> {
  const handle = getRequestListener((request) => app.fetch(request), { overrideGlobalObjects: false });
  const listener = await listenHttp({ ...listen, connectionsMax }, handle);
  if (listener.ok) return listener.value;
  const { code, message } = listener.fault;
  const place = formatPlace(listen);
  throw new OrchestratorStartError(
    code === 'EADDRINUSE' ? `${place} is in use by another process` : `cannot listen on ${place}: ${message}`,
  );
}

function formatPlace({ host, port }: ListenOptions): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
