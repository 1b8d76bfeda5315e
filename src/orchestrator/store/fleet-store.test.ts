/** The contract of every store: one suite, each engine. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { NatsCluster } from '../../../tests/support/nats-server.ts';
import { createSystemClock, ManualClock } from '../../core/clock.ts';
import { silentLogger } from '../../core/logger.ts';
import { systemTimers } from '../../core/timers.ts';
import { connectNats } from '../../nats/connect-nats.ts';
import { natsOptionsFor } from '../../nats/testing/nats-options.ts';
import type { FleetStore, StoredNode, TerminateOrder, Tombstone } from './fleet-store.ts';
import { MemoryStore } from './memory-store.ts';
import { openNatsStore } from './nats-store.ts';
import { openSqliteStore } from './sqlite-store.ts';

const ORDER: TerminateOrder = {
  commandId: 'c-1',
  reason: 'it\u2019s "old"; DROP TABLE nodes',
  graceSeconds: 12.5,
  orderedAtMs: 1_700_000_000_500,
};

function makeNode(ordinal: number, change: Partial<StoredNode> = {}): StoredNode {
  return {
    nodeId: `00000000-0000-4000-8000-${String(ordinal).padStart(12, '0')}`,
    ordinal,
    publicIp: '2001:db8::1',
    nodeType: 'mitigation',
    group: 'default',
    region: null,
    tags: ['a', 'b c'],
    weight: 250,
    capacity: { requests_per_second: 1500.5, connections: 20_000 },
    ports: { traffic: 8443, metrics: null },
    version: '1.2.3',
    managementUrl: null,
    epoch: 1_700_000_000_123,
    registeredAtMs: 1_700_000_000_000,
    lastSeenAtMs: 1_700_000_000_001,
    reported: 'Registered',
    intent: 'run',
    cursor: 0,
    order: null,
    deadAtMs: null,
    ...change,
  };
}

function makeTombstone(nodeId: string): Tombstone {
  return { nodeId, epoch: null, closedAtMs: 1_700_000_009_000, order: ORDER };
}

function loaded(store: FleetStore) {
  const result = store.load();
  assert.ok(result.ok, 'load failed');
  return result.value;
}

/** A place for one store, and how to open it there again. */
interface Place {
  open(): Promise<FleetStore>;
  remove(): Promise<void>;
}

const ENGINES: Readonly<Record<string, () => Promise<Place>>> = {
  memory: () => {
    const store = new MemoryStore();
    return Promise.resolve({ open: () => Promise.resolve(store), remove: () => Promise.resolve() });
  },
  nats: async () => {
    const cluster = await NatsCluster.start();
    const deps = { name: 'test', logger: silentLogger, random: Math.random };
    const connected = await connectNats(natsOptionsFor(cluster.urls, 'secbeat'), deps);
    assert.ok(connected.ok);
    const connection = connected.value;
    const shared = { clock: createSystemClock(), timers: systemTimers, logger: silentLogger };
    return {
      open: async () => {
        const opened = await openNatsStore({ ...shared, connection, prefix: 'secbeat', replicas: 1 });
        assert.ok(opened.ok);
        return opened.value;
      },
      remove: async () => {
        await connection.close();
        await cluster.remove();
      },
    };
  },
  sqlite: () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleet-store-'));
    return Promise.resolve({
      open: () => {
        const opened = openSqliteStore({
          path: join(folder, 'state', 'fleet.sqlite'),
          clock: new ManualClock(),
        });
        assert.ok(opened.ok, 'open failed');
        return Promise.resolve(opened.value);
      },
      remove: () => Promise.resolve(rmSync(folder, { recursive: true })),
    });
  },
};

