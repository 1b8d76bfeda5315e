/**
 * Three orchestrators on three NATS servers, while one of each is killed under load: what was acknowledged stands on all of
 * them and reaches all nodes, and the duties go on.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { jetstreamManager } from '@nats-io/jetstream';
import { createSystemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { systemTimers } from '../../src/core/timers.ts';
import { ChannelReader } from '../../src/mitigation/control/channel-reader.ts';
import { FailoverTransport } from '../../src/mitigation/control/failover-transport.ts';
import { OrchestratorClient } from '../../src/mitigation/control/orchestrator-client.ts';
import { connectNats } from '../../src/nats/connect-nats.ts';
import { natsOptionsFor } from '../../src/nats/testing/nats-options.ts';
import { beatOf, JOIN } from '../../src/orchestrator/testing/orchestrator-stand.ts';
import { NatsCluster, type NatsServer } from '../support/nats-server.ts';
import { createFolder, removeFolder } from '../support/node-process.ts';
import { OrchestratorProcess } from '../support/orchestrator-process.ts';
import { until } from '../support/until.ts';

const SIZE = 3;
const NODES = 6;
/** From a death until the duties go on. */
const TAKE_OVER_MS = 10_000;
const PATIENCE_MS = 30_000;
const BEAT_MS = 500;
/** Bans between two commands. */
const COMMAND_EVERY = 20;

/** A node as far as its link goes: it registers, beats, and follows its channel. */
class LinkedNode {
  readonly bans = new Set<string>();
  readonly commands = new Set<string>();
  readonly id: string;
  readonly #transport: FailoverTransport<OrchestratorClient>;
  readonly #reader: ChannelReader;
  readonly #ending = new AbortController();
  #beating: NodeJS.Timeout | null = null;
  #sequence = 0;

  constructor(id: string, urls: readonly string[]) {
    this.id = id;
    const clock = createSystemClock();
    const clients = urls.map((serverUrl) => new OrchestratorClient({ serverUrl, token: null }));
    const { random } = Math;
    this.#transport = new FailoverTransport(clients, { clock, random });
    this.#reader = new ChannelReader({
      ...{ transport: this.#transport, timers: systemTimers, clock, random },
      onOrder: (order) => {
        if (order.kind === 'ban_set') this.bans.add(order.target);
        if (order.kind === 'ban_lifted') this.bans.delete(order.target);
        if (order.kind === 'command') this.commands.add(order.id);
      },
      onBans: (bans) => {
        this.bans.clear();
        for (const { target } of bans) this.bans.add(target);
      },
      onStanding: (orders) => {
        for (const order of orders) if (order.kind === 'command') this.commands.add(order.id);
      },
      onFault: () => undefined,
    });
  }

  async start(): Promise<void> {
    const body = { ...JOIN, node_id: this.id, epoch: 1000 };
    await until(
      'registration',
      () => this.#post('register', body),
      (status) => status === 200,
      PATIENCE_MS,
    );
    this.#reader.start(this.id);
    this.#beating = setInterval(() => void this.#beat(), BEAT_MS);
  }

  stop(): void {
    if (this.#beating !== null) clearInterval(this.#beating);
    this.#reader.stop();
    this.#ending.abort();
    this.#transport.close();
  }

  async #beat(): Promise<void> {
    this.#sequence += 1;
    await this.#post('heartbeat', beatOf(this.id, { epoch: 1000, sequence: this.#sequence }));
  }

  async #post(what: string, body: unknown): Promise<number> {
    const path = `/api/v1/nodes/${what}`;
    const { signal } = this.#ending;
    const answer = await this.#transport.call({ method: 'POST', path, body, timeoutMs: 5000, signal });
    return answer.ok ? answer.value.status : 0;
  }
}

/** The server that leads the stream of the ledger: its death is felt the most. */
async function streamLeader({ servers, urls }: NatsCluster): Promise<NatsServer> {
  const deps = { name: 'test', logger: silentLogger, random: Math.random };
  const connected = await connectNats(natsOptionsFor(urls, 'secbeat'), deps);
  assert.ok(connected.ok);
  const manager = await jetstreamManager(connected.value);
  const { cluster } = await manager.streams.info('secbeat_ledger');
  await connected.value.close();
  return servers.find(({ name }) => name === cluster?.leader) ?? servers[0]!;
}

