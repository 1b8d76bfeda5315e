import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createClientTableMemory } from './client-groups.ts';
import { ClientTable, CONNECTION_LIMIT, CONNECTION_RATE } from './client-table.ts';
import { TEST_SEED, testClient, testLimits } from './testing/client.ts';

const START_MS = 1_000_000;
const GROUP_SIZE = 24;

function createTable(clientsMax: number): ClientTable {
  return new ClientTable(createClientTableMemory(clientsMax, TEST_SEED));
}

/** A table of one group. */
function createSmallTable(): ClientTable {
  return createTable(1);
}

/** A table of one group, with all 24 entries kept busy by connections of the clients 100 to 123. */
function createFullTable() {
  const table = createSmallTable();
  const slots: number[] = [];
  for (let index = 0; index < GROUP_SIZE; index++) {
    slots.push(table.admitConnection(testClient(100 + index), START_MS, testLimits({})));
  }
  return { table, slots };
}

function countAdmitted(attempts: number, attempt: () => boolean): number {
  let admitted = 0;
  for (let count = 0; count < attempts; count++) if (attempt()) admitted++;
  return admitted;
}

describe('requests of a client', () => {
  const limits = testLimits({ requestsPerSecond: 100, requestCapacity: 150 });

  it('are admitted up to the capacity at once and at the rate from then on', () => {
    const table = createTable(64);
    const at = (nowMs: number) => countAdmitted(500, () => table.admitRequest(testClient(1), nowMs, limits));
    assert.equal(at(START_MS), 150);
    assert.equal(at(START_MS + 9.999), 0);
    assert.equal(at(START_MS + 10), 1);
    assert.equal(at(START_MS + 1010), 100);
    assert.equal(at(START_MS + 3_600_000), 150);
  });

  it('are counted for each client alone', () => {
    const table = createTable(64);
    const admit = (client: number) => table.admitRequest(testClient(client), START_MS, limits);
    assert.equal(
      countAdmitted(200, () => admit(1)),
      150,
    );
    assert.equal(
      countAdmitted(200, () => admit(2)),
      150,
    );
  });

  it('are not admitted again when a clock is behind', () => {
    const table = createTable(64);
    countAdmitted(200, () => table.admitRequest(testClient(1), START_MS, limits));
    assert.equal(table.admitRequest(testClient(1), START_MS - 5000, limits), false);
    assert.equal(table.admitRequest(testClient(1), START_MS + 9, limits), false);
  });

  it('can be sent after the seconds that are named', () => {
    const table = createTable(64);
    const slow = testLimits({ requestsPerSecond: 1, requestCapacity: 3 });
    assert.equal(table.retryAfterSeconds(testClient(1), START_MS, slow), 1);
    countAdmitted(5, () => table.admitRequest(testClient(1), START_MS, testLimits({})));
    assert.equal(table.retryAfterSeconds(testClient(1), START_MS, slow), 3);
    assert.equal(table.retryAfterSeconds(testClient(1), START_MS + 1500, slow), 2);
    assert.equal(table.admitRequest(testClient(1), START_MS + 2999, slow), false);
    assert.equal(table.admitRequest(testClient(1), START_MS + 3000, slow), true);
  });

  it('keep their level when limits change', () => {
    const table = createTable(64);
    assert.equal(
      countAdmitted(200, () => table.admitRequest(testClient(1), START_MS, limits)),
      150,
    );
    const larger = testLimits({ requestsPerSecond: 100, requestCapacity: 160 });
    assert.equal(
      countAdmitted(200, () => table.admitRequest(testClient(1), START_MS, larger)),
      10,
    );
    const smaller = testLimits({ requestsPerSecond: 10, requestCapacity: 20 });
    assert.equal(table.admitRequest(testClient(1), START_MS + 14_000, smaller), false);
    assert.equal(table.admitRequest(testClient(1), START_MS + 14_100, smaller), true);
  });
});

describe('connections of a client', () => {
  it('are admitted up to the limit and again when one is released', () => {
    const table = createTable(64);
    const limits = testLimits({ connectionsMax: 3 });
    const client = testClient(1);
    const slots = [1, 2, 3].map(() => table.admitConnection(client, START_MS, limits));
    assert.ok(slots.every((slot) => slot >= 0));
    assert.equal(table.admitConnection(client, START_MS, limits), CONNECTION_LIMIT);
    assert.equal(table.releaseConnection(slots[0]!, client), true);
    assert.ok(table.admitConnection(client, START_MS, limits) >= 0);
    assert.equal(table.admitConnection(client, START_MS, limits), CONNECTION_LIMIT);
  });

  it('are not released more often than they were admitted, nor in the name of another client', () => {
    const table = createTable(64);
    const limits = testLimits({});
    const slot = table.admitConnection(testClient(1), START_MS, limits);
    const other = table.admitConnection(testClient(2), START_MS, limits);
    assert.equal(table.releaseConnection(slot, testClient(2)), false);
    assert.equal(table.releaseConnection(other, testClient(1)), false);
    assert.equal(table.releaseConnection(slot, testClient(1)), true);
    assert.equal(table.releaseConnection(slot, testClient(1)), false);
    assert.equal(table.releaseConnection(-1, testClient(1)), false);
    assert.equal(table.releaseConnection(2 ** 30, testClient(1)), false);
  });

  it('are opened at the rate, and a refused attempt uses up nothing', () => {
    const table = createTable(64);
    const limits = testLimits({ newConnectionsPerSecond: 5, connectionsMax: 100 });
    const client = testClient(1);
    const open = (nowMs: number) => table.admitConnection(client, nowMs, limits);
    assert.equal(
      countAdmitted(50, () => open(START_MS) >= 0),
      5,
    );
    assert.equal(open(START_MS), CONNECTION_RATE);
    assert.equal(
      countAdmitted(50, () => open(START_MS + 1000) >= 0),
      5,
    );
    const few = testLimits({ newConnectionsPerSecond: 5, connectionsMax: 10 });
    for (let attempt = 0; attempt < 100; attempt++) {
      assert.equal(table.admitConnection(client, START_MS + 2000, few), CONNECTION_LIMIT);
    }
    assert.equal(
      countAdmitted(50, () => open(START_MS + 2000) >= 0),
      5,
    );
  });
});

