/** Clients and limits for tests of the shared tables. */
import type { ClientLimits } from '../client-limits.ts';
import type { AddressWords } from '../ip.ts';
import type { HashSeed } from '../keyed-hash.ts';

export const TEST_SEED: HashSeed = { low: 0x01234567, high: 0x09abcdef };

/** The IPv4 client 10.0.0.0 + `index`. */
export function testClient(index: number): AddressWords {
  return Int32Array.of(0, 0, 0xffff, 0x0a000000 + index);
}

/** Limits that are out of the way unless they are named. */
export function testLimits(limits: Partial<ClientLimits>): ClientLimits {
  return Object.freeze({
    requestsPerSecond: 1_000_000,
    requestCapacity: 1_000_000,
    connectionsMax: 1_000_000,
    newConnectionsPerSecond: 1_000_000,
    violationWindowMs: 60_000,
    violationsMax: 10,
    penaltyMs: 300_000,
    ...limits,
  });
}
