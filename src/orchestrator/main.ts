/**
 * The life of an orchestrator.
 *
 * It starts with the store, so that a second orchestrator on the same file is refused before it answers anybody;
 * then come the listeners. The end is the reverse: whoever waits is answered, requests in progress finish, what is
 * not on disk yet is written.
 */
import { randomBytes } from 'node:crypto';
import { getRequestListener } from '@hono/node-server';
import { formatListenAddress, isLoopbackHost } from '../config/listen-address.ts';
import { systemTimers } from '../core/timers.ts';
import { peerOf, type RequestBindings } from './api/peer.ts';
import { assembleOrchestrator, type WebApp } from './assembly.ts';
import type { Balancer } from './balance/balancer.ts';
import { FleetHub } from './channel/fleet-hub.ts';
import { addressChoice } from './dns/address-choice.ts';
import { DnsListener } from './dns/dns-listener.ts';
import { ResponseLimit } from './dns/response-limit.ts';
import { runDuties } from './duties.ts';
import { openEngine } from './engine.ts';
import { type HttpListener, type HttpListenerOptions, listenHttp } from './http-listener.ts';
import { openIdentity } from './identity/open-identity.ts';
import { type ListenOptions, NODES_MAX, type OrchestratorDeps, type OrchestratorOptions } from './options.ts';

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

/** For heartbeats, the long poll, the channel and reports, and more for connections that died unnoticed and for people. */
const CONNECTIONS_PER_NODE = 8;
const METRICS_CONNECTIONS_MAX = 64;
/** How often a channel shows that it stands. */
const CHANNEL_BEAT_MS = 5000;

/** Starts the orchestrator; rejects with an `OrchestratorStartError` when it cannot run. */
export async function startOrchestrator(
  options: OrchestratorOptions,
  deps: OrchestratorDeps,
): Promise<RunningOrchestrator> {
  const { listen, metricsListen, nodesMax = NODES_MAX, tls = null } = options;
  if (tls === null && !isLoopbackHost(listen.host)) throw new OrchestratorStartError(withoutTls(listen));
  const opened = await openEngine(options, deps);
  if (!opened.ok) throw new OrchestratorStartError(opened.fault.message);
  const engine = opened.value;
  const hub = await FleetHub.load(engine.ledger, deps.clock);
  if (!hub.ok) {
    await engine.close();
    throw new OrchestratorStartError(hub.fault.message);
  }
  const identity = await openIdentity(options, deps);
  const refusal = identity.ok ? refusalFor(options, hub.value) : identity.fault;
  if (!identity.ok || refusal !== null) {
    await engine.close();
    throw new OrchestratorStartError(refusal ?? '');
  }
  const credentials = identity.value?.credentials ?? null;
  const parts = assembleOrchestrator(options, deps, engine.store, hub.value, identity.value?.authority);
  const listeners: HttpListener[] = [];
  let endRenewal = (): void => undefined;
  const { duties } = parts;
  const shell = { timers: systemTimers, logger: deps.logger };
  const endDuties = runDuties({ ...shell, duties, inCharge: () => engine.lease.held });
  const endOwnDuties = runDuties({ ...shell, duties: parts.ownDuties, inCharge: () => true });
  let dns: DnsListener | null = null;
  const beats = setInterval(() => hub.value.beat(), CHANNEL_BEAT_MS);
  const shutDown = async (): Promise<void> => {
    endDuties();
    endOwnDuties();
    dns?.close();
    clearInterval(beats);
    endRenewal();
    parts.stop();
    await engine.lease.close();
    await Promise.all(listeners.map((listener) => listener.close()));
    parts.fleet.flush();
    await engine.store.saved();
    await engine.close();
  };
  try {
    const loaded = parts.fleet.load();
    if (!loaded.ok) throw new OrchestratorStartError(loaded.fault.message);
    const api = { ...listen, connectionsMax: nodesMax * CONNECTIONS_PER_NODE, tls: credentials };
    const listener = await serve(api, parts.api);
    listeners.push(listener);
    if (identity.value !== null) {
      endRenewal = identity.value.keep((renewed) => listener.use(renewed));
    }
    dns = await openDns(options, parts.balancer, deps);
    if (metricsListen !== null) {
      const page = { ...metricsListen, connectionsMax: METRICS_CONNECTIONS_MAX, tls: null };
      listeners.push(await serve(page, parts.metricsPage));
    }
  } catch (error) {
    await shutDown();
    throw error;
  }
  return describeRunning(credentials === null ? 'http' : 'https', listeners, shutDown);
}

/** Null, or why the API must not be opened. */
function refusalFor({ listen, tokens }: OrchestratorOptions, hub: FleetHub): string | null {
  if (isLoopbackHost(listen.host) || tokens.length > 0) return null;
  if (hub.state.members.tokens().length > 0) return null;
  return (
    `${listen.host} can be reached by other machines, and there is no token: set fleet.token, or listen on 127.0.0.1 ` +
    'and make one with secbeat token create --name NAME --role admin'
  );
}

function withoutTls({ host }: ListenOptions): string {
  return `${host} can be reached by other machines: set fleet.tls.enabled = true, or listen on 127.0.0.1`;
}

function describeRunning(
  scheme: 'http' | 'https',
  listeners: readonly HttpListener[],
  shutDown: () => Promise<void>,
): RunningOrchestrator {
  const [api, metrics] = listeners.map(({ host, port }): ListenOptions => ({ host, port }));
  let closing: Promise<void> | null = null;
  return {
    url: `${scheme}://${formatListenAddress(api!)}`,
    address: api!,
    metricsAddress: metrics ?? null,
    close: () => {
      closing ??= shutDown();
      return closing;
    },
  };
}

async function serve(options: HttpListenerOptions, app: WebApp): Promise<HttpListener> {
  const handle = getRequestListener(
    (request, { incoming }) => app.fetch(request, bindingsOf(incoming.socket)),
    {
      overrideGlobalObjects: false,
    },
  );
  const listener = await listenHttp(options, handle);
  if (listener.ok) return listener.value;
  const { code, message } = listener.fault;
  const place = formatListenAddress(options);
  throw new OrchestratorStartError(
    code === 'EADDRINUSE' ? `${place} is in use by another process` : `cannot listen on ${place}: ${message}`,
  );
}

function bindingsOf(socket: object): RequestBindings {
  const peer = peerOf(socket);
  return peer === undefined ? {} : { peer };
}

/** Null where DNS is off. */
async function openDns(
  { dns }: OrchestratorOptions,
  balancer: Balancer,
  { clock }: OrchestratorDeps,
): Promise<DnsListener | null> {
  if (dns === undefined || dns === null) return null;
  const context = { zone: dns.zone, choose: addressChoice(balancer, dns.answersMax) };
  const limit = new ResponseLimit(randomBytes(16));
  const opened = await DnsListener.open(dns.listen, { context, limit, clock, count: () => undefined });
  if (opened.ok) return opened.value;
  throw new OrchestratorStartError(`dns.listen_addr ${formatListenAddress(dns.listen)}: ${opened.fault}`);
}
