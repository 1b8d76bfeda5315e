import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSelfSigned } from '../../tls/self-signed.ts';
import type { Ticket } from './admission.ts';
import type { AcceptedHello } from './greetings.ts';
import { createDoorParts, createRawSocket, type DoorParts } from './testing/door-parts.ts';
import { TlsTerminator } from './tls-terminator.ts';

const ACCEPTED: AcceptedHello = {
  hello: {
    legacyVersion: 0x0303,
    cipherSuites: new Uint16Array(0),
    extensions: new Uint16Array(0),
    supportedVersions: new Uint16Array(0),
    signatureAlgorithms: new Uint16Array(0),
    protocols: null,
    serverName: null,
  },
  judgement: { kind: 'serve', serverName: '', profile: 0 },
};
const NOTHING_YET = Buffer.from([22]);

async function createTerminator({ context, admission }: DoorParts): Promise<TlsTerminator> {
  const profile = { names: [], ...(await createSelfSigned(['localhost'])), clientCaPem: null };
  const policy = {
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    http2: false,
    strictNames: false,
    profiles: [{ ...profile, clientCertificates: 'off' }],
  } as const;
  return new TlsTerminator(policy, null, context, admission, () => undefined);
}

function admit({ admission }: DoorParts): Ticket {
  const ticket = admission.admit('192.0.2.1');
  assert.ok(typeof ticket !== 'string');
  return ticket;
}

function held({ counts }: DoorParts): readonly number[] {
  return [counts.connections.value(), counts.handshakes.value()];
}

describe('handshakes under way', () => {
  it('give everything back where a client comes again from the port of a connection that is not gone yet', async () => {
    const parts = createDoorParts(true);
    const terminator = await createTerminator(parts);
    const former = createRawSocket(4711);
    const latter = createRawSocket(4711);
    terminator.start(former, admit(parts), ACCEPTED, NOTHING_YET);
    terminator.start(latter, admit(parts), ACCEPTED, NOTHING_YET);
    assert.deepEqual(held(parts), [1, 1]);
    assert.ok(former.destroyed && !latter.destroyed);
    assert.equal(terminator.handshaking, 1);
    terminator.sweep(parts.nowMs + 5000);
    assert.deepEqual(held(parts), [0, 0]);
    assert.equal(terminator.handshaking, 0);
    assert.deepEqual(parts.told, ['handshake_failed', 'handshake_timeout']);
  });

  it('give everything back once when the connection ends', async () => {
    const parts = createDoorParts(true);
    const terminator = await createTerminator(parts);
    const raw = createRawSocket(4711);
    terminator.start(raw, admit(parts), ACCEPTED, NOTHING_YET);
    const other = admit(parts);
    const closed = new Promise((resolve) => raw.once('close', resolve));
    raw.destroy();
    await closed;
    assert.deepEqual(held(parts), [1, 1]);
    assert.deepEqual(parts.told, ['handshake_failed']);
    parts.admission.release(other);
    assert.deepEqual(held(parts), [0, 0]);
  });
});
