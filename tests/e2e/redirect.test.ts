/** The listener for plain HTTP: sends clients to HTTPS, within the same limits, and nothing reaches the origin. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { field, readResponse, requestText } from '../support/messages.ts';
import { freePort, OWN_HOST } from '../support/node-config.ts';
import { Stand } from '../support/stand.ts';
import { Wire } from '../support/wire.ts';

let stand: Stand;
let port: number;
before(async () => {
  port = await freePort();
  stand = await Stand.open({
    settings: {
      network: { redirect_listen_addr: `${OWN_HOST}:${port}`, redirect_port: 443 },
      ddos: {
        connection_limits: { max_connections_per_ip: 5 },
        blacklist: { manual_blacklist: ['127.8.0.66/32'] },
      },
    },
  });
});
after(() => stand.close());

function connect(from = '127.8.0.1'): Promise<Wire> {
  return Wire.tcp({ host: OWN_HOST, port, from });
}

it('answers each request with the same address by HTTPS, on a connection that goes on', async () => {
  const wire = await connect();
  for (const [method, target] of [
    ['GET', '/'],
    ['GET', '/a%20b?c=d'],
    ['HEAD', '/x'],
    ['DELETE', '/y'],
  ] as const) {
    wire.write(requestText(method, target, { Host: 'Shop.example:80' }));
    const answer = await readResponse(wire, method);
    assert.equal(answer.status, 308);
    assert.equal(field(answer, 'location'), `https://Shop.example${target}`);
  }
  wire.close();
  assert.equal(stand.origin.requests.length, 0);
});

it('answers requests with a body, and takes the body for nothing else', async () => {
  const wire = await connect();
  wire.write(requestText('POST', '/form', {}, 'GET / HTTP/1.1\r\n\r\n'));
  assert.equal((await readResponse(wire)).status, 308);
  await wire.untilEnd();
  assert.equal(wire.pending, '');
});

for (const octets of [
  'nonsense\r\n\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a b\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
]) {
  it(`refuses ${JSON.stringify(octets)}`, async () => {
    const wire = await connect();
    wire.write(octets);
    const answer = await readResponse(wire);
    assert.equal(answer.status, 400);
    assert.equal(field(answer, 'location'), null);
    wire.close();
  });
}

it('has no answer where no challenge is open', async () => {
  const wire = await connect();
  wire.write(requestText('GET', '/.well-known/acme-challenge/token'));
  assert.equal((await readResponse(wire)).status, 404);
  wire.close();
});

it('admits clients as the other listener does, and both together', async () => {
  const refused = await connect('127.8.0.66');
  await refused.untilEnd();
  const from = '127.8.0.2';
  const wires = [await connect(from), await connect(from), await connect(from)];
  wires.push(await stand.connect({ from }), await stand.connect({ from }));
  const over = await connect(from);
  await over.untilEnd();
  await assert.rejects(stand.connect({ from }));
  for (const wire of wires) wire.close();
  await stand.untilQuiet();
});

it('is drained with the other listener', async () => {
  const wire = await connect();
  wire.write(requestText('GET', '/'));
  assert.equal((await readResponse(wire)).status, 308);
  const stopped = stand.node.stop();
  await wire.untilEnd();
  await stopped;
});
