/** Where the orchestrator is reached: the API, the page of metrics, and DNS. */
import { randomBytes } from 'node:crypto';
import { getRequestListener } from '@hono/node-server';
import { formatListenAddress } from '../config/listen-address.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { peerOf, type RequestBindings } from './api/peer.ts';
import type { OrchestratorParts, WebApp } from './assembly.ts';
import { addressChoice } from './dns/address-choice.ts';
import { DnsListener } from './dns/dns-listener.ts';
import { ResponseLimit } from './dns/response-limit.ts';
import { type HttpListener, type HttpListenerOptions, listenHttp } from './http-listener.ts';
import type { OrchestratorIdentity } from './identity/open-identity.ts';
import { type ListenOptions, NODES_MAX, type OrchestratorDeps, type OrchestratorOptions } from './options.ts';

export interface Doors {
  readonly api: ListenOptions;
  /** Null where it was left out. */
  readonly metrics: ListenOptions | null;
  /** Resolves once nobody is connected any more. */
  close(): Promise<void>;
}

/** For heartbeats, the long poll, the channel and reports, and more for connections that died unnoticed and for people. */
const CONNECTIONS_PER_NODE = 8;
const METRICS_CONNECTIONS_MAX = 64;

/**
 * Opens all that the options name, or nothing; the fault says which one could not be opened, and why.
 *
 * @param identity null for plain HTTP
 */
export async function openDoors(
  options: OrchestratorOptions,
  deps: OrchestratorDeps,
  parts: Pick<OrchestratorParts, 'api' | 'metricsPage' | 'balancer' | 'counters'>,
  identity: OrchestratorIdentity | null,
): Promise<Result<Doors, string>> {
  const { listen, metricsListen, nodesMax = NODES_MAX } = options;
  const closers: (() => void | Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(closers.map((closeOne) => closeOne()));
  };
  const refuse = async (fault: string): Promise<Result<never, string>> => {
    await close();
    return fail(fault);
  };
  const tls = identity?.credentials ?? null;
  const api = await serve({ ...listen, connectionsMax: nodesMax * CONNECTIONS_PER_NODE, tls }, parts.api);
  if (!api.ok) return api;
  closers.push(() => api.value.close());
  if (identity !== null) closers.push(identity.keep((renewed) => api.value.use(renewed)));
  const dns = await openDns(options, parts, deps);
  if (!dns.ok) return await refuse(dns.fault);
  closers.push(() => dns.value?.close());
  if (metricsListen === null) return ok({ api: placeOf(api.value), metrics: null, close });
  const page = { ...metricsListen, connectionsMax: METRICS_CONNECTIONS_MAX, tls: null };
  const metrics = await serve(page, parts.metricsPage);
  if (!metrics.ok) return await refuse(metrics.fault);
  closers.push(() => metrics.value.close());
  return ok({ api: placeOf(api.value), metrics: placeOf(metrics.value), close });
}

function placeOf({ host, port }: HttpListener): ListenOptions {
  return { host, port };
}

async function serve(options: HttpListenerOptions, app: WebApp): Promise<Result<HttpListener, string>> {
  const handle = getRequestListener(
    (request, { incoming }) => app.fetch(request, bindingsOf(incoming.socket)),
    { overrideGlobalObjects: false },
  );
  const listener = await listenHttp(options, handle);
  if (listener.ok) return listener;
  const { code, message } = listener.fault;
  const place = formatListenAddress(options);
  return fail(
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
  { balancer, counters }: Pick<OrchestratorParts, 'balancer' | 'counters'>,
  { clock }: OrchestratorDeps,
): Promise<Result<DnsListener | null, string>> {
  if (dns === undefined || dns === null) return ok(null);
  const context = { zone: dns.zone, choose: addressChoice(balancer, dns.answersMax) };
  const limit = new ResponseLimit(randomBytes(16));
  const opened = await DnsListener.open(dns.listen, {
    ...{ context, limit, clock },
    count: (outcome) => counters.addOf('secbeat_dns_questions_total', outcome),
  });
  return opened.ok ? opened : fail(`dns.listen_addr ${formatListenAddress(dns.listen)}: ${opened.fault}`);
}
