import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect as connectTcp, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { connect, type Server, type TLSSocket } from 'node:tls';
import { CertificateAuthority, createAuthority } from '../tls/authority/certificate-authority.ts';
import { makeServerCredentials } from './identity/server-certificate.ts';
import { createTlsFront, useCredentials } from './tls-front.ts';

const DEADLINES = { handshakeMs: 300, firstRequestMs: 300, idleMs: 600, checkIntervalMs: 50 };

describe('TLS in front of the API', { timeout: 20_000 }, () => {
  let authority: CertificateAuthority;
  let front: Server;
  let sockets: Socket[];
  beforeEach(async () => {
    const opened = await CertificateAuthority.open(await createAuthority('test', Date.now()));
    assert.ok(opened.ok);
    authority = opened.value;
    const http = createServer((_request, response) => response.end('here'));
    const credentials = await makeServerCredentials(authority, ['127.0.0.1'], Date.now());
    front = createTlsFront(credentials, http, DEADLINES);
    front.listen(0, '127.0.0.1');
    await once(front, 'listening');
    sockets = [];
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    const closed = once(front, 'close');
    front.close();
    await closed;
  });

  function keep<Kind extends Socket>(socket: Kind): Kind {
    sockets.push(socket);
    socket.on('error', () => undefined);
    return socket;
  }

  async function open(options: { readonly maxVersion?: 'TLSv1.2' } = {}): Promise<TLSSocket> {
    const { port } = front.address() as AddressInfo;
    const socket = keep(connect({ host: '127.0.0.1', port, ca: authority.certPem, ...options }));
    await once(socket, 'secureConnect');
    return socket;
  }

  it('ends connections that begin no handshake, or no request, or none any more', async () => {
    const { port } = front.address() as AddressInfo;
    // On a busy machine the first may be ended before the last is opened.
    const ended = (socket: Socket) => once(socket.resume(), 'close');
    const silent = ended(keep(connectTcp(port, '127.0.0.1')));
    const half = await open();
    const halfEnded = ended(half);
    half.write('GET / HTTP/1.1\r\nHos');
    const used = await open();
    const answered = once(used, 'data');
    const usedEnded = ended(used);
    used.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await Promise.all([answered, silent, halfEnded, usedEnded]);
  });

  it('speaks TLS 1.2 as well, and shows another certificate once it has one', async () => {
    const before = await open({ maxVersion: 'TLSv1.2' });
    assert.equal(before.getProtocol(), 'TLSv1.2');
    useCredentials(front, await makeServerCredentials(authority, ['127.0.0.1'], Date.now()));
    const after = await open();
    assert.notEqual(after.getPeerCertificate().serialNumber, before.getPeerCertificate().serialNumber);
  });
});
