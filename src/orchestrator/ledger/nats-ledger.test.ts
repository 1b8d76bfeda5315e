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
import { openNatsLedger } from './nats-ledger.ts';
import { describeLedger, draftOf, type LedgerPlace } from './testing/ledger-contract.ts';

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
});
