/** How the node connects to origins: TLS with verification, and the PROXY protocol. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { createSelfSigned } from '../../src/tls/self-signed.ts';
import { readRequest, readResponse, requestText, responseText } from '../support/messages.ts';
import type { Settings } from '../support/node-config.ts';
import { createFolder, removeFolder } from '../support/node-process.ts';
import { ScriptedOrigin } from '../support/scripted-origin.ts';
import { Stand } from '../support/stand.ts';

let stand: Stand;
let secure: ScriptedOrigin;
let folder: string;
let fingerprint: string;

before(async () => {
  folder = createFolder();
  const pair = await createSelfSigned(['origin.example', '127.0.0.1']);
  for (const [name, text] of Object.entries(pair)) writeFileSync(file(name), text);
  fingerprint = new X509Certificate(pair.certPem).fingerprint256;
  secure = await ScriptedOrigin.start({
    cert: pair.certPem,
    key: pair.keyPem,
    ca: pair.certPem,
    requestCert: true,
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
  });
  stand = await Stand.open({ workers: 1 });
});
after(async () => {
  await stand.close();
  await secure.close();
  removeFolder(folder);
});

function file(name: string): string {
  return join(folder, `${name}.pem`);
}

/** The fingerprint of the certificate that the node showed an origin. */
function shownCertificate(socket: TLSSocket): string {
  return socket.getPeerCertificate()?.fingerprint256 ?? 'none';
}

async function serveFrom(origin: Settings): Promise<void> {
  const report = await stand.node.reload({ sites: [{ name: 'shop', origins: [origin] }] });
  assert.match(report, /reloaded/);
}

describe('an origin with https', () => {
  it('is served from where its certificate is trusted and carries its name', async () => {
    secure.respond(() => responseText('secret'));
    for (const entry of [{}, { server_name: 'origin.example' }]) {
      await serveFrom({ url: `https://127.0.0.1:${secure.port}`, ca_path: file('certPem'), ...entry });
      assert.equal((await stand.request()).body.toString(), 'secret');
      assert.equal((await stand.request('POST', '/', {}, 'a=1')).body.toString(), 'secret');
    }
    assert.equal(shownCertificate(secure.wires.at(-1)!.socket as TLSSocket), 'none');
  });

  it('gets nothing where nobody vouches for its certificate', async () => {
    secure.respond(() => responseText('secret'));
    await serveFrom({ url: `https://127.0.0.1:${secure.port}` });
    assert.equal((await stand.request()).status, 502);
    assert.equal((await stand.request('POST', '/', {}, 'password=x')).status, 502);
    assert.equal(secure.received, '');
  });

  it('gets nothing where its certificate carries another name', async () => {
    secure.respond(() => responseText('secret'));
    await serveFrom({
      url: `https://127.0.0.1:${secure.port}`,
      ca_path: file('certPem'),
      server_name: 'shop.example',
    });
    assert.equal((await stand.request()).status, 502);
    assert.equal(secure.received, '');
  });

  it('is served from all the same where the operator says so', async () => {
    secure.respond(() => responseText('secret'));
    await serveFrom({ url: `https://127.0.0.1:${secure.port}`, verify: false });
    assert.equal((await stand.request()).body.toString(), 'secret');
  });

  it('is shown the certificate of the node where there is one', async () => {
    secure.respond((_, wire) => responseText(shownCertificate(wire.socket as TLSSocket)));
    const own = { cert_path: file('certPem'), key_path: file('keyPem') };
    await serveFrom({ url: `https://127.0.0.1:${secure.port}`, ca_path: file('certPem'), ...own });
    assert.equal((await stand.request()).body.toString(), fingerprint);
  });

  it('gets 502 where it speaks something else than TLS', async () => {
    stand.origin.play(async (wire) => {
      wire.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      await wire.untilEnd();
    });
    await serveFrom({ url: `https://127.0.0.1:${stand.origin.port}`, verify: false });
    assert.equal((await stand.request()).status, 502);
  });

  it('keeps a configuration out of force whose certificates cannot be used', async () => {
    secure.respond(() => responseText('secret'));
    await serveFrom({ url: `https://127.0.0.1:${secure.port}`, verify: false });
    writeFileSync(file('broken'), 'no certificate');
    for (const entry of [
      { ca_path: file('missing') },
      { cert_path: file('certPem') },
      { cert_path: file('broken'), key_path: file('keyPem') },
    ]) {
      const url = `https://127.0.0.1:${secure.port}`;
      const report = await stand.node.reload({ sites: [{ name: 'shop', origins: [{ url, ...entry }] }] });
      assert.match(report, /refused/);
    }
    assert.equal((await stand.request()).body.toString(), 'secret');
  });
});

describe('an origin that is told whom it serves', () => {
  const HEADERS: Readonly<Record<string, RegExp>> = {
    v1: /^PROXY TCP4 127\.0\.0\.9 127\.0\.0\.1 \d+ \d+\r\n$/,
    v2: /^0d0a0d0a000d0a515549540a2111000c7f0000097f000001[0-9a-f]{8}$/,
  };

  for (const [version, pattern] of Object.entries(HEADERS)) {
    it(`gets the header of version ${version} first on each connection, which serves one request`, async () => {
      const headers: string[] = [];
      stand.origin.play(async (wire) => {
        headers.push(
          version === 'v1' ? await wire.readUntil('\r\n') : (await wire.readBytes(28)).toString('hex'),
        );
        while ((await readRequest(wire)) !== null) wire.write(responseText('told'));
      });
      await serveFrom({ url: `http://127.0.0.1:${stand.origin.port}`, send_proxy: version });
      const wire = await stand.connect({ from: '127.0.0.9' });
      for (let request = 0; request < 3; request++) {
        wire.write(requestText('GET', '/'));
        assert.equal((await readResponse(wire)).body.toString(), 'told');
      }
      wire.close();
      assert.equal(headers.length, 3);
      for (const header of headers) assert.match(header, pattern);
    });
  }

  it('gets it in front of TLS', async () => {
    const header = Promise.withResolvers<string>();
    stand.origin.play(async (wire) => {
      header.resolve(await wire.readUntil('\r\n'));
      assert.equal((await wire.readBytes(1))[0], 0x16, 'a TLS record follows');
      wire.close();
    });
    await serveFrom({ url: `https://127.0.0.1:${stand.origin.port}`, send_proxy: 'v1', verify: false });
    assert.equal((await stand.request()).status, 502);
    assert.match(await header.promise, /^PROXY TCP4 127\.0\.0\.1 /);
  });
});

describe('a connection that an origin authenticates', () => {
  it('is not shared: an origin that asks for NTLM or Negotiate gets a new one for each request', async () => {
    for (const scheme of ['NTLM', 'Negotiate']) {
      const answer = responseText('who?', { 'WWW-Authenticate': scheme }, '401 Unauthorized');
      stand.origin.play(async (wire) => {
        while ((await readRequest(wire)) !== null) wire.write(answer);
      });
      await serveFrom({ url: `http://127.0.0.1:${stand.origin.port}` });
      const known = stand.origin.wires.length;
      for (let request = 0; request < 3; request++) assert.equal((await stand.request()).status, 401);
      assert.equal(stand.origin.wires.length - known, 3);
    }
  });
});
