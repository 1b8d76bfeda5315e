/** What admitting one request or one connection costs, by the number of clients. Run: bun bench/micro/client-table.bench.ts */
import { createClientTableMemory } from '../../src/core/client-groups.ts';
import type { ClientLimits } from '../../src/core/client-limits.ts';
import { ClientTable } from '../../src/core/client-table.ts';
import { measure } from './measure.ts';

const LIMITS: ClientLimits = Object.freeze({
  requestsPerSecond: 100,
  requestCapacity: 150,
  connectionsMax: 10,
  newConnectionsPerSecond: 50,
  violationWindowMs: 60_000,
  violationsMax: 10,
  penaltyMs: 300_000,
});
const CLIENTS_MAX = 1_000_000;

const memory = createClientTableMemory(CLIENTS_MAX, { low: 0x1234567, high: 0x89abcde });
const table = new ClientTable(memory);
const words = Int32Array.of(0, 0, 0xffff, 0);
let nowMs = 1_800_000_000_000;
let turn = 0;

for (const clients of [1000, 100_000, CLIENTS_MAX]) {
  measure(`admitRequest, ${clients} clients`, () => {
    words[3] = (turn++ * 7919) % clients;
    nowMs += 0.001;
    return table.admitRequest(words, nowMs, LIMITS) ? 1 : 0;
  });
}

for (const clients of [1000, CLIENTS_MAX]) {
  measure(`admitConnection and releaseConnection, ${clients} clients`, () => {
    words[3] = (turn++ * 7919) % clients;
    nowMs += 0.1;
    const slot = table.admitConnection(words, nowMs, LIMITS);
    return table.releaseConnection(slot, words) ? 1 : 0;
  });
}

measure('isPenalised, 1000 clients', () => {
  words[3] = (turn++ * 7919) % 1000;
  return table.isPenalised(words, nowMs) ? 1 : 0;
});

const megabytes = (memory.byteLength / 1e6).toFixed(1);
console.log(`${table.trackedClients()} clients, ${table.overflows()} overflows, ${megabytes} MB`);
