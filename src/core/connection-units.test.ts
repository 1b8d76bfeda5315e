import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createClientTableMemory } from './client-groups.ts';
import { ClientTable, CONNECTION_LIMIT, CONNECTION_RATE } from './client-table.ts';
import { ConnectionCounts, createConnectionCountsMemory } from './connection-count.ts';
import { CONNECTION_UNIT, ConnectionLedger, createLedgerMemory, LEDGER_FULL } from './connection-ledger.ts';
import { ConnectionUnits, GLOBAL_LIMIT } from './connection-units.ts';
import { TEST_SEED, testClient, testLimits } from './testing/client.ts';

const NOW_MS = 1_000_000;
const CONNECTIONS_MAX = 100;

function createNode(ledgerSize = 16) {
  const counts = new ConnectionCounts(createConnectionCountsMemory());
  const clients = new ClientTable(createClientTableMemory(64, TEST_SEED));
  const ledgerMemory = createLedgerMemory(ledgerSize);
  const ledger = new ConnectionLedger(ledgerMemory);
  return { counts, clients, ledger, ledgerMemory, units: new ConnectionUnits(counts, clients, ledger) };
}

describe('the units of a connection', () => {
  it('are taken and given back once', () => {
    const { counts, units, ledger } = createNode();
    const limits = testLimits({ connectionsMax: 1 });
    const handle = units.open(testClient(1), NOW_MS, limits, CONNECTIONS_MAX);
    assert.ok(handle >= 0);
    assert.equal(counts.connections.value(), 1);
    assert.equal(units.open(testClient(1), NOW_MS, limits, CONNECTIONS_MAX), CONNECTION_LIMIT);
    assert.equal(counts.connections.value(), 1);
    assert.equal(units.close(handle), true);
    assert.equal(units.close(handle), false);
    assert.equal(counts.connections.value(), 0);
    assert.equal(ledger.count(), 0);
    assert.ok(units.open(testClient(1), NOW_MS, limits, CONNECTIONS_MAX) >= 0);
  });

  it('are not taken by a connection that is refused', () => {
    const { counts, units, ledger } = createNode();
    const limits = testLimits({ newConnectionsPerSecond: 1 });
    assert.ok(units.open(testClient(1), NOW_MS, limits, 2) >= 0);
    assert.equal(units.open(testClient(1), NOW_MS, limits, 2), CONNECTION_RATE);
    assert.ok(units.open(testClient(2), NOW_MS, limits, 2) >= 0);
    assert.equal(units.open(testClient(3), NOW_MS, limits, 2), GLOBAL_LIMIT);
    assert.equal(counts.connections.value(), 2);
    assert.equal(ledger.count(), 2);
  });

  it('leave a connection alone that has the record of a closed one', () => {
    const { counts, units } = createNode(1);
    const first = units.open(testClient(1), NOW_MS, null, CONNECTIONS_MAX);
    units.close(first);
    const second = units.open(testClient(2), NOW_MS, null, CONNECTIONS_MAX);
    assert.notEqual(first, second);
    assert.equal(units.close(first), false);
    units.endHandshake(first);
    assert.equal(units.beginHandshake(first, 10), false);
    assert.deepEqual([counts.connections.value(), counts.handshakes.value()], [1, 0]);
    assert.equal(units.close(second), true);
  });

  it('hold a handshake until it ends or the connection closes', () => {
    const { counts, units } = createNode();
    const [one, two] = [1, 2].map((client) => units.open(testClient(client), NOW_MS, null, CONNECTIONS_MAX));
    assert.equal(units.beginHandshake(one!, 1), true);
    assert.equal(units.beginHandshake(two!, 1), false);
    units.endHandshake(one!);
    units.endHandshake(one!);
    assert.equal(counts.handshakes.value(), 0);
    assert.equal(units.beginHandshake(two!, 10), true);
    assert.equal(units.beginHandshake(two!, 10), false);
    assert.equal(counts.handshakes.value(), 1);
    units.close(two!);
    assert.equal(counts.handshakes.value(), 0);
  });

  it('count against the node but not the client where the client is exempt', () => {
    const { counts, units } = createNode();
    const limits = testLimits({ connectionsMax: 1 });
    for (let count = 0; count < 5; count++)
      assert.ok(units.open(testClient(1), NOW_MS, null, CONNECTIONS_MAX) >= 0);
    assert.ok(units.open(testClient(1), NOW_MS, limits, CONNECTIONS_MAX) >= 0);
    assert.equal(counts.connections.value(), 6);
  });

  it('are refused beyond the size of the ledger', () => {
    const { counts, units } = createNode(2);
    assert.ok(units.open(testClient(1), NOW_MS, null, CONNECTIONS_MAX) >= 0);
    assert.ok(units.open(testClient(1), NOW_MS, null, CONNECTIONS_MAX) >= 0);
    assert.equal(units.open(testClient(1), NOW_MS, null, CONNECTIONS_MAX), GLOBAL_LIMIT);
    assert.equal(counts.connections.value(), 2);
  });

  it('come back from a dead worker, once', () => {
    const { counts, clients, units, ledgerMemory } = createNode(4);
    const limits = testLimits({ connectionsMax: 2 });
    const own = new ConnectionUnits(counts, clients, new ConnectionLedger(createLedgerMemory(4)));
    assert.ok(own.open(testClient(1), NOW_MS, limits, CONNECTIONS_MAX) >= 0);
    const handles = [1, 2, 3].map((client) =>
      units.open(testClient(client), NOW_MS, limits, CONNECTIONS_MAX),
    );
    units.beginHandshake(handles[1]!, 10);
    units.close(handles[2]!);
    const inMainThread = new ConnectionUnits(counts, clients, new ConnectionLedger(ledgerMemory));
    inMainThread.closeAll();
    inMainThread.closeAll();
    assert.deepEqual([counts.connections.value(), counts.handshakes.value()], [1, 0]);
    assert.ok(own.open(testClient(1), NOW_MS, limits, CONNECTIONS_MAX) >= 0);
    assert.equal(own.open(testClient(1), NOW_MS, limits, CONNECTIONS_MAX), CONNECTION_LIMIT);
    const successor = new ConnectionLedger(ledgerMemory);
    for (let count = 0; count < 4; count++) assert.ok(successor.open() >= 0);
    assert.equal(successor.open(), LEDGER_FULL);
  });
});

describe('a ledger', () => {
  it('does not free a record that still holds something', () => {
    const ledger = new ConnectionLedger(createLedgerMemory(1));
    const handle = ledger.open();
    ledger.hold(handle, CONNECTION_UNIT);
    assert.equal(ledger.close(handle), false);
    assert.equal(ledger.open(), LEDGER_FULL);
    assert.equal(ledger.drop(handle, CONNECTION_UNIT), true);
    assert.equal(ledger.drop(handle, CONNECTION_UNIT), false);
    assert.equal(ledger.close(handle), true);
  });
});

describe('a gauge', () => {
  it('never falls below 0 or rises above its limit', () => {
    const { connections } = new ConnectionCounts(createConnectionCountsMemory());
    assert.equal(connections.release(), false);
    assert.equal(connections.tryAcquire(0), false);
    assert.equal(connections.tryAcquire(1), true);
    assert.equal(connections.tryAcquire(1), false);
    assert.equal(connections.tryAcquire(2), true);
    assert.equal(connections.tryAcquire(1), false);
    assert.equal(connections.release(), true);
    assert.equal(connections.value(), 1);
  });
});
