/** Sessions of returning clients: resumed with any worker, or with the one worker that knows them. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { readResponse, requestText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { handshake, type Secured } from '../support/tls-client.ts';

const RETURNS = 24;
const OWN_SESSIONS = 'Bun' in globalThis;

/** How many of the client's connections resume the session of its first one. */
async function countResumed(stand: Stand, maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<number> {
  const first = await visit(stand, { maxVersion });
  const session = await first.session;
  let resumed = 0;
  for (let turn = 0; turn < RETURNS; turn++) {
    if ((await visit(stand, { maxVersion, session })).resumed) resumed++;
  }
  return resumed;
}

/** One connection with one request. */
async function visit(stand: Stand, options: ConnectionOptions = {}): Promise<Secured> {
  const secured = await handshake(stand.node.port, options);
  secured.wire.write(requestText('GET', '/', { Connection: 'close' }));
  assert.equal((await readResponse(secured.wire)).status, 200);
  await secured.wire.untilEnd();
  return secured;
}

async function open(t: TestContext, affinity: boolean): Promise<Stand> {
  const stand = await Stand.open({
    workers: 2,
    settings: { network: { tls: { session_affinity: affinity } } },
  });
  t.after(() => stand.close());
  return stand;
}

/** Each runtime has its own part of this file, and nothing is skipped. */
const itShares: (title: string, run: (t: TestContext) => Promise<void>) => void = OWN_SESSIONS
  ? () => undefined
  : it;
const itSteers: (title: string, run: (t: TestContext) => Promise<void>) => void = OWN_SESSIONS
  ? it
  : () => undefined;

itShares('resumes with any worker where they share keys, and counts it', async (t) => {
  const stand = await open(t, false);
  assert.equal(await countResumed(stand, 'TLSv1.2'), RETURNS);
  assert.equal(await countResumed(stand, 'TLSv1.3'), RETURNS);
  await stand.node.untilMetric(
    'secbeat_tls_handshakes_total',
    { result: 'resumed', version: '1.3' },
    (count) => count === RETURNS,
  );
});

itShares('keeps sessions over a reload that leaves the certificate alone', async (t) => {
  const stand = await open(t, false);
  const { session } = await visit(stand);
  await stand.node.reload({ http: { idle_timeout_seconds: 50 } });
  assert.ok((await visit(stand, { session: await session })).resumed);
});

itSteers('brings a client back to the worker that knows its session', async (t) => {
  const stand = await open(t, true);
  assert.equal(await countResumed(stand, 'TLSv1.2'), RETURNS);
  assert.equal(await countResumed(stand, 'TLSv1.3'), RETURNS);
});

itSteers('still serves clients of all addresses by all workers with affinity', async (t) => {
  const stand = await open(t, true);
  for (let client = 1; client <= 40; client++) {
    assert.equal((await stand.request('GET', '/', {}, '', { from: `127.9.0.${client}` })).status, 200);
  }
});

itShares('refuses to start with affinity where it cannot be had', async () => {
  await assert.rejects(
    Stand.open({ workers: 1, settings: { network: { tls: { session_affinity: true } } } }),
    /session_affinity needs Bun/,
  );
});