describe('violations', () => {
  const limits = testLimits({ violationsMax: 10, violationWindowMs: 60_000, penaltyMs: 300_000 });

  it('reach their maximum exactly once and then start anew', () => {
    const table = createTable(64);
    for (let round = 0; round < 3; round++) {
      for (let count = 1; count <= 10; count++) {
        assert.equal(table.addViolation(testClient(1), START_MS, limits), count === 10);
      }
    }
  });

  it('count wherever in one window they fall', () => {
    const table = createTable(64);
    for (let count = 1; count <= 10; count++) {
      assert.equal(table.addViolation(testClient(1), START_MS + count * 5999, limits), count === 10);
    }
  });

  it('are forgotten when they are older than the window', () => {
    const table = createTable(64);
    for (let count = 0; count < 9; count++) table.addViolation(testClient(1), START_MS + 59_000, limits);
    assert.equal(table.addViolation(testClient(1), START_MS + 119_000, limits), false);
    for (let count = 0; count < 8; count++) {
      assert.equal(table.addViolation(testClient(1), START_MS + 119_000, limits), false);
    }
    assert.equal(table.addViolation(testClient(1), START_MS + 119_000, limits), true);
  });

  it('count beyond what one slice of the window can hold', () => {
    const table = createTable(64);
    const many = testLimits({ violationsMax: 1000 });
    assert.equal(
      countAdmitted(999, () => table.addViolation(testClient(1), START_MS, many)),
      0,
    );
    assert.equal(table.addViolation(testClient(1), START_MS, many), true);
  });

  it('penalise the client until the penalty after the last one is over', () => {
    const table = createTable(64);
    const client = testClient(1);
    assert.equal(table.isPenalised(client, START_MS), false);
    table.addViolation(client, START_MS, limits);
    table.addViolation(client, START_MS + 50_000, limits);
    assert.equal(table.isPenalised(client, START_MS + 349_999), true);
    assert.equal(table.isPenalised(client, START_MS + 350_000), false);
    assert.equal(table.isPenalised(testClient(2), START_MS), false);
  });
});

