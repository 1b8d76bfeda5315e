/**
 * An orchestrator of one node, as far as decisions go: a real ledger and a real channel over a real socket, to which a
 * test adds what it likes and from which it hears every heartbeat.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createSystemClock } from '../../src/core/clock.ts';
import type { FleetMode } from '../../src/messages/entries/modes.ts';
import type { PolicyScope } from '../../src/messages/entries/policies.ts';
import { type HeartbeatRequest, heartbeatRequest } from '../../src/messages/heartbeat-request.ts';
import type { EntryBody } from '../../src/messages/ledger-entry.ts';
import { FleetHub } from '../../src/orchestrator/channel/fleet-hub.ts';
import { openSqliteLedger } from '../../src/orchestrator/ledger/sqlite-ledger.ts';
import { MEMORY } from '../../src/orchestrator/sqlite/sqlite-file.ts';
import { freePort, OWN_HOST } from './node-config.ts';
import { until } from './until.ts';

export const NODE_ID = '70000000-0000-4000-8000-000000000001';
const NODE = { id: NODE_ID, group: 'edge', region: null, tags: [] };
const BY = { kind: 'local', id: 'test' } as const;
const NOTHING_WANTED = { intent: 'run', policy_revision: 0, commands: [], config_update: null, cursor: 0 };

export class DecidingFleet {
  readonly url: string;
  readonly beats: HeartbeatRequest[] = [];
  readonly #hub: FleetHub;
  readonly #port: number;
  #server: Server | null = null;
  #revision = 0;

  private constructor(hub: FleetHub, port: number) {
    this.#hub = hub;
    this.#port = port;
    this.url = `http://${OWN_HOST}:${port}`;
  }

  static async open(): Promise<DecidingFleet> {
    const clock = createSystemClock();
    const ledger = openSqliteLedger({ path: MEMORY, clock });
    if (!ledger.ok) throw new Error(ledger.fault.message);
    const hub = await FleetHub.load(ledger.value, clock);
    if (!hub.ok) throw new Error(hub.fault.message);
    const fleet = new DecidingFleet(hub.value, await freePort());
    await fleet.comeBack();
    return fleet;
  }

  /** Answers nobody any more, and forgets nothing. */
  async goAway(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  async comeBack(): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response));
    this.#server = server;
    server.listen(this.#port, OWN_HOST);
    await once(server, 'listening');
  }

  async close(): Promise<void> {
    await this.goAway();
    this.#hub.close();
  }

  /** Gives a scope of the node another policy, as a rollout that is over; returns its revision. */
  async roll(scope: PolicyScope, toml: string): Promise<number> {
    return await this.#write(scope, toml, (revision) => {
      return { kind: 'rollout_ended', revision, outcome: 'complete', reason: '' };
    });
  }

  /** Gives the node a policy to try; returns its revision. */
  async tryOut(scope: PolicyScope, toml: string): Promise<number> {
    return await this.#write(scope, toml, (revision) => {
      return { kind: 'rollout_step', revision, step: 0, nodes: [NODE_ID] };
    });
  }

  /** Takes back what is being tried. */
  async rollBack(revision: number): Promise<void> {
    await this.#decide([{ kind: 'rollout_ended', revision, outcome: 'rolled_back', reason: 'a try' }]);
  }

  async setMode(mode: FleetMode): Promise<void> {
    await this.#decide([{ kind: 'mode_set', selector: 'all', mode }]);
  }

  /** The first heartbeat from now on that is accepted. */
  async untilBeat(what: string, accept: (beat: HeartbeatRequest) => boolean): Promise<HeartbeatRequest> {
    const from = this.beats.length;
    const find = (): HeartbeatRequest | undefined => this.beats.slice(from).find(accept);
    return (await until(what, find, (beat) => beat !== undefined))!;
  }

  /** Decides a policy, its rollout, and the entry that says how far the rollout has come. */
  async #write(scope: PolicyScope, toml: string, comeTo: (revision: number) => EntryBody): Promise<number> {
    this.#revision += 1;
    const revision = this.#revision;
    const limits = { block_share_rise_max: 1, error_share_rise_max: 1, latency_factor_max: 1 };
    await this.#decide([
      { kind: 'policy_accepted', revision, scope, toml, based_on: 0, note: '' },
      { kind: 'rollout_started', revision, plan: { shares: [1], observe_seconds: 0, limits } },
      comeTo(revision),
    ]);
    return revision;
  }

  async #decide(bodies: readonly EntryBody[]): Promise<void> {
    const decided = await this.#hub.decide(bodies.map((body) => ({ by: BY, body })));
    if (!decided.ok) throw new Error(decided.fault.message);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const text = (await request.setEncoding('utf8').toArray()).join('');
    if (pathname.endsWith('/channel')) {
      await this.#stream(searchParams, response);
    } else if (pathname.endsWith('/register')) {
      answerJson(response, { ...NOTHING_WANTED, node_id: NODE_ID, heartbeat_interval: 1, max_missed: 3 });
    } else if (pathname.endsWith('/heartbeat')) {
      this.beats.push(heartbeatRequest.parse(JSON.parse(text)));
      answerJson(response, NOTHING_WANTED);
    } else if (!pathname.endsWith('/commands')) {
      answerJson(response, NOTHING_WANTED);
    }
    // Whoever waits for commands waits until the connection ends.
  }

  async #stream(query: URLSearchParams, response: ServerResponse): Promise<void> {
    const position = { ledgerId: query.get('ledger') ?? '', seq: Number(query.get('after')) };
    const channel = this.#hub.open(position, NODE);
    response.once('close', () => channel.close());
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    for (let lines = await channel.next(); lines !== null; lines = await channel.next()) {
      response.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    }
    response.end();
  }
}

function answerJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
