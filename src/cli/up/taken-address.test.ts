import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { it } from 'node:test';
import type { Part, PartAddress } from './part.ts';
import { findTakenAddresses } from './taken-address.ts';

function part(name: Part['name'], ...addresses: PartAddress[]): Part {
  return { name, args: [], environment: {}, addresses, ready: { kind: 'http', url: '' }, stopTimeoutMs: 0 };
}

for (const reusePort of [false, true]) {
  it(`names part, address, key and way out of an address that is taken${reusePort ? ' for sharing' : ''}`, async (t) => {
    const server = createServer().listen({ host: '127.0.0.1', port: 0, reusePort });
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const faults = await findTakenAddresses([
      part('origin', { host: '127.0.0.1', port: 0, key: 'origin.listen_addr' }),
      part('node', { host: '127.0.0.1', port, key: 'network.listen_addr' }),
    ]);
    assert.equal(faults.length, 1);
    assert.match(faults[0] ?? '', new RegExp(`^node: 127\\.0\\.0\\.1:${port} is taken by another program`));
    assert.match(
      faults[0] ?? '',
      /set network\.listen_addr in the configuration or SECBEAT__NETWORK__LISTEN_ADDR/,
    );
  });
}

it('leaves free addresses free', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const parts = [part('node', { host: '127.0.0.1', port, key: 'network.listen_addr' })];
  assert.deepEqual(await findTakenAddresses(parts), []);
  assert.deepEqual(await findTakenAddresses(parts), []);
});

it('names two parts with the same address', async () => {
  const host = '127.0.0.1';
  const faults = await findTakenAddresses([
    part('orchestrator', { host, port: 65_123, key: 'fleet.listen_addr' }),
    part('node', { host, port: 65_123, key: 'metrics.listen_addr' }),
  ]);
  assert.match(faults.join(), /metrics\.listen_addr and fleet\.listen_addr are both 127\.0\.0\.1:65123/);
});

it('names an address that this machine does not have', async () => {
  const address = { host: '192.0.2.1', port: 65_123, key: 'network.listen_addr' };
  assert.match((await findTakenAddresses([part('node', address)])).join(), /no address 192\.0\.2\.1:65123/);
});