describe('three orchestrators on three NATS servers', { timeout: 120_000 }, () => {
  let folder: string;
  let cluster: NatsCluster;
  const orchestrators: OrchestratorProcess[] = [];
  const nodes: LinkedNode[] = [];
  /** What the API has said to stand. */
  const acknowledged = new Set<string>();
  const commands = new Set<string>();
  let load: { readonly end: () => Promise<void> };

  before(async () => {
    folder = createFolder();
    cluster = await NatsCluster.start(SIZE);
    const [first = '', ...others] = cluster.urls;
    const nats = { enabled: true, server_url: first, server_urls: others, replicas: SIZE };
    for (let nth = 0; nth < SIZE; nth += 1) {
      const own = { nats, state: { dir: join(folder, `state-${nth}`) } };
      const place = join(folder, `orchestrator-${nth}`);
      mkdirSync(place);
      orchestrators.push(await OrchestratorProcess.start(place, own));
    }
    const urls = orchestrators.map(({ url }) => url);
    for (let nth = 0; nth < NODES; nth += 1) {
      const id = `00000000-0000-4000-8000-${String(nth).padStart(12, '0')}`;
      nodes.push(new LinkedNode(id, [...urls.slice(nth % SIZE), ...urls.slice(0, nth % SIZE)]));
    }
    await Promise.all(nodes.map((node) => node.start()));
    load = beginLoad();
  });
  after(async () => {
    await load.end();
    for (const node of nodes) node.stop();
    await Promise.all(orchestrators.map((orchestrator) => orchestrator.kill()));
    await cluster.remove();
    removeFolder(folder);
  });

  async function command(orchestrator: OrchestratorProcess): Promise<void> {
    const body = { command: 'reload', selector: 'all' };
    const done = await orchestrator.call('POST', '/commands', body).catch(() => null);
    if (done !== null) commands.add(String(done.id));
  }

  /** Bans one address after the other through each orchestrator, and remembers what was acknowledged. */
  function beginLoad(): { readonly end: () => Promise<void> } {
    let ended = false;
    const ban = async (orchestrator: OrchestratorProcess, lane: number): Promise<void> => {
      for (let nth = 0; !ended && orchestrators.includes(orchestrator); nth += 1) {
        const ip = `10.${lane}.${nth >> 8}.${nth & 255}`;
        const body = { ip, reason: 'load', ttl_seconds: 3600 };
        const done = await orchestrator.call('POST', '/rules/block_ip', body).catch(() => null);
        if (done !== null) acknowledged.add(ip);
        if (nth % COMMAND_EVERY === 0) await command(orchestrator);
      }
    };
    const lanes = orchestrators.map((orchestrator, lane) => ban(orchestrator, lane));
    return {
      end: async () => {
        ended = true;
        await Promise.all(lanes);
      },
    };
  }

  /** The orchestrator whose last word on it was that it is in charge. */
  function inCharge(): OrchestratorProcess | null {
    const said = ({ log }: OrchestratorProcess): boolean =>
      log.findLast((line) => /This orchestrator is /.test(line))?.includes('is in charge') ?? false;
    return orchestrators.find(said) ?? null;
  }

  /** The longest time since then in which nobody was in charge, as the logs say. */
  function dutiesPauseMs(sinceMs: number): number {
    const said = orchestrators
      .flatMap(({ log }) => log.filter((line) => /This orchestrator is /.test(line)))
      .map((line) => ({ atMs: Date.parse(line.slice(0, 24)), gained: line.includes('is in charge') }))
      .filter(({ atMs }) => atMs >= sinceMs)
      .toSorted((one, other) => one.atMs - other.atMs);
    const pauses = said.map(({ atMs, gained }, index) =>
      gained ? 0 : (said.slice(index).find((later) => later.gained)?.atMs ?? Number.NaN) - atMs,
    );
    return Math.max(0, ...pauses);
  }

  /** Waits until more has been acknowledged through an orchestrator that lives. */
  async function untilMoreIsAcknowledged(): Promise<void> {
    const before = acknowledged.size;
    await until(
      'acknowledged bans',
      () => acknowledged.size - before,
      (count) => count > 20,
      PATIENCE_MS,
    );
  }

  it('go on when the one in charge is killed', async () => {
    const leader = await until('an orchestrator in charge', inCharge, (found) => found !== null, PATIENCE_MS);
    await untilMoreIsAcknowledged();
    await leader!.kill();
    orchestrators.splice(orchestrators.indexOf(leader!), 1);
    const killedMs = performance.now();
    await until('another one in charge', inCharge, (found) => found !== null, PATIENCE_MS);
    const tookMs = performance.now() - killedMs;
    assert.ok(tookMs < TAKE_OVER_MS, `${tookMs} ms`);
    await untilMoreIsAcknowledged();
  });

  it('go on when a server is killed', async () => {
    const server = await streamLeader(cluster);
    const killedAtMs = Date.now();
    await server.kill();
    await untilMoreIsAcknowledged();
    await until('an orchestrator in charge', inCharge, (found) => found !== null, PATIENCE_MS);
    const pauseMs = dutiesPauseMs(killedAtMs);
    assert.ok(pauseMs < TAKE_OVER_MS, `${pauseMs} ms`);
  });

  it('have lost nothing that was acknowledged, and all nodes have it', async () => {
    await load.end();
    assert.ok(acknowledged.size > 50);
    assert.ok(commands.size > 2);
    for (const orchestrator of orchestrators) {
      await until(
        'all bans',
        async () => {
          const list = await orchestrator.call('GET', '/rules/blocked_ips');
          const banned = new Set((list.blocked_ips as [string][]).map(([ip]) => ip));
          return [...acknowledged].filter((ip) => !banned.has(ip));
        },
        (rest) => rest.length === 0,
      );
      for (const id of commands) await orchestrator.call('GET', `/commands/${id}`);
    }
    for (const node of nodes) {
      await until(
        `bans and commands of ${node.id}`,
        () =>
          [...acknowledged].filter((ip) => !node.bans.has(ip)).length +
          [...commands].filter((id) => !node.commands.has(id)).length,
        (count) => count === 0,
        PATIENCE_MS,
      );
    }
  });

  it('know all nodes, whoever these talk to', async () => {
    for (const orchestrator of orchestrators) {
      await until(
        'six living nodes',
        () => orchestrator.call('GET', '/fleet/stats'),
        (stats) => stats.active_nodes === NODES,
        PATIENCE_MS,
      );
    }
  });
});
