import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heartbeatRequest } from '../../messages/heartbeat-request.ts';
import { registrationRequest } from '../../messages/registration-request.ts';
import type { NodeStatus } from '../node-control.ts';
import { decodeControl, decodeRegistration, toHeartbeat, toRegistration } from './link-messages.ts';

const NODE_ID = '40000000-0000-4000-8000-000000000001';

const STATUS: NodeStatus = {
  nodeId: NODE_ID,
  state: 'Active',
  version: '1.0.0',
  startedAt: '2026-01-01T00:00:00.000Z',
  uptimeSeconds: 5,
  controlLink: 'up',
  configRevision: 1,
  fleet: { revision: null, layers: [], mode: 'normal' },
  workers: { configured: 2, alive: 2, restarts: 0 },
  traffic: {
    connectionsActive: 3,
    connectionsTotal: 10,
    requestsTotal: 20,
    requestsProxied: 15,
    ddosBlocks: 4,
    wafBlocks: 1,
    serverErrors: 2,
    blocksByReason: {},
    latencyMs: { p50: 1, p99: 2 },
  },
  system: { cpuPercent: 12.5, memoryPercent: 40, residentBytes: 1, packetsPerSecond: 99.5 },
};

const progress = { appliedRevision: 3, refusedPolicy: null, ledgerSeq: 7 };
const figures = { requestsPerSecond: 2.5, latencyMs: { p50: 11, p99: 90.5 } };
const FACTS = { nodeId: NODE_ID, epoch: 1, sequence: 1, final: false, progress, figures };

describe('a heartbeat', () => {
  it('carries the state and the figures of the node', () => {
    const beat = toHeartbeat(STATUS, FACTS);
    assert.equal(beat.status, 'Active');
    assert.deepEqual(beat.metrics, {
      cpu_usage: 12.5,
      memory_usage: 40,
      packets_per_second: 99.5,
      active_connections: 3,
      total_requests: 20,
      ddos_blocks: 4,
      server_errors: 2,
      requests_per_second: 2.5,
      latency_ms: 11,
      latency_p99_ms: 90.5,
      waf_blocks: 1,
    });
  });

  it('is Terminating when it is the last one', () => {
    assert.equal(toHeartbeat(STATUS, { ...FACTS, final: true }).status, 'Terminating');
  });

  it('fits the wire whatever the sensors say', () => {
    for (const odd of [Number.NaN, -1, Number.POSITIVE_INFINITY, 1e300, 0.5]) {
      const system = { cpuPercent: odd, memoryPercent: odd, residentBytes: odd, packetsPerSecond: odd };
      const traffic = {
        ...STATUS.traffic,
        connectionsActive: odd,
        requestsTotal: odd,
        ddosBlocks: odd,
        wafBlocks: odd,
        serverErrors: odd,
      };
      const oddFigures = { requestsPerSecond: odd, latencyMs: { p50: odd, p99: odd } };
      const beat = toHeartbeat({ ...STATUS, system, traffic }, { ...FACTS, figures: oddFigures });
      assert.equal(heartbeatRequest.safeParse(beat).success, true, String(odd));
    }
  });
});

it('a registration fits the wire', () => {
  const announced = {
    publicIp: '127.0.0.1',
    nodeType: 'mitigation',
    group: 'edge',
    region: 'eu',
    tags: ['a'],
    weight: 50,
    capacity: { requests_per_second: 900, connections: null },
    ports: { traffic: 8443, metrics: 9090 },
    managementUrl: null,
  };
  const request = toRegistration(announced, { nodeId: NODE_ID, epoch: 5, version: '1.0.0' });
  assert.deepEqual(registrationRequest.parse(request), request);
});

describe('the answer to a registration', () => {
  it('is enough with identity and interval', () => {
    const news = decodeRegistration({ node_id: NODE_ID, heartbeat_interval: 30, endpoints: { other: 1 } });
    assert.equal(news.ok, false, 'endpoints that are there must be readable');
    const plain = decodeRegistration({ node_id: NODE_ID, heartbeat_interval: 30 });
    assert.deepEqual(plain, {
      ok: true,
      value: { nodeId: NODE_ID, intervalMs: 30_000, order: null, intent: null, cursor: null },
    });
  });

  it('without them is refused', () => {
    for (const answer of [
      undefined,
      null,
      'x',
      [],
      {},
      { node_id: NODE_ID },
      { node_id: 'x', heartbeat_interval: 1 },
    ]) {
      assert.equal(decodeRegistration(answer).ok, false);
    }
  });

  it('cannot make the node beat without pause', () => {
    const news = decodeRegistration({ node_id: NODE_ID, heartbeat_interval: 0.000001 });
    assert.ok(news.ok && news.value.intervalMs >= 50);
  });
});

describe('what is wanted of the node', () => {
  const terminate = { command_id: 'c', command_type: 'terminate', timestamp: '2026-01-01T00:00:00Z' };

  it('is nothing in an empty, foreign or broken answer', () => {
    for (const answer of [undefined, null, '', {}, [], { intent: 'dance' }, { commands: 'x' }]) {
      assert.equal(decodeControl(answer).order, null);
    }
  });

  it('is an order to end where a command says so', () => {
    const commands = [
      { ...terminate, command_type: 'update_rules', parameters: {} },
      { ...terminate, parameters: { reason: 'x', grace_period_seconds: 5 } },
    ];
    assert.deepEqual(decodeControl({ commands, cursor: 7 }), {
      cursor: 7,
      intent: null,
      order: { commandId: 'c', reason: 'x', graceSeconds: 5 },
    });
  });

  it('is to drain where the intent says so', () => {
    assert.deepEqual(decodeControl({ intent: 'drain', cursor: 1 }), {
      cursor: 1,
      intent: 'drain',
      order: null,
    });
  });

  it('is an order to end also where only the intent says so', () => {
    assert.equal(decodeControl({ intent: 'terminate' }).order?.commandId, null);
  });
});
