/** The orchestrator's answers to DNS questions, as `dig` sees them: weights, regions, fail-over, slow return. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { parsePrefix } from '../../src/core/ip.ts';
import { RegionMap } from '../../src/orchestrator/balance/region-map.ts';
import { beatOf, OrchestratorStand } from '../../src/orchestrator/testing/orchestrator-stand.ts';
import { freePort, OWN_HOST } from '../support/node-config.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);
const ZONE = 'cdn.test';
const FAIL_OVER_MS = 5000;
/** Clients of the two regions. */
const [EUROPEAN, AMERICAN, OTHER] = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'];

/** A node as balancing sees one: it is registered, sends heartbeats, and takes connections at its address. */
interface StandIn {
  readonly address: string;
  readonly port: number;
  readonly id: string;
  server: Server;
}

async function listenAt(address: string, port = 0): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.listen(port, address);
  await once(server, 'listening');
  return server;
}

function prefix(text: string) {
  const read = parsePrefix(text);
  assert.ok(read.ok);
  return read.value;
}

const MISSING = spawnSync('dig', ['-v']).error !== undefined;

// A group that is left out does not show in every report; this does.
it(
  'there is a resolver to ask with',
  { skip: MISSING && 'dig is not installed (Debian package bind9-dnsutils)' },
  () => assert.equal(MISSING, false),
);

