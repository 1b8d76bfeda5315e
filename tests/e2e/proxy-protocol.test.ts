/** Balancers that tell by the PROXY protocol who is connected, and others that claim to. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { field, readResponse, requestText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import type { Wire } from '../support/wire.ts';

const BALANCER = '127.5.0.1';
const OTHER = '127.5.0.2';
const REQUEST = requestText('GET', '/');

const line = (client: string, port = 4711): string => `PROXY TCP4 ${client} 198.51.100.1 ${port} 443\r\n`;

/** Version 2 for IPv4; with the command LOCAL its addresses mean nothing. */
function binary(client: string, command = 0x21): Buffer {
  const head = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
  const ends = Buffer.from([...client.split('.').map(Number), 198, 51, 100, 1, 0x12, 0x67, 1, 0xbb]);
  const tlv = Buffer.from('0400026869', 'hex');
  return Buffer.concat([head, Buffer.from([command, 0x11, 0, ends.length + tlv.length]), ends, tlv]);
}

let secure: Stand;
let plain: Stand;
before(async () => {
  const ddos = {
    connection_limits: { max_connections_per_ip: 3 },
    blacklist: { manual_blacklist: ['192.0.2.66/32'], violation_threshold: 1000 },
  };
  const network = { proxy_protocol_from: [`${BALANCER}/32`] };
  secure = await Stand.open({
    settings: { network: { ...network, tls: { handshake_timeout_ms: 1000 } }, ddos },
  });
  plain = await Stand.open({ settings: { network: { ...network, tls: { enabled: false } }, ddos } });
});
after(async () => {
  await secure.close();
  await plain.close();
});

async function secured(header: string | Buffer): Promise<Wire> {
  const wire = await secure.tcp({ from: BALANCER });
  wire.write(header);
  return await wire.secure();
}

/** Asks on an open connection and returns who the origin was told it was. */
async function told(stand: Stand, wire: Wire): Promise<string | null> {
  const seen = stand.origin.requests.length;
  wire.write(REQUEST);
  assert.equal((await readResponse(wire)).status, 200);
  return field(stand.origin.requests[seen]!, 'x-forwarded-for');
}

for (const [version, header] of [
  ['1', line('192.0.2.1')],
  ['2', binary('192.0.2.1')],
] as const) {
  it(`takes the client of a header of version ${version}, in front of TLS`, async () => {
    const wire = await secured(header);
    assert.equal(await told(secure, wire), '192.0.2.1');
    assert.equal(await told(secure, wire), '192.0.2.1');
    wire.close();
  });

  it(`takes the client of a header of version ${version}, in front of plain HTTP, in one piece or many`, async () => {
    const whole = Buffer.concat([Buffer.from(header), Buffer.from(REQUEST)]).toString('latin1');
    for (const size of [whole.length, 1]) {
      const wire = await plain.tcp({ from: BALANCER });
      const seen = plain.origin.requests.length;
      await wire.writePieces(whole, size);
      assert.equal((await readResponse(wire)).status, 200);
      assert.equal(field(plain.origin.requests[seen]!, 'x-forwarded-for'), '192.0.2.1');
      assert.equal(await told(plain, wire), '192.0.2.1');
      wire.close();
    }
  });
}

it('takes the balancer for the client where it speaks for itself', async () => {
  for (const header of [binary('192.0.2.1', 0x20), 'PROXY UNKNOWN\r\n']) {
    const wire = await secured(header);
    assert.equal(await told(secure, wire), BALANCER);
    wire.close();
  }
});

it('limits each client behind the balancer by itself', async () => {
  const wires = [];
  for (const client of ['192.0.2.7', '192.0.2.7', '192.0.2.7', '192.0.2.8', '192.0.2.8', '192.0.2.8']) {
    wires.push(await secured(line(client)));
  }
  await assert.rejects(secured(line('192.0.2.7')));
  assert.equal(await told(secure, wires[0]!), '192.0.2.7');
  for (const wire of wires) wire.close();
  await secure.untilQuiet();
  const again = await secured(line('192.0.2.7'));
  again.close();
});

it('refuses listed and banned clients behind the balancer, and no others', async () => {
  await assert.rejects(secured(line('192.0.2.66')));
  await secure.node.manage('POST', '/api/v1/blacklist', { ip: '192.0.2.9', duration_seconds: 60 });
  await assert.rejects(secured(binary('192.0.2.9')));
  const wire = await secured(binary('192.0.2.10'));
  assert.equal(await told(secure, wire), '192.0.2.10');
  wire.close();
});

it('closes the connections of a client behind the balancer that is banned', async () => {
  const wire = await secured(line('192.0.2.11'));
  const other = await secured(line('192.0.2.12'));
  await secure.node.manage('POST', '/api/v1/blacklist', { ip: '192.0.2.11', duration_seconds: 60 });
  await wire.untilEnd();
  assert.equal(await told(secure, other), '192.0.2.12');
  other.close();
});

for (const [what, octets] of [
  ['no header', ''],
  ['a broken header', 'PROXY TCP4 192.0.2.1\r\n'],
  ['another line', 'PROXY TCP4 192.0.2.1 198.51.100.1 4711 443 \r\n'],
] as const) {
  it(`refuses a balancer that sends ${what}`, async () => {
    for (const stand of [secure, plain]) {
      const reason = { reason: 'proxy_header' };
      const before = await stand.node.metric('secbeat_connections_refused_total', reason);
      const wire = await stand.tcp({ from: BALANCER });
      wire.write(octets + REQUEST);
      await wire.untilEnd();
      assert.equal(wire.receivedBytes, 0);
      assert.equal(await stand.node.metric('secbeat_connections_refused_total', reason), before + 1);
    }
  });
}

it('waits for header and handshake together no longer than for a handshake', async () => {
  const wire = await secure.tcp({ from: BALANCER });
  wire.write('PROXY TCP4 ');
  await wire.untilEnd();
  const late = await secure.tcp({ from: BALANCER });
  late.write(line('192.0.2.1'));
  await late.untilEnd();
});

it('takes a header from nobody else', async () => {
  const before = secure.origin.requests.length;
  for (const header of [line('192.0.2.1'), binary('192.0.2.1')]) {
    const wire = await secure.tcp({ from: OTHER });
    wire.write(header);
    await assert.rejects(wire.secure());
    const open = await plain.tcp({ from: OTHER });
    open.write(Buffer.concat([Buffer.from(header), Buffer.from(REQUEST)]));
    assert.equal((await readResponse(open)).status, 400);
    open.close();
  }
  assert.equal(secure.origin.requests.length, before);
});

it('believes another sender once it is listed', async () => {
  await secure.node.reload({ network: { proxy_protocol_from: [`${BALANCER}/32`, `${OTHER}/32`] } });
  const wire = await secure.tcp({ from: OTHER });
  wire.write(line('192.0.2.20'));
  assert.equal(await told(secure, await wire.secure()), '192.0.2.20');
});
