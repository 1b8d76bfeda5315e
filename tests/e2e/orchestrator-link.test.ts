/** A node's control link against a real orchestrator that goes away, forgets, hangs and comes back. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { createSystemClock } from '../../src/core/clock.ts';
import { systemTimers } from '../../src/core/timers.ts';
import type { FleetStats } from '../../src/messages/fleet-stats.ts';
import { ControlLink, type ControlLinkOptions } from '../../src/mitigation/control/control-link.ts';
import { OrchestratorClient } from '../../src/mitigation/control/orchestrator-client.ts';
import type { NodeState, NodeStatus } from '../../src/mitigation/node-control.ts';
import type { OrchestratorOptions } from '../../src/orchestrator/options.ts';
import { LogRecorder } from '../../src/orchestrator/testing/log-recorder.ts';
import { OrchestratorStand } from '../../src/orchestrator/testing/orchestrator-stand.ts';

const REGISTERED = 'Successfully registered with orchestrator';
const CHANGED = 'Node status changed';

/** Fast enough to watch, slow enough for a busy machine. */
const QUICK: Partial<OrchestratorOptions> = { heartbeatIntervalSeconds: 0.2, heartbeatTimeoutSeconds: 5 };

type LinkChange = Partial<ControlLinkOptions> & { readonly token?: string | null };

/** A node as far as the link can tell. */
class LinkedNode {
  readonly log = new LogRecorder();
  readonly orders: [string, number | null][] = [];
  readonly ordered = Promise.withResolvers<void>();
  readonly link: ControlLink;
  state: NodeState = 'Active';
  nodeId: string | null;

  constructor(
    serverUrl: string,
    { token = null, ...change }: LinkChange = {},
    identity: string | null = null,
    startedAt = '2026-01-01T00:00:00.000Z',
  ) {
    this.nodeId = identity;
    this.link = new ControlLink({
      options: {
        publicIp: '127.0.0.1',
        nodeType: 'mitigation',
        group: 'default',
        region: null,
        tags: [],
        weight: 100,
        capacity: { requests_per_second: null, connections: null },
        ports: { traffic: null, metrics: null },
        managementUrl: null,
        registration: { retryIntervalMs: 100, maxRetries: 3, timeoutMs: 5000 },
        heartbeat: { intervalMs: 30_000, timeoutMs: 5000, maxMissed: 3 },
        ...change,
      },
      nodeId: identity,
      status: () => this.#status(startedAt),
      onTerminate: (reason, graceSeconds) => {
        this.orders.push([reason, graceSeconds]);
        this.state = 'Terminating';
        this.ordered.resolve();
      },
      onIntent: () => undefined,
      onRegistered: () => undefined,
      timers: systemTimers,
      transport: new OrchestratorClient({ serverUrl, token }),
      progress: () => ({ appliedRevision: null, refusedPolicy: null, ledgerSeq: 0 }),
      figures: () => ({ requestsPerSecond: 0, latencyMs: { p50: 0, p99: 0 } }),
      onNodeId: (nodeId) => {
        this.nodeId = nodeId;
      },
      logger: this.log.logger,
      clock: createSystemClock(),
      random: Math.random,
    });
  }

  /** What the link said about the node's own view, in order. */
  get views(): unknown[] {
    return this.log.withMessage(CHANGED).map(({ fields }) => [fields.old_status, fields.new_status]);
  }

  #status(startedAt: string): NodeStatus {
    return {
      nodeId: this.nodeId,
      state: this.state,
      version: '0.0.0-test',
      startedAt,
      uptimeSeconds: 1,
      controlLink: 'up',
      configRevision: 1,
      fleet: { revision: null, layers: [], mode: 'normal' },
      workers: { configured: 1, alive: 1, restarts: 0 },
      traffic: {
        connectionsActive: 1,
        connectionsTotal: 2,
        requestsTotal: 3,
        requestsProxied: 3,
        ddosBlocks: 0,
        wafBlocks: 0,
        serverErrors: 0,
        blocksByReason: {},
        latencyMs: { p50: 1, p99: 2 },
      },
      system: { cpuPercent: 1, memoryPercent: 2, residentBytes: 3, packetsPerSecond: 4 },
    };
  }
}

