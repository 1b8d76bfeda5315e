/** What admitting one request or one connection costs. Run: bun bench/micro/client-table.bench.ts */
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

const table = new ClientTable(createClientTableMemory(65_536, { low: 0x1234567, high: 0x89abcde }));
const words = Int32Array.of(0, 0, 0xffff, 0);
let nowMs = 1_000_000;

for (const clients of [1, 1000, 50_000]) {
  measure(`admitRequest, ${clients} clients`, (call) => {
    words[3] = (call * 7919) % clients;
    nowMs += 0.01;
    return table.admitRequest(words, nowMs, LIMITS) ? 1 : 0;
  });
}

measure('admitConnection and releaseConnection, 1000 clients', (call) => {
  words[3] = (call * 7919) % 1000;
  nowMs += 0.1;
  const slot = table.admitConnection(words, nowMs, LIMITS);
  return table.releaseConnection(slot, words) ? 1 : 0;
});

measure('isPenalised, 1000 clients', (call) => {
  words[3] = (call * 7919) % 1000;
  return table.isPenalised(words, nowMs) ? 1 : 0;
});