for (const [name, makePlace] of Object.entries(ENGINES)) {
  describe(`${name} store`, () => {
    const inStore = (
      title: string,
      check: (store: FleetStore, reopen: () => Promise<FleetStore>) => unknown,
    ) =>
      it(title, async () => {
        const place = await makePlace();
        let store = await place.open();
        try {
          await check(store, async () => {
            assert.ok((await store.saved()).ok);
            store.close();
            store = await place.open();
            return store;
          });
        } finally {
          store.close();
          await place.remove();
        }
      });

    inStore('begins empty', (store) => {
      assert.deepEqual(loaded(store), { nodes: [], tombstones: [] });
    });

    inStore('gives back after a restart what was put, by rising ordinal', async (store, reopen) => {
      const one = makeNode(1, { intent: 'terminate', cursor: 1, order: ORDER, deadAtMs: 1_700_000_000_777 });
      const two = makeNode(2, { epoch: null, region: 'eu-1', tags: [] });
      assert.ok(store.putNodes([two]).ok);
      assert.ok(store.putNodes([one]).ok);
      assert.deepEqual(loaded(await reopen()), { nodes: [one, two], tombstones: [] });
    });

    inStore('overwrites a node whole', async (store, reopen) => {
      store.putNodes([makeNode(1, { order: ORDER, intent: 'terminate', region: 'x' })]);
      const later = makeNode(1, { reported: 'Active', epoch: null, tags: ['new'] });
      store.putNodes([later]);
      assert.deepEqual(loaded(await reopen()).nodes, [later]);
    });

    inStore('replaces a node by its tombstone and back', async (store, reopen) => {
      const node = makeNode(1);
      store.putNodes([node]);
      assert.ok(store.closeNode(makeTombstone(node.nodeId)).ok);
      const reopened = await reopen();
      assert.deepEqual(loaded(reopened), { nodes: [], tombstones: [makeTombstone(node.nodeId)] });
      reopened.putNodes([node]);
      assert.deepEqual(loaded(await reopen()), { nodes: [node], tombstones: [] });
    });

    inStore('forgets only what it is told to', async (store, reopen) => {
      store.putNodes([makeNode(1), makeNode(2), makeNode(3)]);
      store.closeNode(makeTombstone(makeNode(3).nodeId));
      store.removeNodes([makeNode(1).nodeId, 'unknown']);
      store.removeTombstones([makeNode(3).nodeId, 'unknown']);
      assert.deepEqual(loaded(await reopen()), { nodes: [makeNode(2)], tombstones: [] });
    });

    inStore('can be probed again and again', (store) => {
      assert.ok(store.probe().ok);
      assert.ok(store.probe().ok);
    });
  });
}

describe('sqlite store', () => {
  const withFolder = (title: string, check: (folder: string) => void) =>
    it(title, () => {
      const folder = mkdtempSync(join(tmpdir(), 'fleet-store-'));
      try {
        check(folder);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  const open = (path: string) => openSqliteStore({ path, clock: new ManualClock(), busyTimeoutMs: 20 });

  withFolder('is readable by its owner only', (folder) => {
    const path = join(folder, 'made', 'fleet.sqlite');
    const opened = open(path);
    assert.ok(opened.ok);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, 'made')).mode & 0o777, 0o700);
    opened.value.close();
  });

  withFolder('belongs to one process at a time', (folder) => {
    const path = join(folder, 'fleet.sqlite');
    const first = open(path);
    assert.ok(first.ok);
    const second = open(path);
    assert.ok(!second.ok && second.fault.message.includes('another orchestrator'));
    first.value.close();
    const third = open(path);
    assert.ok(third.ok);
    third.value.close();
  });

  withFolder('writes nothing of a call of which one part fails', (folder) => {
    const opened = open(join(folder, 'fleet.sqlite'));
    assert.ok(opened.ok);
    const store = opened.value;
    store.putNodes([makeNode(1)]);
    // Ordinals are unique, so the second node of this call cannot be written.
    const clashing = makeNode(2, { ordinal: 1 });
    assert.equal(store.putNodes([makeNode(3), clashing]).ok, false);
    assert.deepEqual(loaded(store).nodes, [makeNode(1)]);
    assert.ok(store.putNodes([makeNode(4)]).ok);
    store.close();
  });

  withFolder('answers a fault once it is closed', (folder) => {
    const opened = open(join(folder, 'fleet.sqlite'));
    assert.ok(opened.ok);
    opened.value.close();
    opened.value.close();
    assert.equal(opened.value.putNodes([makeNode(1)]).ok, false);
    assert.equal(opened.value.load().ok, false);
  });

  withFolder('refuses a file of a newer program', (folder) => {
    const path = join(folder, 'fleet.sqlite');
    const opened = open(path);
    assert.ok(opened.ok);
    opened.value.close();
    const database = new DatabaseSync(path);
    database.exec("INSERT INTO schema_migrations VALUES (99, 'later', 0)");
    database.close();
    const newer = open(path);
    assert.ok(!newer.ok && newer.fault.message.includes('schema 99 is newer'));
  });

  withFolder('refuses what is not a database, and what it may not open', (folder) => {
    const path = join(folder, 'fleet.sqlite');
    writeFileSync(path, 'not a database at all, only text that is long enough to look at');
    assert.equal(open(path).ok, false);
    writeFileSync(join(folder, 'file'), '');
    assert.equal(open(join(folder, 'file', 'fleet.sqlite')).ok, false);
  });

  withFolder('refuses a row that somebody has broken instead of skipping it', (folder) => {
    const path = join(folder, 'fleet.sqlite');
    const opened = open(path);
    assert.ok(opened.ok);
    opened.value.putNodes([makeNode(1)]);
    opened.value.close();
    const database = new DatabaseSync(path);
    database.exec("UPDATE nodes SET intent = 'dance', tags = '{'");
    database.close();
    const broken = open(path);
    assert.ok(broken.ok);
    assert.equal(broken.value.load().ok, false);
    broken.value.close();
  });
});
