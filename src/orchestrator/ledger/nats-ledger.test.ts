import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { NatsCluster } from '../../../tests/support/nats-server.ts';
import { until } from '../../../tests/support/until.ts';
import { createSystemClock } from '../../core/clock.ts';
import { silentLogger } from '../../core/logger.ts';
import { systemTimers } from '../../core/timers.ts';
import { connectNats } from '../../nats/connect-nats.ts';
import { natsOptionsFor } from '../../nats/testing/nats-options.ts';
import type { Ledger } from './ledger.ts';
import { encodeLedgerMessage } from './ledger-message.ts';
import { openNatsLedger } from './nats-ledger.ts';
import { describeLedger, draftOf, type LedgerPlace } from './testing/ledger-contract.ts';

/** After which an append looks what became of it. */
const CALL_MS = 2000;

describe('NATS', () => {
  let cluster: NatsCluster;
  let places = 0;
  before(async () => {
    cluster = await NatsCluster.start();
  });
  const opened: Ledger[] = [];
  afterEach(async () => {
    for (const ledger of opened.splice(0)) await ledger.close();
  });
  after(() => cluster.remove());

  /** A ledger over a connection of its own, which ends with it. */
  async function openOver(prefix: string): Promise<Ledger> {
    const options = natsOptionsFor(cluster.urls, prefix);
    const deps = { name: 'test', logger: silentLogger, random: Math.random };
    const connection = await connectNats(options, deps);
    assert.ok(connection.ok);
    const shared = { clock: createSystemClock(), timers: systemTimers, logger: silentLogger };
    const result = await openNatsLedger({ ...shared, connection: connection.value, prefix, replicas: 1 });
    assert.ok(result.ok);
    const ledger = result.value;
    opened.push(ledger);
    const closeLedger = ledger.close.bind(ledger);
    ledger.close = async () => {
      await closeLedger();
      await connection.value.close();
    };
    return ledger;
  }

  const makePlace = (): Promise<LedgerPlace> => {
    places += 1;
    const prefix = `place-${places}`;
    return Promise.resolve({
      open: () => openOver(prefix),
      openBeside: () => openOver(prefix),
      remove: () => Promise.resolve(),
    });
  };

  describeLedger('the ledger on NATS', makePlace);

  it('the ledger goes on after the server was away, and nothing is there twice', async () => {
    const prefix = 'restarted';
    const [one, two] = [await openOver(prefix), await openOver(prefix)];
    const told: number[] = [];
    two.watch(({ seq }) => told.push(seq));
    assert.ok((await one.append([draftOf('192.0.2.1')])).ok);
    await cluster.servers[0]!.kill();
    const waiting = one.append([draftOf('192.0.2.2')]);
    await cluster.servers[0]!.start();
    assert.ok((await waiting).ok);
    assert.ok((await two.append([draftOf('192.0.2.3')])).ok);
    await until(
      'entries',
      () => Math.min(told.length, one.head),
      (count) => count === 3,
    );
    const all = await one.read(0, 100);
    assert.ok(all.ok);
    assert.deepEqual(told, [1, 2, 3]);
    assert.deepEqual(
      all.value.map(({ body }) => 'target' in body && body.target),
      ['192.0.2.1', '192.0.2.2', '192.0.2.3'],
    );
  });

  it('an append whose acknowledgement comes too late is there once', async () => {
    const ledger = await openOver('frozen');
    assert.ok((await ledger.append([draftOf('192.0.2.1')])).ok);
    const [server] = cluster.servers;
    server!.stopForNow();
    const waiting = ledger.append([draftOf('192.0.2.2')]);
    const startMs = performance.now();
    await until(
      'second attempt',
      () => performance.now() - startMs,
      (passedMs) => passedMs > CALL_MS + 200,
    );
    server!.resume();
    assert.ok((await waiting).ok);
    const later = await ledger.append([draftOf('192.0.2.3')]);
    assert.equal(later.ok && later.value[0]!.seq, 3);
    const all = await ledger.read(0, 100);
    assert.equal(all.ok && all.value.length, 3);
  });

  it('a stream that was put back to its past is told from the ledger', async () => {
    const ledger = await openOver('put-back');
    assert.ok((await ledger.append([draftOf('192.0.2.1')])).ok);
    const options = natsOptionsFor(cluster.urls, 'put-back');
    const connected = await connectNats(options, { name: 'test', logger: silentLogger, random: Math.random });
    assert.ok(connected.ok);
    const foreign = encodeLedgerMessage({
      ...{ id: crypto.randomUUID(), after: crypto.randomUUID() },
      entries: [{ seq: 2, at_ms: 1, before: null, ...draftOf('192.0.2.2') }],
    });
    connected.value.publish('put-back.ledger', foreign);
    await connected.value.flush();
    const fault = await until(
      'refusal',
      () => ledger.append([draftOf('192.0.2.3')], 1),
      (result) => !result.ok && result.fault.kind === 'unavailable',
    );
    assert.match(fault.ok ? '' : fault.fault.message, /does not follow/);
    assert.equal(ledger.head, 1);
    await connected.value.close();
  });
});
