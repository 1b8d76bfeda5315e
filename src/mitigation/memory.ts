/** The memory that all threads of a node share, sized once at the start from the configuration. */
import { randomBytes } from 'node:crypto';
import type { Config } from '../config/schema.ts';
import { createBanTableMemory } from '../core/ban-slots.ts';
import { createClientTableMemory } from '../core/client-groups.ts';
import { createConnectionCountsMemory } from '../core/connection-count.ts';
import { createLedgerMemory } from '../core/connection-ledger.ts';
import { createFleetSlotsMemory } from '../core/fleet-slots.ts';
import type { HashSeed } from '../core/keyed-hash.ts';
import { createLimitCountsMemory } from '../core/limit-counts.ts';
import { createLimitTableMemory } from '../core/limit-groups.ts';
import { createTrafficMemory } from './telemetry/counter-block.ts';
import type { TrafficLayout } from './telemetry/traffic-layout.ts';
import type { NodeMemory } from './worker-messages.ts';

/** Connections that one worker can hold, whatever the configured limits become by a reload. */
const CONNECTIONS_PER_WORKER = 65_536;

export function createNodeMemory(config: Config, layout: TrafficLayout, workers: number): NodeMemory {
  const { ddos } = config;
  return {
    clients: createClientTableMemory(ddos.tracked_clients_max, createSeed()),
    bans: createBanTableMemory(ddos.bans_max, createSeed()),
    limits: createLimitTableMemory(ddos.limits_tracked_max, createSeed()),
    limitCounts: createLimitCountsMemory(),
    fleetSlots: createFleetSlotsMemory(createSeed()),
    counts: createConnectionCountsMemory(),
    ledgers: Array.from({ length: workers }, () => createLedgerMemory(CONNECTIONS_PER_WORKER)),
    traffic: createTrafficMemory(layout, workers),
  };
}

/** A secret of this process, so that nobody can aim many clients at one place in a table. */
export function createSeed(): HashSeed {
  const bytes = randomBytes(8);
  return { low: bytes.readInt32LE(0), high: bytes.readInt32LE(4) };
}
