import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createClientTableMemory } from './client-groups.ts';
import { ClientTable } from './client-table.ts';
import { ConnectionCounts, createConnectionCountsMemory } from './connection-count.ts';
import { ConnectionLedger, createLedgerMemory } from './connection-ledger.ts';
import { ConnectionUnits, GLOBAL_LIMIT } from './connection-units.ts';
import { TEST_SEED, testClient, testLimits } from './testing/client.ts';

const CONNECTIONS_MAX = 6;
const HANDSHAKES_MAX = 3;
const LIMITS = testLimits({ connectionsMax: 3 });
const WORKERS = 2;
const LEDGER_SIZE = 5;

interface Step {
  readonly kind: 'open' | 'begin' | 'end' | 'close' | 'crash';
  readonly worker: number;
  readonly client: number;
  readonly exempt: boolean;
  /** Chooses among all handles ever given out, so that old ones are used again and again. */
  readonly pick: number;
}

interface Worker {
  readonly ledger: ConnectionLedger;
  readonly units: ConnectionUnits;
}

const arbitraryStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom<Step['kind'][]>('open', 'open', 'open', 'begin', 'end', 'close', 'crash'),
  worker: fc.nat(WORKERS - 1),
  client: fc.nat(3),
  exempt: fc.boolean(),
  pick: fc.nat(1000),
});

interface Connection {
  readonly worker: number;
  readonly handle: number;
  readonly client: number;
  readonly exempt: boolean;
  state: 'open' | 'handshake' | 'closed';
}

/** Two workers of one node, and beside them the connections as plain objects. */
class Model {
  readonly counts = new ConnectionCounts(createConnectionCountsMemory());
  readonly #workers: readonly Worker[];
  readonly #connections: Connection[] = [];

  constructor() {
    const clients = new ClientTable(createClientTableMemory(8, TEST_SEED));
    this.#workers = Array.from({ length: WORKERS }, () => {
      const ledger = new ConnectionLedger(createLedgerMemory(LEDGER_SIZE));
      return { ledger, units: new ConnectionUnits(this.counts, clients, ledger) };
    });
  }

  count(filter: (connection: Connection) => boolean): number {
    return this.#connections.filter((connection) => connection.state !== 'closed' && filter(connection))
      .length;
  }

  step({ kind, worker, client, exempt, pick }: Step): void {
    const picked = this.#connections[pick % Math.max(1, this.#connections.length)];
    if (kind === 'open') this.#open(worker, client, exempt);
    else if (kind === 'crash') this.#crash(worker);
    else if (picked !== undefined) this.#use(kind, picked);
  }

  #open(worker: number, client: number, exempt: boolean): void {
    const { units, ledger } = this.#workers[worker]!;
    const handle = units.open(testClient(client), 1e6, exempt ? null : LIMITS, CONNECTIONS_MAX);
    if (handle >= 0) this.#connections.push({ worker, handle, client, exempt, state: 'open' });
    else if (handle === GLOBAL_LIMIT) {
      assert.ok(this.count(() => true) === CONNECTIONS_MAX || ledger.count() === LEDGER_SIZE);
    } else {
      assert.equal(
        this.count((other) => other.client === client && !other.exempt),
        LIMITS.connectionsMax,
      );
    }
  }

  #crash(worker: number): void {
    this.#workers[worker]!.units.closeAll();
    for (const connection of this.#connections) if (connection.worker === worker) connection.state = 'closed';
  }

  #use(kind: Step['kind'], connection: Connection): void {
    const { units } = this.#workers[connection.worker]!;
    if (kind === 'begin') {
      const room = this.count((other) => other.state === 'handshake') < HANDSHAKES_MAX;
      const begun = units.beginHandshake(connection.handle, HANDSHAKES_MAX);
      assert.equal(begun, room && connection.state === 'open');
      if (begun) connection.state = 'handshake';
    } else if (kind === 'end') {
      units.endHandshake(connection.handle);
      if (connection.state === 'handshake') connection.state = 'open';
    } else {
      assert.equal(units.close(connection.handle), connection.state !== 'closed');
      connection.state = 'closed';
    }
  }
}

describe('connection units', () => {
  it('match the open connections whatever is closed twice or crashes', () => {
    fc.assert(
      fc.property(fc.array(arbitraryStep, { maxLength: 200, size: 'max' }), (steps) => {
        const model = new Model();
        for (const step of steps) {
          model.step(step);
          assert.equal(
            model.counts.connections.value(),
            model.count(() => true),
          );
          assert.equal(
            model.counts.handshakes.value(),
            model.count((other) => other.state === 'handshake'),
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});