async function withStand(
  change: Partial<OrchestratorOptions>,
  check: (stand: OrchestratorStand, connect: (...rest: Connect) => LinkedNode) => Promise<void>,
): Promise<void> {
  const stand = await OrchestratorStand.open(change);
  const nodes: LinkedNode[] = [];
  const connect = (...rest: Connect): LinkedNode => {
    const node = new LinkedNode(stand.url, ...rest);
    nodes.push(node);
    return node;
  };
  try {
    await check(stand, connect);
  } finally {
    await Promise.all(nodes.map(({ link }) => link.stop()));
    await stand.close();
  }
}

type Connect = [options?: LinkChange, identity?: string | null, startedAt?: string];

describe('a node that starts', () => {
  it('registers, then is Active, in its own log and for the orchestrator', async () => {
    await withStand({}, async (stand, connect) => {
      const node = connect();
      const active = stand.log.next(CHANGED, { new_status: 'Active' });
      node.link.start();
      await active;
      const { json } = await stand.call<FleetStats>('/fleet/stats');
      assert.deepEqual([json.total_nodes, json.active_nodes, json.dead_nodes], [1, 1, 0]);
      const [first, second] = node.log.lines;
      assert.deepEqual([first?.message, first?.fields.node_id], [REGISTERED, node.nodeId]);
      assert.deepEqual(second, {
        level: 'info',
        message: CHANGED,
        fields: { old_status: 'Starting', new_status: 'Active' },
      });
      assert.equal(node.link.connected, true);
    });
  });

  it('before its listeners are open is Starting, and Active as soon as they are', async () => {
    await withStand({}, async (stand, connect) => {
      const node = connect();
      node.state = 'Starting';
      const starting = stand.log.next(CHANGED, { new_status: 'Starting' });
      node.link.start();
      await starting;
      const active = stand.log.next(CHANGED, { new_status: 'Active' });
      node.state = 'Active';
      node.link.statusChanged();
      await active;
      assert.deepEqual(node.views, [['Starting', 'Active']]);
    });
  });

  it('before its orchestrator keeps trying', async () => {
    await withStand({}, async (stand, connect) => {
      await stand.stop();
      const node = connect();
      const failed = node.log.next('Registration with the orchestrator failed', {
        attempt: 3,
        max_retries: 3,
      });
      node.link.start();
      await failed;
      const registered = node.log.next(REGISTERED);
      await stand.start();
      await registered;
    });
  });

  it('with an identity keeps it, and without one gets one', async () => {
    await withStand({}, async (_stand, connect) => {
      const identity = '70000000-0000-4000-8000-000000000001';
      const known = connect({}, identity);
      const stranger = connect();
      const registered = [known, stranger].map((node) => node.log.next(REGISTERED));
      known.link.start();
      stranger.link.start();
      const [first, second] = await Promise.all(registered);
      assert.equal(first?.fields.node_id, identity);
      assert.equal(second?.fields.node_id, stranger.nodeId);
      assert.notEqual(stranger.nodeId, null);
    });
  });
});

describe('an order to terminate', () => {
  it('reaches the node at once, whatever the interval of its heartbeats, and once', async () => {
    await withStand({ heartbeatIntervalSeconds: 3600 }, async (stand, connect) => {
      const node = connect();
      const active = stand.log.next(CHANGED, { new_status: 'Active' });
      node.link.start();
      await active;
      const body = { reason: 'LOW_FLEET_CPU_LOAD', grace_period_seconds: 60 };
      const reported = stand.log.next('Node ended as planned');
      await stand.call(`/nodes/${node.nodeId}/terminate`, { body });
      await node.ordered.promise;
      assert.equal((await stand.node(node.nodeId ?? '')).status, 'Terminating');
      await node.link.stop();
      await reported;
      assert.deepEqual(node.orders, [['LOW_FLEET_CPU_LOAD', 60]]);
      assert.deepEqual(await stand.nodes(), []);
      assert.deepEqual(node.views.at(-1), ['Active', 'Terminating']);
    });
  });

  it('given while the node was away reaches it when it comes back', async () => {
    await withStand({}, async (stand, connect) => {
      const nodeId = await stand.register();
      await stand.call(`/nodes/${nodeId}/terminate`, { method: 'POST' });
      const node = connect({}, nodeId);
      node.link.start();
      await node.ordered.promise;
      assert.deepEqual(node.orders, [['OPERATOR_REQUEST', null]]);
    });
  });
});