describe('a full group', () => {
  it('gives an entry to a newcomer once its client has nothing left to remember, the oldest first', () => {
    const table = createSmallTable();
    const limits = testLimits({ requestsPerSecond: 1, requestCapacity: 2 });
    const send = (client: number, nowMs: number) => table.admitRequest(testClient(client), nowMs, limits);
    for (let index = 0; index < GROUP_SIZE; index++) send(index, START_MS + index);
    send(0, START_MS + 100);
    assert.equal(table.trackedClients(), GROUP_SIZE);
    assert.equal(send(50, START_MS + 5000), true);
    assert.deepEqual([table.evictions(), table.overflows()], [1, 0]);
    assert.equal(table.trackedClients(), GROUP_SIZE);
    // Client 1 was the oldest; all others still have their entries.
    for (let index = 0; index < GROUP_SIZE; index++) if (index !== 1) send(index, START_MS + 5000);
    assert.equal(table.evictions(), 1);
    send(1, START_MS + 5000);
    assert.deepEqual([table.evictions(), table.overflows()], [1, 1]);
  });

  it('makes strangers share one allowance', () => {
    const { table } = createFullTable();
    const limits = testLimits({ requestsPerSecond: 10, requestCapacity: 10, connectionsMax: 4 });
    let stranger = 0;
    assert.equal(
      countAdmitted(50, () => table.admitRequest(testClient(stranger++), START_MS, limits)),
      10,
    );
    assert.equal(
      countAdmitted(50, () => table.admitConnection(testClient(stranger++), START_MS, limits) >= 0),
      4,
    );
    assert.equal(table.overflows(), 100);
    assert.equal(table.evictions(), 0);
  });

  it('never hands a stranger a fresh allowance when an entry becomes free', () => {
    const { table, slots } = createFullTable();
    const limits = testLimits({ requestsPerSecond: 10, requestCapacity: 10, connectionsMax: 4 });
    const stranger = testClient(1);
    assert.equal(
      countAdmitted(50, () => table.admitRequest(stranger, START_MS, limits)),
      10,
    );
    const pooled = [1, 2, 3].map(() => table.admitConnection(stranger, START_MS, limits));
    table.releaseConnection(slots[0]!, testClient(100));
    assert.equal(
      countAdmitted(50, () => table.admitRequest(stranger, START_MS + 100, limits)),
      1,
    );
    assert.equal(table.evictions(), 1);
    assert.equal(
      countAdmitted(9, () => table.admitConnection(stranger, START_MS + 100, limits) >= 0),
      1,
    );
    for (const slot of pooled) assert.equal(table.releaseConnection(slot, stranger), true);
    // The pool is empty now, so what others do in it is no longer the business of this client.
    for (let index = 2; index < 9; index++) table.admitConnection(testClient(index), START_MS + 100, limits);
    assert.equal(
      countAdmitted(9, () => table.admitConnection(stranger, START_MS + 100, limits) >= 0),
      3,
    );
  });

  it('blames nobody for what strangers did together', () => {
    const { table } = createFullTable();
    const limits = testLimits({ violationsMax: 2 });
    for (let index = 0; index < 50; index++) {
      assert.equal(table.addViolation(testClient(index), START_MS, limits), false);
      assert.equal(table.isPenalised(testClient(index), START_MS), false);
    }
    assert.equal(table.addViolation(testClient(100), START_MS, limits), false);
    assert.equal(table.addViolation(testClient(100), START_MS, limits), true);
  });

  it('keeps clients with violations or a penalty', () => {
    const table = createSmallTable();
    const limits = testLimits({ violationWindowMs: 1000, penaltyMs: 5000 });
    for (let index = 0; index < GROUP_SIZE; index++) table.addViolation(testClient(index), START_MS, limits);
    table.admitRequest(testClient(50), START_MS + 4999, limits);
    assert.deepEqual([table.evictions(), table.overflows()], [0, 1]);
    table.admitRequest(testClient(50), START_MS + 5000, limits);
    assert.deepEqual([table.evictions(), table.overflows()], [1, 1]);
  });
});

describe('the size of the table', () => {
  it('is within 64 MB for a million clients, of whom about 99 in 100 have entries of their own', () => {
    const memory = createClientTableMemory(1_000_000, TEST_SEED);
    assert.ok(memory.byteLength <= 64_000_000);
    const table = new ClientTable(memory);
    const limits = testLimits({ requestsPerSecond: 1, requestCapacity: 1 });
    const random = fakeRandom();
    const words = Int32Array.of(0, 0, 0xffff, 0);
    for (let client = 0; client < 1_000_000; client++) {
      words[0] = random();
      words[1] = random();
      table.admitRequest(words, START_MS, limits);
    }
    assert.ok(table.trackedClients() >= 989_000, `${table.trackedClients()} entries`);
    assert.equal(table.trackedClients() + table.overflows(), 1_000_000);
    assert.equal(table.evictions(), 0);
    // Each of them is still known.
    const again = fakeRandom();
    let admitted = 0;
    for (let client = 0; client < 1_000_000; client++) {
      words[0] = again();
      words[1] = again();
      if (table.admitRequest(words, START_MS, limits)) admitted++;
    }
    assert.equal(admitted, 0);
  });

  it('has room for as many clients as were asked for, however few', () => {
    for (const clientsMax of [1, 17, 1024, 1030]) {
      const entries = (createClientTableMemory(clientsMax, TEST_SEED).byteLength / 1152) * 24;
      assert.ok(entries >= clientsMax);
    }
  });
});

/** The same words in every run. */
function fakeRandom(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state;
  };
}

describe('the table', () => {
  it('tells how many clients were seen lately', () => {
    const table = createTable(64);
    for (let index = 0; index < 10; index++)
      table.admitRequest(testClient(index), START_MS + index * 1000, testLimits({}));
    assert.equal(table.activeClients(START_MS + 9000, 60_000), 10);
    assert.equal(table.activeClients(START_MS + 9000, 4000), 5);
    assert.equal(table.activeClients(START_MS + 100_000, 4000), 0);
  });

  it('works at every time: after the start of a machine, today, and where the kept times turn over', () => {
    const turnMs = 2 ** 48 / 1000;
    for (const startMs of [10, 1.8e12, turnMs / 2 + 1, turnMs - 50, turnMs - 3_600_000]) {
      const table = createSmallTable();
      for (let index = 0; index < 100; index++) {
        const limits = testLimits({ requestCapacity: 1, violationWindowMs: 8, penaltyMs: 1 });
        const admit = () => table.admitRequest(testClient(index), startMs + index, limits);
        assert.deepEqual([admit(), admit()], [true, false]);
        assert.equal(table.addViolation(testClient(index), startMs + index, limits), false);
        assert.equal(table.isPenalised(testClient(index), startMs + index), true);
        assert.equal(table.isPenalised(testClient(index), startMs + index + 1), false);
      }
      assert.deepEqual([table.trackedClients(), table.overflows()], [GROUP_SIZE, 0]);
    }
  });
});
