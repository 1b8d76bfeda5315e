/** Certificates from a real authority: Debian's pebble, which is skipped with a reason where it is not installed. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { AcmeStand } from '../support/acme-stand.ts';
import { freePort, OWN_HOST } from '../support/node-config.ts';
import { createFolder, removeFolder } from '../support/node-process.ts';
import { Pebble, skipWithoutPebble } from '../support/pebble.ts';
import { Stand } from '../support/stand.ts';
import { until, within } from '../support/until.ts';

const NAME = 'shop.example';
const EXTERNAL = { id: 'kid-1', key: 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W' };
const MISSING = skipWithoutPebble();

// A group that is left out does not show in every report; this does.
it(
  'there is an authority to get certificates from',
  {
    skip: MISSING && 'pebble is not installed (Debian package pebble)',
  },
  () => assert.equal(MISSING, false),
);

describe('certificates by ACME', { skip: MISSING }, () => {
  let folder: string;
  let stand: AcmeStand;
  let pebble: Pebble | null = null;

  before(async () => {
    folder = createFolder();
    stand = await AcmeStand.open(folder);
  });

  after(async () => {
    await stand.close();
    await pebble?.stop();
    removeFolder(folder);
  });

  async function startPebble(options: Partial<Parameters<typeof Pebble.start>[0]> = {}): Promise<Pebble> {
    await pebble?.stop();
    const { httpPort, tlsPort } = stand;
    pebble = await Pebble.start({ folder: join(folder, 'pebble'), httpPort, tlsPort, ...options });
    return pebble;
  }

  async function configure(more: object = {}): Promise<void> {
    assert.ok(pebble !== null);
    const { directoryUrl: directory_url, caPath: trusted_ca_path } = pebble;
    await stand.manager.configure(stand.settings({ directory_url, trusted_ca_path, names: [NAME], ...more }));
  }

  function storedCertificate(): X509Certificate {
    const used = stand.used.at(-1);
    assert.equal(used?.name, NAME);
    return new X509Certificate(readFileSync(used.certPath));
  }

  for (const challenge of ['http-01', 'tls-alpn-01'] as const) {
    it(`are got by ${challenge}, also where most nonces are refused`, async () => {
      const authority = await startPebble({ environment: { PEBBLE_WFE_NONCEREJECT: '50' } });
      stand.reset();
      await configure({ challenge });
      await stand.attempt();
      assert.deepEqual(stand.faults, []);
      const root = new X509Certificate(await authority.rootPem());
      assert.equal(storedCertificate().checkHost(NAME), NAME);
      await stand.assertServes(NAME, root.toString());
      assert.deepEqual(stand.open, [], 'no challenge stays open');
    });
  }

  it('are there after a restart, without a word to the authority', async () => {
    const authority = await startPebble();
    stand.reset();
    await configure();
    await stand.attempt();
    const serial = storedCertificate().serialNumber;
    stand.restart();
    const before = authority.log.length;
    await configure();
    await stand.attempt();
    assert.equal(storedCertificate().serialNumber, serial);
    assert.equal(authority.log.length, before);
  });

  it('are renewed once two thirds of their life are gone', async () => {
    await startPebble({ validSeconds: 7200 });
    stand.reset();
    await configure();
    await stand.attempt();
    const first = storedCertificate();
    stand.advanceMs(4700 * 1000);
    await stand.attempt();
    assert.equal(stand.used.length, 1, 'not yet due');
    stand.advanceMs(101 * 1000);
    await stand.attempt();
    assert.equal(stand.used.length, 2);
    assert.notEqual(storedCertificate().serialNumber, first.serialNumber);
  });

  it('are not asked for without end where each is due as soon as it is given out', async () => {
    await startPebble({ validSeconds: 7200 });
    stand.reset();
    stand.advanceMs(4900 * 1000);
    await configure();
    for (let tick = 0; tick < 5; tick += 1) await stand.attempt();
    assert.equal(stand.used.length, 1);
    stand.advanceMs(600 * 1000);
    await stand.attempt();
    assert.equal(stand.used.length, 2);
  });

  it('are kept where the authority is gone when they are due, and asked for again later', async () => {
    const authority = await startPebble();
    stand.reset();
    await configure({ renew_before_days: 365 });
    await stand.attempt();
    const { serialNumber } = storedCertificate();
    await authority.stop();
    stand.advanceDays(5 * 365 - 100);
    await stand.attempt();
    assert.equal(storedCertificate().serialNumber, serialNumber);
    assert.match(stand.faults.join('\n'), /Certificate could not be renewed.*ECONNREFUSED/);
    await stand.attempt();
    assert.equal(stand.faults.length, 1, 'no second attempt without a pause');
    stand.advanceMs(30_000);
    await stand.attempt();
    assert.equal(stand.faults.length, 2);
  });

  it('come from the new authority where another one is configured, and the old one serves until then', async () => {
    const one = await startPebble();
    stand.reset();
    await configure();
    await stand.attempt();
    const { serialNumber } = storedCertificate();
    await one.stop();
    const other = await startPebble({ folder: join(folder, 'other') });
    await configure();
    assert.equal(storedCertificate().serialNumber, serialNumber);
    await stand.attempt();
    await stand.assertServes(NAME, await other.rootPem());
  });

  it('are not got where the challenge is not answered; the authority is not asked again at once', async () => {
    await startPebble({ environment: { PEBBLE_AUTHZREUSE: '0' } });
    stand.reset();
    stand.answering = false;
    await configure({ challenge: 'http-01' });
    await stand.attempt();
    assert.equal(stand.used.length, 0);
    assert.match(
      stand.faults.join('\n'),
      /could not be obtained.*http-01 challenge was refused: unauthorized/,
    );
    assert.deepEqual(stand.open, []);
    await stand.attempt();
    assert.equal(stand.faults.length, 1);
    stand.answering = true;
    stand.advanceMs(300_000);
    await stand.attempt();
    assert.equal(stand.used.length, 1);
  });

  it('need the right external account where the authority wants one', async () => {
    await startPebble({ externalAccounts: { [EXTERNAL.id]: EXTERNAL.key } });
    stand.reset();
    await configure();
    await stand.attempt();
    assert.match(stand.faults.join('\n'), /eab_key_id/);
    await configure({ eab_key_id: EXTERNAL.id, eab_hmac_key: 'c2hvcnQtYW5kLXdyb25nLWtleS1vZi0zMi1vY3RldHM' });
    await stand.attempt();
    assert.equal(stand.faults.length, 2);
    assert.equal(stand.used.length, 0);
    await configure({ eab_key_id: EXTERNAL.id, eab_hmac_key: EXTERNAL.key });
    await stand.attempt();
    assert.equal(stand.used.length, 1);
  });

  it('are given up at once when the node ends, and after a while in any case, where the authority says nothing', async () => {
    const silent = await SilentServer.listen();
    stand.reset({ attemptMaxMs: 300 });
    const directory_url = `https://${OWN_HOST}:${silent.port}/`;
    await stand.manager.configure(stand.settings({ directory_url, names: [NAME] }));
    await stand.attempt();
    assert.match(stand.faults.join('\n'), /did not come to an end within 0\.3 s/);
    stand.reset();
    await stand.manager.configure(stand.settings({ directory_url, names: [NAME] }));
    stand.manager.tick();
    await silent.untilConnected(2);
    await within('end of the attempt', stand.manager.stop());
    assert.deepEqual(stand.faults, []);
    silent.close();
  });

  it('are asked for again where the configuration is read again while an attempt is under way', async () => {
    await startPebble();
    stand.reset();
    await configure();
    stand.manager.tick();
    await configure({ email: 'web@shop.example' });
    assert.deepEqual(stand.open, []);
    await stand.attempt();
    assert.deepEqual(stand.faults, []);
    assert.ok(stand.used.length >= 1);
    const count = stand.used.length;
    await configure({ email: 'web@shop.example' });
    await stand.attempt();
    assert.equal(stand.used.length, count, 'nothing happens where nothing has changed');
  });
});

describe('certificates of a node', { skip: MISSING }, () => {
  for (const challenge of ['http-01', 'tls-alpn-01'] as const) {
    it(`are got by ${challenge} beside the traffic, used without a restart, and still there after one`, async () => {
      const httpPort = await freePort();
      const redirect_listen_addr = `${OWN_HOST}:${httpPort}`;
      const listen_addr = `${OWN_HOST}:0`;
      const stand = await Stand.open({ settings: { network: { listen_addr, redirect_listen_addr } } });
      const folder = createFolder();
      const pebble = await Pebble.start({ folder, httpPort, tlsPort: stand.node.port });
      try {
        const rootPem = await pebble.rootPem();
        assert.match((await shownFor(NAME, stand.node.port)).issuer, /self-signed/);
        const { directoryUrl: directory_url, caPath: trusted_ca_path } = pebble;
        const authority = { directory_url, trusted_ca_path, challenge };
        await stand.node.reload({ acme: { enabled: true, terms_agreed: true, names: [NAME], ...authority } });
        await stand.node.untilLine(/Certificate obtained/);
        await until(
          'certificate of the authority',
          () => shownFor(NAME, stand.node.port, rootPem),
          ({ authorized }) => authorized,
        );
        assert.match((await shownFor('other.example', stand.node.port)).issuer, /self-signed/);
        assert.equal((await stand.request('GET', '/', {}, '', { to: OWN_HOST })).status, 200);
        await stand.restart('stop');
        const { authorized } = await shownFor(NAME, stand.node.port, rootPem);
        assert.ok(authorized, 'the kept certificate serves from the first handshake on');
        assert.ok(!stand.node.log.some((line) => /Certificate obtained/.test(line)));
      } finally {
        await pebble.stop();
        removeFolder(folder);
        await stand.close();
      }
    });
  }
});

interface ShownCertificate {
  readonly issuer: string;
  /** Whether a client that trusts the given root only would go on. */
  readonly authorized: boolean;
}

/** The certificate that is shown to a client which asks for a name. */
async function shownFor(servername: string, port: number, rootPem?: string): Promise<ShownCertificate> {
  const { promise, resolve, reject } = Promise.withResolvers<ShownCertificate>();
  const trust = rootPem === undefined ? {} : { ca: rootPem };
  const socket = connect({ host: OWN_HOST, port, servername, rejectUnauthorized: false, ...trust });
  socket.on('error', reject).on('secureConnect', () => {
    const issuer = JSON.stringify(socket.getPeerCertificate().issuer);
    resolve({ issuer, authorized: socket.authorized });
  });
  try {
    return await within('handshake', promise);
  } finally {
    socket.destroy();
  }
}

/** Accepts connections and never says a word. */
class SilentServer {
  readonly #server: Server;
  readonly #sockets: Socket[] = [];

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.push(socket.on('error', () => undefined));
    });
  }

  static async listen(): Promise<SilentServer> {
    const silent = new SilentServer();
    await new Promise<void>((resolve) => silent.#server.listen(0, OWN_HOST, resolve));
    return silent;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async untilConnected(count: number): Promise<void> {
    await until(
      'connections',
      () => this.#sockets.length,
      (held) => held >= count,
    );
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