describe('DNS for a fleet in two regions', { skip: MISSING, timeout: 120_000 }, () => {
  let stand: OrchestratorStand;
  let dnsPort: number;
  const nodes = new Map<string, StandIn>();

  before(async () => {
    dnsPort = await freePort();
    const regions = new RegionMap([
      { name: 'eu', prefixes: [prefix(EUROPEAN)], next: ['us'] },
      { name: 'us', prefixes: [prefix(AMERICAN)], next: ['eu'] },
    ]);
    stand = await OrchestratorStand.open({
      dns: {
        listen: { host: OWN_HOST, port: dnsPort },
        zone: { name: ZONE, hosts: ['@', '*'], nameServers: [`ns.${ZONE}`], ttlSeconds: 5 },
        answersMax: 1,
      },
      balance: { returnMs: 20_000, probe: true, regions },
    });
    await join('heavy', '127.50.0.1', 'eu', 300);
    await join('light', '127.50.0.2', 'eu', 100);
    await join('far', '127.50.0.3', 'us', 100);
    await until(
      'answers',
      () => dig(`${ZONE}`, OTHER),
      (addresses) => addresses.length === 1,
    );
  });
  after(async () => {
    for (const { server } of nodes.values()) server.close();
    await stand.close();
  });

  async function join(name: string, address: string, region: string, weight: number): Promise<void> {
    const server = await listenAt(address);
    const { port } = server.address() as { readonly port: number };
    const config = {
      node_type: 'mitigation',
      region,
      tags: [],
      weight,
      ports: { traffic: port, metrics: 9090 },
    };
    const { json } = await stand.call<{ readonly node_id: string }>('/nodes/register', {
      body: { public_ip: address, config },
    });
    const { node_id: id } = json;
    nodes.set(name, { address, port, id, server });
    await stand.call('/nodes/heartbeat', { body: beatOf(id) });
  }

  async function dig(name: string, subnet: string, ...more: readonly string[]): Promise<readonly string[]> {
    const where = [
      `@${OWN_HOST}`,
      '-p',
      String(dnsPort),
      '+short',
      '+tries=1',
      '+time=2',
      `+subnet=${subnet}`,
    ];
    const { stdout } = await run('dig', [...where, ...more, name, 'A']);
    return stdout
      .trim()
      .split('\n')
      .filter((line) => line !== '');
  }

  async function share(name: string, subnet: string, rounds: number): Promise<number> {
    const { address } = nodes.get(name)!;
    let hits = 0;
    for (let round = 0; round < rounds; round++) {
      if ((await dig(`www.${ZONE}`, subnet)).includes(address)) hits += 1;
    }
    return hits / rounds;
  }

  /** The weight that programs are told: a hundred times the configured one where it is whole. */
  async function weightOf({ address, port }: StandIn): Promise<number> {
    const text = await fetch(`${stand.url}/api/v1/export/nginx`).then((response) => response.text());
    return Number(new RegExp(`server ${address}:${port} weight=(\\d+);`).exec(text)?.[1]);
  }

  it('answers over UDP and TCP, and no other zone', async () => {
    assert.equal((await dig(`www.${ZONE}`, EUROPEAN)).length, 1);
    assert.equal((await dig(`www.${ZONE}`, EUROPEAN, '+tcp')).length, 1);
    assert.deepEqual(await dig('www.example.com', EUROPEAN), []);
  });

  it('counts questions', async () => {
    const answered = async (): Promise<number> => {
      const page = await (await fetch(stand.metricsUrl)).text();
      return Number(/^secbeat_dns_questions_total\{outcome="answered"\} (\d+)$/m.exec(page)?.[1]);
    };
    const before = await answered();
    await dig(`www.${ZONE}`, EUROPEAN);
    assert.equal(await answered(), before + 1);
  });

  it('sends clients to nodes of their region, by weight', async () => {
    const heavy = await share('heavy', EUROPEAN, 120);
    assert.ok(heavy > 0.6 && heavy < 0.9, `three quarters are expected, not ${heavy}`);
    assert.equal(await share('far', EUROPEAN, 20), 0);
    assert.equal(await share('far', AMERICAN, 20), 1);
  });

  it('tells for how much of the client an answer holds', async () => {
    const { stdout } = await run('dig', [
      ...[`@${OWN_HOST}`, '-p', String(dnsPort), `+subnet=${EUROPEAN}`, `www.${ZONE}`, 'A'],
    ]);
    assert.match(stdout, /CLIENT-SUBNET: 192\.0\.2\.0\/24\/24/);
  });

  it('leaves out a node within five seconds of its death, and gives it back its share slowly', async () => {
    const far = nodes.get('far')!;
    far.server.close();
    const startMs = performance.now();
    await until(
      'clients of the dead node elsewhere',
      () => dig(`www.${ZONE}`, AMERICAN),
      ([address]) => address !== undefined && address !== far.address,
    );
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs < FAIL_OVER_MS, `${tookMs} ms`);
    far.server = await listenAt(far.address, far.port);
    await until(
      'the node again',
      () => dig(`www.${ZONE}`, AMERICAN),
      ([address]) => address === far.address,
    );
    const weight = await weightOf(far);
    assert.ok(weight >= 1000 && weight < 10_000, `less than its whole weight, not ${weight}`);
  });

  it('keeps everybody where nobody can be reached', async () => {
    for (const { server } of nodes.values()) server.close();
    // Who was coming back slowly has the whole weight as soon as nobody is believed to be out.
    await until(
      'whole weights',
      () => Promise.all([...nodes.values()].map(weightOf)),
      (weights) => weights.join() === '30000,10000,10000',
    );
    assert.deepEqual(await dig(`www.${ZONE}`, AMERICAN), [nodes.get('far')!.address]);
  });

  it('shows the same view to HAProxy and Prometheus', async () => {
    const haproxy = await fetch(`${stand.url}/api/v1/export/haproxy`).then((response) => response.text());
    for (const { id, address, port } of nodes.values()) {
      assert.match(haproxy, new RegExp(`^server ${id} ${address}:${port} weight \\d+ check$`, 'm'));
    }
    const { json } =
      await stand.call<readonly { readonly targets: readonly string[] }[]>('/export/prometheus');
    assert.deepEqual(
      json.flatMap(({ targets }) => targets).toSorted(),
      [...nodes.values()].map(({ address }) => `${address}:9090`).toSorted(),
    );
  });
});
