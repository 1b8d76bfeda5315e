/**
 * Connection limits over four workers: exact at every number, and given back on every way a connection can end.
 *
 * Clients are told apart by their loopback addresses, and a refused one must not have got a single octet.
 */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { readResponse, requestText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';
import type { Wire } from '../support/wire.ts';

const PER_CLIENT = 10;
const IN_ALL = 1000;

let stand: Stand;
before(async () => {
  stand = await Stand.open({
    workers: 4,
    settings: {
      network: { tls: { handshake_timeout_ms: 20_000 } },
      http: { header_timeout_ms: 20_000 },
      ddos: {
        connection_limits: {
          max_connections_per_ip: PER_CLIENT,
          max_total_connections: IN_ALL,
          max_concurrent_handshakes: 2 * IN_ALL,
        },
        blacklist: { enabled: false },
      },
    },
  });
});
after(() => stand.close());

const refused = (reason: string): Promise<number> =>
  stand.node.metric('secbeat_connections_refused_total', { reason });

/** Opens plain TCP connections, all at once, and waits until `expected` of them are closed by the node. */
async function open(count: number, expected: number, address: (index: number) => string): Promise<Wire[]> {
  const wires = await Promise.all(
    Array.from({ length: count }, (_, index) => stand.tcp({ from: address(index) })),
  );
  await until(
    `${expected} refusals of ${count}`,
    () => wires.filter((wire) => wire.ended).length,
    (ended) => ended >= expected,
  );
  return wires;
}

/** Whether the client may have exactly its full number of connections, and ends with none. */
async function assertAllFree(from: string): Promise<void> {
  const wires: Wire[] = [];
  await until(
    `${PER_CLIENT} free connections of ${from}`,
    async () => {
      const wire = await stand.connect({ from }).catch(() => null);
      if (wire !== null) wires.push(wire);
      return wires.length;
    },
    (held) => held === PER_CLIENT,
  );
  await assert.rejects(stand.connect({ from }), 'one more than allowed');
  for (const wire of wires) wire.close();
}

it('admits exactly ten of thirty connections of one address, and closes the rest without an octet', async () => {
  const before = await refused('connection_limit');
  const wires = await open(30, 20, () => '127.2.0.1');
  assert.equal(await refused('connection_limit'), before + 20);
  const closed = wires.filter((wire) => wire.ended);
  assert.equal(closed.length, 20);
  assert.deepEqual(
    closed.map((wire) => wire.receivedBytes),
    closed.map(() => 0),
  );
  for (const wire of wires) wire.close();
  await assertAllFree('127.2.0.1');
});

it('serves the ten while it refuses the others', async () => {
  const settled = await Promise.allSettled(
    Array.from({ length: 30 }, () => stand.connect({ from: '127.2.0.2' })),
  );
  const wires = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  assert.equal(wires.length, PER_CLIENT);
  for (const wire of wires) {
    wire.write(requestText('GET', '/'));
    assert.equal((await readResponse(wire)).status, 200);
    wire.close();
  }
});

it('keeps exactly a thousand connections of 1100 addresses, and a thousand again', async () => {
  // Who has said nothing for longest makes room for who comes, or is kept, and who comes is refused.
  const over = async (): Promise<number> =>
    (await refused('global_limit')) + (await refused('handshake_limit'));
  for (let round = 0; round < 2; round++) {
    const before = await over();
    const ended = await stand.node.metric('secbeat_tls_handshakes_total');
    const droppedBefore = await refused('handshake_limit');
    const wires = await open(1100, 100, (index) => `127.3.${index >> 7}.${1 + (index & 127)}`);
    assert.equal(wires.filter((wire) => wire.ended).length, 100);
    assert.equal(await over(), before + 100);
    assert.equal(
      wires.reduce((sum, wire) => sum + wire.receivedBytes, 0),
      0,
    );
    for (const wire of wires) wire.close();
    const dropped = (await refused('handshake_limit')) - droppedBefore;
    const all = ended + IN_ALL + dropped;
    await stand.node.untilMetric('secbeat_tls_handshakes_total', {}, (value) => value === all);
  }
});

/** How a client leaves: it closes, resets, ends its own direction, or waits for the node to end. */
type Leaving = 'close' | 'reset' | 'end' | 'wait';

async function leave(wire: Wire, octets: string | Buffer, how: Leaving): Promise<void> {
  if (octets.length > 0) wire.write(octets);
  if (how === 'close') wire.close();
  else if (how === 'reset') wire.reset();
  else if (how === 'end') wire.end();
  else await wire.untilEnd();
}

const UPLOAD_START = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\npart';

/** Ends of connections that are secured. */
const SECURED: readonly (readonly [string, string, Leaving])[] = [
  ['closes', '', 'close'],
  ['resets', '', 'reset'],
  ['ends its direction', '', 'end'],
  ['closes in the middle of a head', 'GET / HT', 'close'],
  ['resets in the middle of a head', 'GET / HT', 'reset'],
  ['ends its direction in the middle of a head', 'GET / HT', 'end'],
  ['closes in the middle of a body', UPLOAD_START, 'close'],
  ['ends its direction in the middle of a body', UPLOAD_START, 'end'],
  ['sends nonsense', 'nonsense\r\n\r\n', 'wait'],
  ['asks for the close', requestText('GET', '/', { Connection: 'close' }), 'wait'],
];

for (const [index, [name, octets, how]] of SECURED.entries()) {
  it(`gives the connections of a client back that ${name}`, async () => {
    const from = `127.4.0.${index + 1}`;
    const wires = await Promise.all(Array.from({ length: PER_CLIENT }, () => stand.connect({ from })));
    await assert.rejects(stand.connect({ from }));
    await Promise.all(wires.map((wire) => leave(wire, octets, how)));
    await assertAllFree(from);
  });
}

const HELLO_START = Buffer.from('16030100f5010000f10303', 'hex');

/** Ends of connections in the middle of the handshake. */
const HANDSHAKING: readonly (readonly [string, string | Buffer, Leaving])[] = [
  ['closes at once', '', 'close'],
  ['resets at once', '', 'reset'],
  ['ends its direction at once', '', 'end'],
  ['closes behind half a greeting', HELLO_START, 'close'],
  ['resets behind half a greeting', HELLO_START, 'reset'],
  ['ends its direction behind half a greeting', HELLO_START, 'end'],
  ['speaks plain HTTP', requestText('GET', '/'), 'wait'],
  ['speaks nonsense', '\xff'.repeat(100), 'wait'],
];

for (const [index, [name, octets, how]] of HANDSHAKING.entries()) {
  it(`gives the connections of a client back that ${name} instead of a handshake`, async () => {
    const from = `127.4.1.${index + 1}`;
    const wires = await open(PER_CLIENT + 1, 1, () => from);
    await Promise.all(wires.filter((wire) => !wire.ended).map((wire) => leave(wire, octets, how)));
    await assertAllFree(from);
  });
}

it('gives connections back whose handshake takes too long', async () => {
  const from = '127.4.2.1';
  await stand.node.reload({ network: { tls: { handshake_timeout_ms: 300 } } });
  const before = await refused('handshake_timeout');
  const wires = await open(PER_CLIENT + 1, 1, () => from);
  for (const wire of wires) if (!wire.ended) wire.write(HELLO_START);
  await Promise.all(wires.map((wire) => wire.untilEnd()));
  assert.equal(await refused('handshake_timeout'), before + PER_CLIENT);
  await stand.node.reload({ network: { tls: { handshake_timeout_ms: 20_000 } } });
  await assertAllFree(from);
});

it('gives connections back whose first request takes too long', async () => {
  const from = '127.4.2.2';
  await stand.node.reload({ http: { header_timeout_ms: 300 } });
  const wires = await Promise.all(Array.from({ length: PER_CLIENT }, () => stand.connect({ from })));
  for (const wire of wires.slice(0, 5)) wire.write('GET / HTTP/1.1\r\nHo');
  await Promise.all(wires.map((wire) => wire.untilEnd()));
  await stand.node.reload({ http: { header_timeout_ms: 20_000 } });
  await assertAllFree(from);
});

it('gives connections back whose client was banned', async () => {
  const from = '127.4.2.3';
  const wires = await Promise.all(Array.from({ length: PER_CLIENT }, () => stand.connect({ from })));
  await stand.node.manage('POST', '/api/v1/blacklist', { ip: from, duration_seconds: 60 });
  await Promise.all(wires.map((wire) => wire.untilEnd()));
  await stand.node.manage('DELETE', `/api/v1/blacklist/${from}`);
  await assertAllFree(from);
});

it('gives connections back whose response the origin broke off', async () => {
  const from = '127.4.2.4';
  stand.origin.respond(async (_request, wire) => {
    wire.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npartial');
    wire.close();
  });
  const wires = await Promise.all(Array.from({ length: PER_CLIENT }, () => stand.connect({ from })));
  for (const wire of wires) wire.write(requestText('GET', '/'));
  await Promise.all(wires.map((wire) => wire.untilEnd()));
  await assertAllFree(from);
});

it('counts a client that reads its answer slowly until it has gone', async () => {
  const from = '127.4.2.5';
  stand.origin.respond(() => `HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n${'a'.repeat(4_000_000)}`);
  const wires = await Promise.all(Array.from({ length: PER_CLIENT }, () => stand.connect({ from })));
  for (const wire of wires) {
    wire.socket.pause();
    wire.write(requestText('GET', '/'));
  }
  await until(
    'answers',
    () => stand.origin.requests.length,
    (count) => count >= PER_CLIENT,
  );
  await assert.rejects(stand.connect({ from }));
  for (const wire of wires) wire.reset();
  await assertAllFree(from);
});
