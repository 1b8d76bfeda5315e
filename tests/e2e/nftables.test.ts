/** Bans inside the kernel: packets of banned clients never reach the node, and the table is always what the bans are. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NetworkNamespace } from '../support/network-namespace.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';

const CONNECT = fileURLToPath(new URL('../support/connect-once.mjs', import.meta.url));

function nft(...args: readonly string[]): string {
  return execFileSync('nft', args, { encoding: 'utf8' });
}

function whyNot(): string | null {
  const listed = spawnSync('nft', ['list', 'tables'], { stdio: 'ignore' });
  return listed.status === 0 ? NetworkNamespace.whyNot() : 'nftables cannot be changed here';
}

const reason = whyNot();

describe('bans in the kernel', { skip: reason ?? false }, () => {
  let network: NetworkNamespace;
  let stand: Stand;
  let table: string;

  before(async () => {
    network = NetworkNamespace.open();
    stand = await Stand.open({
      settings: {
        network: { listen_addr: '[::]:0', tls: { enabled: false } },
        ddos: { blacklist: { whitelist: [network.clients4[1]] } },
        kernel: { nftables: true },
      },
    });
    table = await tableOf(stand);
  });
  after(async () => {
    await stand.close();
    network.close();
  });

  /** What a client of the namespace meets with. */
  async function connectFrom(from: string): Promise<string> {
    const to = from.includes(':') ? network.hosts6[network.clients6.indexOf(from)]! : network.host4;
    return (await network.run(process.execPath, [CONNECT, to, String(stand.node.port), from])).trim();
  }

  async function ban(ip: string, seconds = 600): Promise<void> {
    const answer = await stand.node.manage('POST', '/api/v1/blacklist', { ip, duration_seconds: seconds });
    assert.ok(answer.status < 300, JSON.stringify(answer));
  }

  async function lift(ip: string): Promise<void> {
    await stand.node.manage('DELETE', `/api/v1/blacklist/${encodeURIComponent(ip)}`);
  }

  function kernelHolds(address: string): boolean {
    return new RegExp(`[ {]${address.replaceAll('.', '\\.')} timeout`).test(
      nft('list', 'table', 'inet', table),
    );
  }

  async function untilKernel(address: string, held: boolean): Promise<void> {
    await until(
      `${address} in the kernel`,
      () => kernelHolds(address),
      (holds) => holds === held,
    );
  }

  it('silence a banned client, and it alone, until the ban is lifted', async () => {
    const [client, other] = network.clients4;
    assert.equal(await connectFrom(client), 'connected');
    await ban(client);
    await untilKernel(client, true);
    const refused = await stand.node.metric('secbeat_connections_refused_total', { reason: 'banned' });
    assert.equal(await connectFrom(client), 'silence');
    assert.equal(await connectFrom(other), 'connected');
    assert.equal(await stand.node.metric('secbeat_connections_refused_total', { reason: 'banned' }), refused);
    assert.equal(await stand.node.metric('secbeat_kernel_bans'), 1);
    await lift(client);
    await untilKernel(client, false);
    assert.equal(await connectFrom(client), 'connected');
  });

  it('silence an IPv6 client by its network of 64 bits', async () => {
    const [client, other] = network.clients6;
    await ban(client.replace(/2$/, ':/64').replace(':::', '::'));
    await untilKernel(client.replace(/2$/, ''), true);
    assert.equal(await connectFrom(client), 'silence');
    assert.equal(await connectFrom(other), 'connected');
    await lift(client);
    await untilKernel(client.replace(/2$/, ''), false);
    assert.equal(await connectFrom(client), 'connected');
  });

  it('end by themselves, at a later time when the ban is given again', async () => {
    const [client] = network.clients4;
    await ban(client, 1);
    await ban(client, 3);
    await untilKernel(client, true);
    assert.equal(await connectFrom(client), 'silence');
    await untilKernel(client, false);
    assert.equal(await connectFrom(client), 'connected');
  });

  it('never silence what a list allows, nor a network that holds it', async () => {
    const [client, allowed] = network.clients4;
    const network29 = network.host4.replace(/\d+$/, (last) => `${Number(last) & ~7}/29`);
    await ban(network29);
    await ban(allowed);
    await ban('192.0.2.1');
    await untilKernel('192.0.2.1', true);
    assert.equal(await connectFrom(allowed), 'connected');
    await stand.node.untilMetric('secbeat_kernel_bans', {}, (bans) => bans === 1);
    await stand.node.reload({ ddos: { blacklist: { whitelist: [] } } });
    await until(
      'silence',
      () => connectFrom(allowed),
      (word) => word === 'silence',
    );
    assert.equal(await connectFrom(client), 'silence');
    for (const target of [network29, allowed, '192.0.2.1']) await lift(target);
    await untilKernel('192.0.2.1', false);
    assert.equal(await connectFrom(client), 'connected');
  });

  it('outlive a crash, and are what the bans are once the node is back', async () => {
    const [client, other] = network.clients4;
    await ban(client);
    await untilKernel(client, true);
    // As a ban that was lifted while nobody could tell the kernel.
    nft('add', 'element', 'inet', table, 'v4_32', `{ ${other} timeout 1h }`);
    assert.equal(await connectFrom(other), 'silence');
    await stand.restart('kill');
    assert.equal(await tableOf(stand), table);
    assert.equal(await connectFrom(client), 'silence');
    assert.equal(await connectFrom(other), 'connected');
  });

  it('are taken out of the kernel when the node ends', async () => {
    assert.match(nft('list', 'tables'), new RegExp(table));
    await stand.restart('stop');
    assert.equal(await tableOf(stand), table);
    await stand.node.stop();
    assert.doesNotMatch(nft('list', 'tables'), new RegExp(table));
  });
});

describe('a node that may not change the kernel', () => {
  it('says so once and bans by itself', async (t) => {
    const stand = await Stand.open({ settings: { kernel: { nftables: true, nft_path: '/nowhere/nft' } } });
    t.after(() => stand.close());
    await stand.node.untilLine(/Bans are not given to the kernel.*ENOENT/);
    await stand.node.manage('POST', '/api/v1/blacklist', { ip: '127.0.0.1', duration_seconds: 60 });
    await assert.rejects(stand.connect());
    assert.equal(stand.node.log.filter((line) => /not given to the kernel/.test(line)).length, 1);
  });
});

/** The name that the node has given its table. */
async function tableOf(stand: Stand): Promise<string> {
  const line = await stand.node.untilLine(/The kernel drops packets/);
  return /secbeat_[0-9a-f]+/.exec(line)?.[0] ?? '';
}
