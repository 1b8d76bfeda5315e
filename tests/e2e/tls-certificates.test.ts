/** Certificates by server name, and clients that greet the TLS port in strange ways. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { createSelfSigned } from '../../src/tls/self-signed.ts';
import {
  extension,
  helloBody,
  helloMessage,
  records,
  serverNames,
} from '../../src/tls/testing/hello-octets.ts';
import { readResponse, requestText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { createFragmenter, handshake } from '../support/tls-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'secbeat-names-'));
let stand: Stand;

interface CertificateTable {
  readonly cert_path: string;
  readonly key_path: string;
}

async function writePair(file: string, ...names: readonly string[]): Promise<CertificateTable> {
  const pair = await createSelfSigned(names);
  const paths = { cert_path: join(folder, `${file}.pem`), key_path: join(folder, `${file}.key`) };
  writeFileSync(paths.cert_path, pair.certPem);
  writeFileSync(paths.key_path, pair.keyPem);
  return paths;
}

before(async () => {
  const shop = await writePair('shop', 'shop.example', '*.shop.example');
  const blog = await writePair('blog', 'elsewhere.example');
  stand = await Stand.open({
    settings: {
      network: { tls: { certificates: [{ ...shop }, { ...blog, names: ['blog.example'] }] } },
      http2: { enabled: true },
    },
  });
});
after(async () => {
  await stand.close();
  rmSync(folder, { recursive: true });
});

/** The names in the certificate that a client is shown. */
async function shownFor(servername: string | null, options: ConnectionOptions = {}): Promise<string> {
  const name = servername === null ? {} : { servername };
  const { wire, certificate } = await handshake(stand.node.port, { ...name, ...options });
  wire.write(requestText('GET', '/'));
  assert.equal((await readResponse(wire)).status, 200);
  wire.close();
  return String(certificate.subjectaltname);
}

const refused = (reason: string): Promise<number> =>
  stand.node.metric('secbeat_connections_refused_total', { reason });

for (const [name, expected] of [
  ['shop.example', /DNS:shop\.example/],
  ['SHOP.Example', /DNS:shop\.example/],
  ['a.shop.example', /DNS:shop\.example/],
  ['blog.example', /DNS:elsewhere\.example/],
  ['a.b.shop.example', /DNS:localhost/],
  ['elsewhere.example', /DNS:localhost/],
  ['unknown.example', /DNS:localhost/],
  [null, /DNS:localhost/],
] as const) {
  it(`shows ${expected.source} to a client that asks for ${name ?? 'no name'}`, async () => {
    assert.match(await shownFor(name), expected);
    assert.match(await shownFor(name, { maxVersion: 'TLSv1.2' }), expected);
  });
}

it('refuses unknown names and none where names are strict, with the alert for it', async () => {
  await stand.node.reload({ network: { tls: { strict_sni: true } } });
  const before = await refused('unknown_name');
  await assert.rejects(handshake(stand.node.port, { servername: 'unknown.example' }), /unrecognized.name/i);
  await assert.rejects(handshake(stand.node.port), /unrecognized.name/i);
  assert.match(await shownFor('shop.example'), /shop/);
  assert.match(await shownFor('localhost'), /localhost/);
  assert.equal(await refused('unknown_name'), before + 2);
  await stand.node.reload({ network: { tls: { strict_sni: false } } });
});

it('prefers HTTP/2 where it is offered, and refuses protocols that it does not speak', async () => {
  const { port } = stand.node;
  const both = await handshake(port, { ALPNProtocols: ['http/1.1', 'h2'] });
  assert.equal(both.protocol, 'h2');
  both.wire.close();
  await assert.rejects(handshake(port, { ALPNProtocols: ['spdy/3'] }), /application.protocol/i);
  await stand.node.reload({ http2: { enabled: false } });
  await assert.rejects(handshake(port, { ALPNProtocols: ['h2'] }), /application.protocol/i);
  const one = await handshake(port, { ALPNProtocols: ['http/1.1', 'h2'] });
  assert.equal(one.protocol, 'http/1.1');
  one.wire.close();
  await stand.node.reload({ http2: { enabled: true } });
});

it('speaks TLS 1.3 alone where the policy is modern', async () => {
  await stand.node.reload({ network: { tls: { policy: 'modern' } } });
  await assert.rejects(handshake(stand.node.port, { maxVersion: 'TLSv1.2' }));
  assert.match(await shownFor('shop.example', { minVersion: 'TLSv1.3' }), /shop/);
  await stand.node.reload({ network: { tls: { policy: 'intermediate' } } });
  assert.match(await shownFor('shop.example', { maxVersion: 'TLSv1.2' }), /shop/);
});

it('takes a handshake in pieces of one octet', async () => {
  const fragmenter = await createFragmenter(stand.node.port);
  const { port } = fragmenter.address() as AddressInfo;
  const { wire, certificate } = await handshake(port, { servername: 'shop.example' });
  assert.match(String(certificate.subjectaltname), /shop/);
  wire.write(requestText('GET', '/'));
  assert.equal((await readResponse(wire)).status, 200);
  wire.close();
  fragmenter.close();
});

it('tells a client of plain HTTP what it did wrong, and closes', async () => {
  const before = await refused('not_tls');
  const wire = await stand.tcp();
  wire.write(requestText('GET', '/'));
  const answer = await readResponse(wire);
  assert.equal(answer.status, 400);
  assert.match(answer.body.toString(), /HTTPS/);
  await wire.untilEnd();
  assert.equal(await refused('not_tls'), before + 1);
});

const ALERT = /^1503..000202/;
const hello = (...extensions: readonly Buffer[]): Buffer => helloMessage(helloBody({ extensions }));

for (const [what, octets, answer] of [
  ['noise', Buffer.alloc(100, 0xff), /^$/],
  ['zeros', Buffer.alloc(100), /^$/],
  ['a record that is too long', Buffer.from([22, 3, 1, 0xff, 0xff]), /^$/],
  ['two server names', records(hello(serverNames('a.example', 'b.example'))), /^1503030002022f$/],
  ['an over-long server name', records(hello(serverNames('a'.repeat(300)))), /^15030300020270$/],
  ['a broken ClientHello', records(helloMessage(Buffer.alloc(40, 0xff))), /^15030300020232$/],
  ['16 MiB announced', records(Buffer.from([1, 255, 255, 255])), /^15030300020232$/],
  ['a hello without ciphers', records(helloMessage(helloBody({ ciphers: [] }))), ALERT],
  ['a hello of 16 KiB', records(hello(extension(21, Buffer.alloc(16_000))), 900), ALERT],
] as const) {
  it(`closes on ${what}, and serves others`, async () => {
    const wire = await stand.tcp();
    wire.write(octets);
    const received = await wire.readToEnd();
    assert.match(received.toString('hex'), answer);
    assert.match(await shownFor('shop.example'), /shop/);
  });
}

it('does not renegotiate', async () => {
  const { wire } = await handshake(stand.node.port, { maxVersion: 'TLSv1.2' });
  const socket = wire.socket as import('node:tls').TLSSocket;
  const outcome = Promise.withResolvers<boolean>();
  socket.once('error', () => outcome.resolve(true));
  const begun = socket.renegotiate({}, (error) => outcome.resolve(error !== null));
  assert.ok(!begun || (await outcome.promise));
  wire.close();
});