describe('an orchestrator that goes away', () => {
  it('is Dead silence in the view of the node only, and Active again when it is back', async () => {
    await withStand(QUICK, async (stand, connect) => {
      const node = connect();
      const active = stand.log.next(CHANGED, { new_status: 'Active' });
      node.link.start();
      await active;
      const lost = node.log.next(CHANGED, { old_status: 'Active', new_status: 'Dead' });
      await stand.stop();
      assert.deepEqual((await lost).fields, {
        old_status: 'Active',
        new_status: 'Dead',
        missed_count: 3,
        max_missed: 3,
      });
      assert.equal(node.link.connected, false);
      const restored = node.log.next(CHANGED, { old_status: 'Dead', new_status: 'Active' });
      await stand.start();
      await restored;
      assert.equal(node.link.connected, true);
      assert.equal((await stand.node(node.nodeId ?? '')).status, 'Active');
    });
  });

  it('and comes back empty is registered with again, under the same identity', async () => {
    await withStand({}, async (stand, connect) => {
      const node = connect();
      const active = stand.log.next(CHANGED, { new_status: 'Active' });
      node.link.start();
      await active;
      const { nodeId } = node;
      const again = node.log.next(REGISTERED);
      await stand.stop();
      stand.loseDisk();
      await stand.start();
      assert.equal((await again).fields.node_id, nodeId);
      assert.deepEqual(node.views, [['Starting', 'Active']]);
    });
  });

  it('is noticed long before the next heartbeat when it returns', async () => {
    await withStand({ heartbeatIntervalSeconds: 3600 }, async (stand, connect) => {
      const node = connect();
      const active = stand.log.next(CHANGED, { new_status: 'Active' });
      node.link.start();
      await active;
      const failed = node.log.next('Heartbeat failed');
      await stand.stop();
      node.link.statusChanged();
      await failed;
      const heard = stand.log.next(CHANGED, { new_status: 'Draining' });
      node.state = 'Draining';
      await stand.start();
      await heard;
    });
  });
});

describe('an orchestrator that hangs', () => {
  it('makes heartbeats fail in time and does not keep the node from ending', async () => {
    const sockets = new Set<Socket>();
    const tarpit = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    });
    tarpit.listen(0, '127.0.0.1');
    await once(tarpit, 'listening');
    const { port } = tarpit.address() as AddressInfo;
    const registration = { retryIntervalMs: 20, maxRetries: 3, timeoutMs: 50 };
    const node = new LinkedNode(`http://127.0.0.1:${port}`, { registration });
    const failed = node.log.next('Registration with the orchestrator failed', { attempt: 2 });
    node.link.start();
    assert.equal((await failed).fields.error, 'no answer within 50 ms');
    await node.link.stop();
    for (const socket of sockets) socket.destroy();
    tarpit.close();
  });
});

describe('two processes of one node', () => {
  it('the newer is heard, the older says why it is not', async () => {
    await withStand(QUICK, async (stand, connect) => {
      const older = connect();
      const active = stand.log.next(CHANGED, { new_status: 'Active' });
      older.link.start();
      await active;
      const newer = connect({}, older.nodeId, '2100-01-01T00:00:00.000Z');
      const refused = older.log.next('Heartbeat failed');
      const registered = newer.log.next(REGISTERED);
      newer.link.start();
      await registered;
      assert.match(String((await refused).fields.error), /^status 409: A newer process/);
      assert.equal((await stand.nodes()).length, 1);
    });
  });
});

describe('a node that ends', () => {
  it('says goodbye, so that nobody looks for it', async () => {
    await withStand({}, async (stand, connect) => {
      const node = connect();
      const active = stand.log.next(CHANGED, { new_status: 'Active' });
      node.link.start();
      await active;
      await node.link.stop();
      await node.link.stop();
      const { json } = await stand.call<FleetStats>('/fleet/stats');
      assert.deepEqual([json.total_nodes, json.dead_nodes], [0, 0]);
    });
  });

  it('without ever having been registered ends at once', async () => {
    const node = new LinkedNode('http://127.0.0.1:9');
    node.link.start();
    await node.link.stop();
    node.link.start();
    node.link.statusChanged();
    assert.equal(node.link.connected, false);
  });

  it('sends a token where it has one', async () => {
    await withStand({ tokens: ['the-token'] }, async (_stand, connect) => {
      const without = connect();
      const refused = without.log.next('Registration with the orchestrator failed');
      without.link.start();
      assert.match(String((await refused).fields.error), /^status 401/);
      const node = connect({ token: 'the-token' });
      const registered = node.log.next(REGISTERED);
      node.link.start();
      await registered;
    });
  });
});
