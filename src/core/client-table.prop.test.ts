import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createClientTableMemory } from './client-groups.ts';
import { ClientTable, CONNECTION_LIMIT, CONNECTION_RATE } from './client-table.ts';
import type { AddressWords } from './ip.ts';
import type { HashSeed } from './keyed-hash.ts';
import { TEST_SEED, testClient, testLimits } from './testing/client.ts';

/** Clients of a table with eight entries to give. */
const CROWD = 14;
/** Milliseconds at which runs begin: small ones, those of today, and shortly before the kept times turn over. */
const arbitraryStart = fc.constantFrom(100_000, 1.8e12, Math.floor((7 * 2 ** 48) / 1000) - 20_000);
const LIMITS = testLimits({
  requestsPerSecond: 4,
  requestCapacity: 6,
  connectionsMax: 3,
  newConnectionsPerSecond: 2,
  violationWindowMs: 8000,
  violationsMax: 4,
  penaltyMs: 5000,
});

interface Step {
  readonly kind: 'open' | 'close' | 'request' | 'violation' | 'penalised';
  readonly client: number;
  readonly elapsedMs: number;
  /** How often the step is taken in the crowded table, where bursts are what may get too much. */
  readonly times: number;
}

/** Times are whole numbers of eighths of a millisecond, which add up without rounding. */
function arbitrarySteps(clients: number): fc.Arbitrary<Step[]> {
  return fc.array(
    fc.record({
      kind: fc.constantFrom<Step['kind'][]>(
        'open',
        'open',
        'close',
        'request',
        'request',
        'violation',
        'penalised',
      ),
      client: fc.nat(clients - 1),
      times: fc.constantFrom(1, 1, 3, 8),
      elapsedMs: fc.oneof(fc.constant(0), fc.constantFrom(0.125, 1, 125, 250, 999, 1000), fc.nat(4000)),
    }),
    { maxLength: 300, size: 'max' },
  );
}

/** A client as a plain object: tokens instead of levels, times instead of slices, slots in a list. */
class ModelClient {
  requestTokens = LIMITS.requestCapacity;
  connectionTokens = LIMITS.newConnectionsPerSecond;
  refilledMs = 0;
  readonly slots: number[] = [];
  violationsMs: number[] = [];
  lastViolationMs = Number.NEGATIVE_INFINITY;

  refill(nowMs: number): void {
    const seconds = (nowMs - this.refilledMs) / 1000;
    this.refilledMs = nowMs;
    const refilled = (tokens: number, rate: number, max: number) =>
      Math.min(max, Math.round((tokens + seconds * rate) * 1e6) / 1e6);
    this.requestTokens = refilled(this.requestTokens, LIMITS.requestsPerSecond, LIMITS.requestCapacity);
    this.connectionTokens = refilled(
      this.connectionTokens,
      LIMITS.newConnectionsPerSecond,
      LIMITS.newConnectionsPerSecond,
    );
  }

  countViolation(nowMs: number, reached: boolean): void {
    this.lastViolationMs = nowMs;
    this.violationsMs.push(nowMs);
    const within = (ms: number) => this.violationsMs.filter((violationMs) => violationMs > nowMs - ms).length;
    if (reached) assert.ok(within(LIMITS.violationWindowMs) >= LIMITS.violationsMax, 'counted too much');
    else assert.ok(within((LIMITS.violationWindowMs * 7) / 8) < LIMITS.violationsMax, 'counted too little');
    if (reached) this.violationsMs = [];
  }
}

function stepModel(table: ClientTable, model: ModelClient, nowMs: number, { kind, client }: Step): void {
  const words = testClient(client);
  model.refill(nowMs);
  if (kind === 'open') {
    const slot = table.admitConnection(words, nowMs, LIMITS);
    if (model.slots.length === LIMITS.connectionsMax) assert.equal(slot, CONNECTION_LIMIT);
    else if (model.connectionTokens < 1) assert.equal(slot, CONNECTION_RATE);
    else {
      assert.ok(slot >= 0);
      model.connectionTokens--;
      model.slots.push(slot);
    }
  } else if (kind === 'close') {
    const slot = model.slots.pop();
    if (slot !== undefined) assert.equal(table.releaseConnection(slot, words), true);
  } else if (kind === 'request') {
    const admitted = model.requestTokens >= 1;
    assert.equal(table.admitRequest(words, nowMs, LIMITS), admitted);
    if (admitted) model.requestTokens--;
  } else if (kind === 'violation') {
    model.countViolation(nowMs, table.addViolation(words, nowMs, LIMITS));
  } else {
    const overdueMs = nowMs - model.lastViolationMs - LIMITS.penaltyMs;
    const penalised = table.isPenalised(words, nowMs);
    // In between, the end of the penalty is rounded to a whole millisecond.
    if (overdueMs < 0 || overdueMs >= 1) assert.equal(penalised, overdueMs < 0);
  }
}

