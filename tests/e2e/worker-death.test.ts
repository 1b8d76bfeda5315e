/** A worker that dies: only its connections are lost, what they held is given back, and another one serves. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readResponse, requestText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';
import type { Wire } from '../support/wire.ts';

const PRELOAD = fileURLToPath(new URL('../support/dying-worker.mjs', import.meta.url));
const PER_CLIENT = 20;
const WORKERS = 3;

interface Workers {
  readonly configured: number;
  readonly alive: number;
  readonly restarts: number;
}

async function workers(stand: Stand): Promise<Workers> {
  return (await stand.node.manage('GET', '/api/v1/status')).body.workers as Workers;
}

async function assertServed(wire: Wire): Promise<void> {
  wire.write(requestText('GET', '/'));
  assert.equal((await readResponse(wire)).status, 200);
}

it('loses only the connections of that worker, gives back what they held, and replaces it', async (t) => {
  const preload = 'Bun' in globalThis ? '--preload' : '--import';
  const stand = await Stand.open({
    workers: WORKERS,
    runtimeArguments: [preload, PRELOAD],
    settings: {
      ddos: { connection_limits: { max_connections_per_ip: PER_CLIENT }, blacklist: { enabled: false } },
    },
  });
  t.after(() => stand.close());
  stand.node.provoked = /Worker failed|Worker ended/;
  const from = '127.40.0.1';
  for (let death = 1; death <= 3; death++) {
    const held = await Promise.all(Array.from({ length: PER_CLIENT }, () => stand.connect({ from })));
    writeFileSync(join(stand.node.folder, 'die'), '');
    await until(
      'replacement',
      () => workers(stand),
      ({ alive, restarts }) => alive === WORKERS && restarts === death,
    );
    assert.equal(stand.node.log.filter((line) => /ERROR: Worker ended/.test(line)).length, death);
    const active = await stand.node.metric('secbeat_connections_active');
    assert.ok(active > 0 && active < PER_CLIENT, `${active} of ${PER_CLIENT} are left`);
    await until(
      'end of the lost connections',
      () => held.filter((wire) => !wire.ended).length,
      (open) => open === active,
    );
    for (const wire of held) if (!wire.ended) await assertServed(wire);
    const fresh = await Promise.all(
      Array.from({ length: PER_CLIENT - active }, () => stand.connect({ from })),
    );
    await assert.rejects(stand.connect({ from }), 'one more than allowed');
    for (const wire of fresh) await assertServed(wire);
    for (const wire of [...held, ...fresh]) wire.close();
    await stand.untilQuiet();
  }
});
