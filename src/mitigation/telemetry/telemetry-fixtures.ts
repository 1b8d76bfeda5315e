/** Ready-made inputs that several tests of telemetry share. */
import type { NodeStatus } from '../node-control.ts';
import { createTrafficMemory, sumRegions } from './counter-block.ts';
import type { NodeReading } from './metric-families.ts';
import type { RequestRecord } from './request-record.ts';
import { createTrafficLayout, type RuleName, type TrafficLayout } from './traffic-layout.ts';
import { TrafficMeter } from './traffic-meter.ts';

export const TEST_RULES: readonly RuleName[] = [
  { id: 'xss-script-tag', label: 'XSS_SCRIPT_TAG' },
  { id: 'sqli-union', label: 'SQL_INJECTION' },
];

export interface TestTraffic {
  readonly layout: TrafficLayout;
  readonly memory: SharedArrayBuffer;
  readonly meter: TrafficMeter;
  readonly sums: () => Float64Array;
}

/** Counters of two writers, and a meter for the first. */
export function createTestTraffic(): TestTraffic {
  const layout = createTrafficLayout(TEST_RULES);
  const memory = createTrafficMemory(layout, 2);
  return {
    layout,
    memory,
    meter: new TrafficMeter(layout, memory, 0),
    sums: () => sumRegions(layout, memory),
  };
}

/** A plain request that an origin answered, with what differs. */
export function createTestRecord(differences: Partial<RequestRecord> = {}): RequestRecord {
  return {
    requestId: 'r-1',
    wallMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    clientIp: '192.0.2.1',
    method: 'GET',
    target: '/page?a=1',
    host: 'www.example.org',
    site: '',
    status: 200,
    reason: null,
    ruleIds: [],
    userAgent: 'curl/8',
    ja4: '',
    limit: '',
    detail: '',
    bytesIn: 100,
    bytesOut: 5000,
    durationMs: 12.5,
    originMs: 12,
    protocol: 'HTTP/1.1',
    ...differences,
  };
}

export const TEST_STATUS: NodeStatus = {
  nodeId: '2f1a4d5e-0000-4000-8000-000000000001',
  state: 'Active',
  version: '0.1.0',
  startedAt: '2026-01-02T03:04:05.000Z',
  uptimeSeconds: 61.5,
  controlLink: 'up',
  configRevision: 3,
  fleet: { revision: 7, layers: [{ scope: 'fleet', revision: 7 }], mode: 'normal' },
  workers: { configured: 2, alive: 2, restarts: 1 },
  traffic: {
    connectionsActive: 4,
    connectionsTotal: 40,
    requestsTotal: 100,
    requestsProxied: 90,
    ddosBlocks: 6,
    wafBlocks: 4,
    serverErrors: 1,
    blocksByReason: { rate_limit: 6, waf: 4 },
    latencyMs: { p50: 1.5, p99: 20 },
  },
  system: { cpuPercent: 12.5, memoryPercent: 40, residentBytes: 90_000_000, packetsPerSecond: 1000 },
};

export const TEST_READING: NodeReading = {
  status: TEST_STATUS,
  bansActive: 5,
  clientsActive: 3,
  tableEvictions: { clients: 0, bans: 2 },
  tableOverflows: { clients: 0 },
  limits: [],
  fleetLimits: { keys: 2, answered: 9, failed: 1, overflows: 0, fallback: false },
  lists: [{ name: 'feed', entries: 1000, ageSeconds: 60, refusals: 3, failures: 1 }],
  kernel: { bans: 4, failures: 0 },
  droppedLogLines: 7,
  droppedEvents: 5,
};
