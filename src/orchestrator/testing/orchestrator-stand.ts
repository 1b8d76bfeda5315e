/** A whole orchestrator on real sockets and a real file, in a folder of its own that goes away with it. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, createSystemClock } from '../../core/clock.ts';
import type { NodeInfo } from '../../messages/node-info.ts';
import type { Problem } from '../../messages/problem.ts';
import type { RegistrationAnswer } from '../../messages/registration-answer.ts';
import { type RunningOrchestrator, startOrchestrator } from '../main.ts';
import type { OrchestratorOptions } from '../options.ts';
import { LogRecorder } from './log-recorder.ts';

export interface JsonAnswer<Body> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Taken for what the test expects; its assertions say whether it is. */
  readonly json: Body;
}

export interface JsonCall {
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the caller shows in the handshake. */
  readonly identity?: { readonly certPem: string; readonly keyPem: string };
}

export class OrchestratorStand {
  readonly log = new LogRecorder();
  readonly #folder = mkdtempSync(join(tmpdir(), 'orchestrator-stand-'));
  readonly #change: Partial<OrchestratorOptions>;
  readonly #clock: Clock;
  #running: RunningOrchestrator | null = null;
  #port = 0;

  private constructor(change: Partial<OrchestratorOptions>, clock: Clock) {
    this.#change = change;
    this.#clock = clock;
  }

  static async open(
    change: Partial<OrchestratorOptions> = {},
    clock: Clock = createSystemClock(),
  ): Promise<OrchestratorStand> {
    const stand = new OrchestratorStand(change, clock);
    await stand.start();
    return stand;
  }

  get databasePath(): string {
    return join(this.#folder, 'state', 'orchestrator.db');
  }

  /** Where the authority is kept that there is with TLS. */
  get authorityFolder(): string {
    return join(this.#folder, 'state', 'authority');
  }

  get url(): string {
    return `${this.#change.tls ? 'https' : 'http'}://127.0.0.1:${this.#port}`;
  }

  /** For connections to it. */
  get trust(): { readonly ca?: string } {
    const path = join(this.authorityFolder, 'ca.pem');
    return existsSync(path) ? { ca: readFileSync(path, 'utf8') } : {};
  }

  get metricsUrl(): string {
    return `http://127.0.0.1:${this.#running?.metricsAddress?.port}/metrics`;
  }

  /** Starts, or starts again at the same place after `stop`. */
  async start(): Promise<void> {
    const options: OrchestratorOptions = {
      listen: { host: '127.0.0.1', port: this.#port },
      metricsListen: { host: '127.0.0.1', port: 0 },
      heartbeatIntervalSeconds: 30,
      heartbeatTimeoutSeconds: 10,
      maxMissed: 3,
      deadNodeCheckIntervalSeconds: 10,
      store: { kind: 'sqlite', path: this.databasePath },
      tokens: [],
      ...this.#change,
    };
    const deps = { clock: this.#clock, logger: this.log.logger, version: '0.0.0-test' };
    this.#running = await startOrchestrator(options, deps);
    this.#port = this.#running.address.port;
  }

  async stop(): Promise<void> {
    await this.#running?.close();
    this.#running = null;
  }

  /** Forgets the fleet, as if the disk had been lost; to be called while it is stopped. */
  loseDisk(): void {
    rmSync(join(this.#folder, 'state'), { recursive: true });
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true });
  }

  /** Calls the API on a connection of its own; the path stands below /api/v1. */
  async call<Body = Problem>(
    path: string,
    { method, body, headers, identity }: JsonCall = {},
  ): Promise<JsonAnswer<Body>> {
    const request = this.#change.tls ? requestHttps : requestHttp;
    const outgoing = request(`${this.url}/api/v1${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      agent: false,
      ...this.trust,
      ...(identity && { cert: identity.certPem, key: identity.keyPem }),
    });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const text = (await response.setEncoding('utf8').toArray()).join('');
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      json: text === '' ? undefined : JSON.parse(text),
    };
  }

  /** What the API shows of one node. */
  async node(nodeId: string): Promise<NodeInfo> {
    return (await this.call<NodeInfo>(`/nodes/${nodeId}`)).json;
  }

  async nodes(): Promise<readonly NodeInfo[]> {
    return (await this.call<NodeInfo[]>('/nodes')).json;
  }

  /** Registers a node and returns its id. */
  async register(change: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { status, json } = await this.call<RegistrationAnswer>('/nodes/register', {
      body: { ...JOIN, ...change },
    });
    if (status !== 200) throw new Error(`registration answered ${status}`);
    return json.node_id;
  }
}

/** A registration in its oldest form. */
export const JOIN = {
  public_ip: '127.0.0.1',
  config: { node_type: 'mitigation', region: 'eu', tags: ['a'] },
} as const;

/** A heartbeat in its oldest form. */
export function beatOf(nodeId: string, change: Readonly<Record<string, unknown>> = {}) {
  const metrics = {
    cpu_usage: 12.5,
    memory_usage: 50,
    packets_per_second: 10,
    active_connections: 2,
    total_requests: 3,
    ddos_blocks: 0,
    waf_blocks: 1,
  };
  return { node_id: nodeId, status: 'Active', metrics, ...change };
}
