/** Certificates of clients, by server name: who may come in, and what the origin is told. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { createSelfSigned } from '../../src/tls/self-signed.ts';
import { fieldValues, readResponse, requestText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { createClientAuthority, handshake, type Pem } from '../support/tls-client.ts';
import { until } from '../support/until.ts';

const FIELDS = ['Verified', 'Subject', 'Fingerprint'].map((name) => `X-Client-Certificate-${name}`);
const FORGED = {
  'X-Client-Certificate-Verified': 'success',
  'x-client-certificate-subject': 'CN=root',
  X_Client_Certificate_Subject: 'CN=root',
  'X-Client-Certificate-Fingerprint': 'aa',
  'X-Client-Certificate-Anything': 'x',
};

const folder = mkdtempSync(join(tmpdir(), 'secbeat-clients-'));
let stand: Stand;
let known: Pem;
let foreign: Pem;

before(async () => {
  const authority = await createClientAuthority('CN=Clients');
  const stranger = await createClientAuthority('CN=Clients');
  known = await authority.sign('CN=Zoë,O=Example\\, Inc');
  foreign = await stranger.sign('CN=Mallory');
  writeFileSync(join(folder, 'ca.pem'), authority.cert);
  const certificates = [];
  for (const kind of ['required', 'optional']) {
    const pair = await createSelfSigned([`${kind}.example`]);
    const paths = { cert_path: join(folder, `${kind}.pem`), key_path: join(folder, `${kind}.key`) };
    writeFileSync(paths.cert_path, pair.certPem);
    writeFileSync(paths.key_path, pair.keyPem);
    certificates.push({ ...paths, client_certificates: kind, client_ca_path: join(folder, 'ca.pem') });
  }
  stand = await Stand.open({ workers: 1, settings: { network: { tls: { certificates } } } });
});
after(async () => {
  await stand.close();
  rmSync(folder, { recursive: true });
});

/** The status of a request, and what the origin was told of the client's certificate. */
async function ask(
  servername: string,
  options: ConnectionOptions = {},
): Promise<{ readonly status: number; readonly told: readonly (readonly string[])[] }> {
  const { wire } = await handshake(stand.node.port, { servername, ...options });
  const seen = stand.origin.requests.length;
  wire.write(requestText('GET', '/', FORGED));
  try {
    const { status } = await readResponse(wire);
    const request = stand.origin.requests[seen]!;
    assert.doesNotMatch(request.lines.join('\n'), /CN=root|Anything/i);
    return { status, told: FIELDS.map((name) => fieldValues(request, name)) };
  } finally {
    wire.close();
  }
}

/** A session that a client could resume; some clients look for it only once there is data. */
async function sessionAt(servername: string, options: ConnectionOptions = {}): Promise<Buffer> {
  const { wire, session } = await handshake(stand.node.port, { servername, ...options });
  wire.write(requestText('GET', '/'));
  await readResponse(wire);
  const found = await session;
  wire.close();
  return found;
}

for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
  it(`lets a client in with a valid certificate where one is required, by ${maxVersion}`, async () => {
    const { status, told } = await ask('required.example', { ...known, maxVersion });
    assert.equal(status, 200);
    const fingerprint = new X509Certificate(known.cert).fingerprint256.replaceAll(':', '').toLowerCase();
    assert.deepEqual(told, [['success'], ['O=Example\\, Inc,CN=Zo\\C3\\AB'], [fingerprint]]);
  });

  it(`refuses clients without one, or with one of somebody else, by ${maxVersion}`, async () => {
    const before = stand.origin.requests.length;
    await assert.rejects(ask('required.example', { maxVersion }));
    await assert.rejects(ask('required.example', { ...foreign, maxVersion }));
    assert.equal(stand.origin.requests.length, before);
  });

  it(`tells the origin what there was where a certificate is optional, by ${maxVersion}`, async () => {
    assert.deepEqual((await ask('optional.example', { maxVersion })).told, [['none'], [], []]);
    assert.deepEqual((await ask('optional.example', { ...foreign, maxVersion })).told, [['failed'], [], []]);
    assert.deepEqual((await ask('optional.example', { ...known, maxVersion })).told[0], ['success']);
  });
}

it('asks nothing and says nothing at other names, whatever clients claim', async () => {
  assert.deepEqual((await ask('shop.example', known)).told, [[], [], []]);
});

it('takes no session from a name without certificates to one that requires them', async () => {
  const session = await sessionAt('optional.example');
  await assert.rejects(ask('required.example', { session }));
  assert.deepEqual((await ask('optional.example', { session })).told, [['none'], [], []]);
});

it('knows the client of a resumed session', async () => {
  const session = await sessionAt('required.example', known);
  const { told } = await ask('required.example', { ...known, session });
  assert.deepEqual(told[0], ['success']);
  await stand.node.untilMetric('secbeat_tls_handshakes_total', { result: 'resumed' }, (count) => count >= 1);
});

it('trusts a resumed session no more than the one it resumes', async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const options = { ...foreign, maxVersion };
    const session = await sessionAt('optional.example', options);
    assert.deepEqual((await ask('optional.example', { ...options, session })).told, [['failed'], [], []]);
  }
});

it('does not let a host that requires one be asked for over a connection for another name', async () => {
  const statusOf = async (
    servername: string,
    host: string,
    options: ConnectionOptions = {},
  ): Promise<number> => {
    const { wire } = await handshake(stand.node.port, { servername, ...options });
    wire.write(requestText('GET', '/', { Host: host }));
    const { status } = await readResponse(wire);
    wire.close();
    return status;
  };
  const before = stand.origin.requests.length;
  for (const host of ['required.example', 'REQUIRED.example.:443', 'optional.example']) {
    assert.equal(await statusOf('shop.example', host), 421, host);
  }
  assert.equal(await statusOf('optional.example', 'required.example', known), 421);
  assert.equal(stand.origin.requests.length, before);
  assert.equal(await statusOf('required.example', 'shop.example', known), 200);
});

it('ends connections that have shown nothing when a certificate comes to be required, and keeps those that have', async (t) => {
  const own = await Stand.open({ workers: 1 });
  t.after(() => own.close());
  const require = (client_ca_path: string): Promise<unknown> =>
    own.node.reload({ network: { tls: { client_certificates: 'required', client_ca_path } } });
  const { wire: stranger } = await handshake(own.node.port);
  stranger.write(requestText('GET', '/'));
  assert.equal((await readResponse(stranger)).status, 200);
  await require(join(folder, 'ca.pem'));
  await until(
    'end of the connection',
    () => stranger.ended,
    (ended) => ended,
  );
  const { wire: friend } = await handshake(own.node.port, known);
  await require(join(folder, 'ca.pem'));
  friend.write(requestText('GET', '/'));
  assert.equal((await readResponse(friend)).status, 200);
  friend.close();
});
