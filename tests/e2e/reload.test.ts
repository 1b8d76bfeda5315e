/** A changed configuration: in force for the next request, without a lost connection, or refused as a whole. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readResponse, requestText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import type { Wire } from '../support/wire.ts';

async function statuses(wire: Wire, count: number): Promise<readonly number[]> {
  wire.write(requestText('GET', '/').repeat(count));
  const found: number[] = [];
  for (let turn = 0; turn < count; turn++) found.push((await readResponse(wire)).status);
  return found;
}

it('applies a changed whitelist to open connections too, in both directions', async (t) => {
  const from = '127.6.0.1';
  const stand = await Stand.open({
    settings: {
      ddos: {
        rate_limiting: { requests_per_second: 1, burst_size: 1 },
        blacklist: { enabled: false, whitelist: [from] },
      },
    },
  });
  t.after(() => stand.close());
  const wire = await stand.connect({ from });
  assert.deepEqual(await statuses(wire, 6), [200, 200, 200, 200, 200, 200]);
  await stand.node.reload({ ddos: { blacklist: { whitelist: [] } } });
  assert.equal((await statuses(wire, 6)).filter((status) => status === 429).length, 4);
  await stand.node.reload({ ddos: { blacklist: { whitelist: [from] } } });
  assert.deepEqual(await statuses(wire, 6), [200, 200, 200, 200, 200, 200]);
});

it('applies a changed log level', async (t) => {
  const stand = await Stand.open();
  t.after(() => stand.close());
  await stand.node.reload({ logging: { level: 'error' } });
  await stand.node.manage('POST', '/api/v1/blacklist', { ip: '192.0.2.1' });
  await stand.node.manage('DELETE', '/api/v1/blacklist/192.0.2.1');
  await stand.node.reload({ network: { backend_addr: 'nonsense' } });
  const lines = stand.node.log.filter(
    (line) => / INFO: /.test(line) && /Management request|Client banned/.test(line),
  );
  assert.deepEqual(lines, []);
});