/** What a client got of a crowded table, where it may be refused more often but must never get more. */
class Bound {
  readonly slots: number[] = [];
  requestsUs: number[] = [];
  connectionsUs: number[] = [];

  check(): void {
    assert.ok(this.slots.length <= LIMITS.connectionsMax, 'too many connections');
    checkWindows(this.requestsUs, LIMITS.requestCapacity, LIMITS.requestsPerSecond);
    checkWindows(this.connectionsUs, LIMITS.newConnectionsPerSecond, LIMITS.newConnectionsPerSecond);
  }
}

function stepBound(table: ClientTable, bound: Bound, words: AddressWords, nowMs: number, kind: Step['kind']) {
  if (kind === 'open') {
    const slot = table.admitConnection(words, nowMs, LIMITS);
    if (slot < 0) return;
    bound.slots.push(slot);
    bound.connectionsUs.push(Math.floor(nowMs * 1000));
  } else if (kind === 'close') {
    const slot = bound.slots.shift();
    if (slot !== undefined) assert.equal(table.releaseConnection(slot, words), true);
  } else if (kind === 'request') {
    if (table.admitRequest(words, nowMs, LIMITS)) bound.requestsUs.push(Math.floor(nowMs * 1000));
  } else if (kind === 'violation') {
    table.addViolation(words, nowMs, LIMITS);
  }
}

/** A table of one group of 24 entries, sixteen of which are held by connections of others. */
function createCrowdedTable(seed: HashSeed, nowMs: number): ClientTable {
  const table = new ClientTable(createClientTableMemory(1, seed));
  for (let other = 1000; other < 1016; other++) table.admitConnection(testClient(other), nowMs, LIMITS);
  return table;
}

/** Releases what is open and checks that in the end the eight entries can go to new clients. */
function checkNothingStuck(
  table: ClientTable,
  bounds: readonly Bound[],
  key: ClientKey,
  nowMs: number,
): void {
  for (const [client, { slots }] of bounds.entries()) {
    for (const slot of slots) assert.equal(table.releaseConnection(slot, key(client)), true);
  }
  const placed = () => table.evictions() + table.trackedClients();
  const before = placed();
  for (let client = 100; client < 108; client++) table.admitRequest(key(client), nowMs, LIMITS);
  assert.equal(placed() - before, 8);
}

/** The last admission against all windows that end with it. */
function checkWindows(timesUs: readonly number[], capacity: number, perSecond: number): void {
  const lastUs = timesUs.at(-1) ?? 0;
  for (const [index, timeUs] of timesUs.entries()) {
    const admitted = timesUs.length - index;
    assert.ok(admitted * 1e6 <= capacity * 1e6 + perSecond * (lastUs - timeUs), 'too many in a window');
  }
}

type ClientKey = (client: number) => AddressWords;

const ipv6Client: ClientKey = (client) => Int32Array.of(0x20010db8, client, 0, 0);

describe('the client table', () => {
  it('behaves as a map without bounds would while there is room', () => {
    fc.assert(
      fc.property(arbitrarySteps(5), arbitraryStart, (steps, startMs) => {
        const table = new ClientTable(createClientTableMemory(1024, TEST_SEED));
        const clients = Array.from({ length: 5 }, () => new ModelClient());
        for (const client of clients) client.refilledMs = startMs;
        let nowMs = startMs;
        for (const step of steps) {
          nowMs += step.elapsedMs;
          stepModel(table, clients[step.client]!, nowMs, step);
        }
        assert.equal(table.overflows(), 0);
      }),
      { numRuns: 200 },
    );
  });

  it('never gives a client more than its limits, however crowded its group is', () => {
    fc.assert(
      fc.property(
        arbitrarySteps(CROWD),
        fc.integer(),
        fc.boolean(),
        arbitraryStart,
        (steps, low, ipv6, startMs) => {
          const table = createCrowdedTable({ low, high: 0 }, startMs);
          const key = ipv6 ? ipv6Client : testClient;
          const bounds = Array.from({ length: CROWD }, () => new Bound());
          let nowMs = startMs;
          for (const { kind, client, elapsedMs, times } of steps) {
            nowMs += Math.floor(elapsedMs) / 8;
            const bound = bounds[client]!;
            for (let time = 0; time < times; time++) stepBound(table, bound, key(client), nowMs, kind);
            bound.check();
            assert.ok(table.trackedClients() <= 24);
          }
          checkNothingStuck(table, bounds, key, nowMs + 1e6);
        },
      ),
      { numRuns: 200 },
    );
  });
});
