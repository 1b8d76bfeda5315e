/** The orchestrator's API as others see it: over sockets, with its store on disk. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import type { ControlAnswer } from '../../src/messages/control-answer.ts';
import type { FleetStats } from '../../src/messages/fleet-stats.ts';
import type { NodePage } from '../../src/messages/node-page.ts';
import type { RegistrationAnswer } from '../../src/messages/registration-answer.ts';
import type { TerminateAnswer } from '../../src/messages/terminate-answer.ts';
import { beatOf, JOIN, OrchestratorStand } from '../../src/orchestrator/testing/orchestrator-stand.ts';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const STRANGER = '60000000-0000-4000-8000-000000000001';
const STATS_KEYS = [
  'total_nodes',
  'active_nodes',
  'dead_nodes',
  'avg_cpu_usage',
  'avg_memory_usage',
  'total_pps',
  'total_connections',
];

interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components: { readonly schemas: Readonly<Record<string, { readonly required: string[] }>> };
}

/** A GET whose Host header is what the test wants; resolves with the status. */
async function statusWithHost(url: string, host: string): Promise<number> {
  const outgoing = request(url, { headers: { host }, agent: false }).end();
  const [response] = await once(outgoing, 'response');
  response.resume();
  return response.statusCode;
}

describe('a fleet of one node', () => {
  let stand: OrchestratorStand;
  before(async () => {
    stand = await OrchestratorStand.open();
  });
  after(() => stand.close());

  it('goes from nothing over Registered to Active', async () => {
    const registered = await stand.call<RegistrationAnswer>('/nodes/register', { body: JOIN });
    assert.equal(registered.status, 200);
    const { node_id, heartbeat_interval, max_missed, endpoints, intent } = registered.json;
    assert.match(node_id, UUID_V4);
    assert.deepEqual([heartbeat_interval, max_missed, intent], [30, 3, 'run']);
    assert.equal(endpoints.heartbeat_url, `${stand.url}/api/v1/nodes/heartbeat`);
    assert.equal(endpoints.control_url, `${stand.url}/api/v1/nodes/${node_id}/commands`);
    assert.equal((await stand.node(node_id)).status, 'Registered');
    const beat = await stand.call<ControlAnswer>('/nodes/heartbeat', { body: beatOf(node_id) });
    assert.equal(beat.status, 200);
    assert.deepEqual(beat.json, {
      intent: 'run',
      policy_revision: 0,
      commands: [],
      config_update: null,
      cursor: 0,
    });
    const [node, ...others] = await stand.nodes();
    assert.ok(node !== undefined && others.length === 0);
    assert.equal(node.status, 'Active');
    assert.equal(node.metrics?.cpu_usage, 12.5);
    assert.deepEqual(node.config, {
      ...{ ...JOIN.config, group: 'default', weight: 100 },
      capacity: { requests_per_second: null, connections: null },
      ports: { traffic: null, metrics: null },
    });
    for (const time of [node.registered_at, node.last_heartbeat]) {
      assert.equal(new Date(time).toISOString(), time);
    }
  });

  it('is summed up in exactly seven figures', async () => {
    const { status, json } = await stand.call<FleetStats>('/fleet/stats');
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(json).sort(), [...STATS_KEYS].sort());
    assert.deepEqual(
      [json.total_nodes, json.active_nodes, json.dead_nodes, json.avg_cpu_usage],
      [1, 1, 0, 12.5],
    );
  });

  it('is listed in pages on demand', async () => {
    const { json } = await stand.call<NodePage>('/nodes?limit=10');
    assert.deepEqual([json.nodes.length, json.total, json.next], [1, 1, null]);
    const beyond = await stand.call<NodePage>('/nodes?limit=10&offset=1');
    assert.deepEqual(beyond.json.nodes, []);
  });

  it('is counted for Prometheus, on a listener of its own', async () => {
    const response = await fetch(stand.metricsUrl);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    const page = await response.text();
    assert.match(page, /^orchestrator_nodes_registered_total 1$/m);
    assert.match(page, /^orchestrator_active_nodes 1$/m);
    assert.equal((await fetch(`${stand.url}/metrics`)).status, 404);
  });

  it('says whether it is there and ready, with and without the prefix', async () => {
    for (const prefix of ['', '/api/v1']) {
      const health = await (await fetch(`${stand.url}${prefix}/health`)).json();
      assert.deepEqual(Object.keys(health as object), ['status', 'timestamp', 'version']);
      const ready = await fetch(`${stand.url}${prefix}/ready`);
      assert.equal(ready.status, 200);
      await ready.text();
    }
  });

  it('describes itself', async () => {
    const { json } = await stand.call<OpenApiDocument>('/openapi.json');
    assert.equal(json.openapi, '3.1.0');
    const paths = [
      '/api/v1/audit',
      '/api/v1/commands',
      '/api/v1/commands/{id}',
      '/api/v1/enroll',
      '/api/v1/enrolment-tokens',
      '/api/v1/export/haproxy',
      '/api/v1/export/nginx',
      '/api/v1/export/prometheus',
      '/api/v1/fleet/stats',
      '/api/v1/health',
      '/api/v1/mode',
      '/api/v1/nodes',
      '/api/v1/nodes/heartbeat',
      '/api/v1/nodes/register',
      '/api/v1/nodes/{id}',
      '/api/v1/nodes/{id}/certificate',
      '/api/v1/nodes/{id}/channel',
      '/api/v1/nodes/{id}/commands',
      '/api/v1/nodes/{id}/drain',
      '/api/v1/nodes/{id}/reports',
      '/api/v1/nodes/{id}/results',
      '/api/v1/nodes/{id}/resume',
      '/api/v1/nodes/{id}/revoke',
      '/api/v1/nodes/{id}/terminate',
      '/api/v1/nodes/{id}/usage',
      '/api/v1/policies',
      '/api/v1/policies/rollout/pause',
      '/api/v1/policies/rollout/resume',
      '/api/v1/policies/rollout/rollback',
      '/api/v1/policies/running',
      '/api/v1/policies/scopes/{scope}',
      '/api/v1/policies/{revision}',
      '/api/v1/policies/{revision}/restore',
      '/api/v1/ready',
      '/api/v1/rules/block_ip',
      '/api/v1/rules/blocked_ips',
      '/api/v1/rules/blocked_ips/{target}',
      '/api/v1/scale',
      '/api/v1/scaling',
      '/api/v1/tokens',
      '/api/v1/tokens/{id}',
      '/health',
      '/ready',
    ];
    assert.deepEqual(Object.keys(json.paths).sort(), paths);
    assert.deepEqual(json.components.schemas.FleetStats?.required.sort(), [...STATS_KEYS].sort());
  });
});

describe('what is wrong with a request', () => {
  let stand: OrchestratorStand;
  let nodeId: string;
  before(async () => {
    stand = await OrchestratorStand.open();
    nodeId = await stand.register();
  });
  after(() => stand.close());

  /** Sends a body as it is. */
  async function post(path: string, body: string, headers: Record<string, string>) {
    const response = await fetch(`${stand.url}/api/v1${path}`, { method: 'POST', body, headers });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      json: await response.json(),
    };
  }

  const JSON_TYPE = { 'content-type': 'application/json' };

  const badBodies: readonly (readonly [string, string, Record<string, string>, number, string])[] = [
    ['no JSON', '{"node_id":', JSON_TYPE, 400, 'malformed_json'],
    ['JSON of the wrong shape', '{"node_id":5}', JSON_TYPE, 422, 'invalid_body'],
    ['a list', '[]', JSON_TYPE, 422, 'invalid_body'],
    ['nothing', '', JSON_TYPE, 422, 'invalid_body'],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_media_type'],
    ['JSON that calls itself text', '{}', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
    ['too much', `"${'x'.repeat(70_000)}"`, JSON_TYPE, 413, 'body_too_large'],
    ['brackets without end', '['.repeat(60_000), JSON_TYPE, 400, 'malformed_json'],
  ];
  for (const [title, body, headers, status, code] of badBodies) {
    it(`${title} as a body is answered with ${status} ${code}`, async () => {
      for (const path of ['/nodes/register', '/nodes/heartbeat']) {
        const answer = await post(path, body, headers);
        assert.deepEqual([answer.status, (answer.json as { code: string }).code], [status, code]);
        assert.equal(answer.type, 'application/problem+json');
      }
    });
  }

  it('names the fields that are wrong', async () => {
    const metrics = { ...beatOf(nodeId).metrics, cpu_usage: 100.5, waf_blocks: -1 };
    const { status, json } = await stand.call('/nodes/heartbeat', { body: { ...beatOf(nodeId), metrics } });
    assert.equal(status, 422);
    const paths = json.errors?.map((error) => error.path);
    assert.deepEqual(paths, ['metrics.cpu_usage', 'metrics.waf_blocks']);
  });

  it('numbers that are not finite are refused', async () => {
    const body = JSON.stringify(beatOf(nodeId)).replace('12.5', '1e999');
    assert.equal((await post('/nodes/heartbeat', body, JSON_TYPE)).status, 422);
  });

  it('a body in pieces is counted as well', async () => {
    const outgoing = request(`${stand.url}/api/v1/nodes/register`, { method: 'POST', headers: JSON_TYPE });
    outgoing.on('error', () => undefined);
    for (let piece = 0; piece < 80; piece += 1) outgoing.write('x'.repeat(1024));
    const [response] = await once(outgoing, 'response');
    assert.equal(response.statusCode, 413);
    outgoing.destroy();
  });

  it('an unknown node is 404, a malformed id 400', async () => {
    assert.equal((await stand.call(`/nodes/${STRANGER}`)).status, 404);
    assert.equal((await stand.call(`/nodes/${STRANGER}/terminate`, { method: 'POST' })).status, 404);
    assert.equal((await stand.call(`/nodes/${STRANGER}/commands`)).status, 404);
    assert.equal((await stand.call('/nodes/heartbeat', { body: beatOf(STRANGER) })).status, 404);
    for (const path of ['/nodes/17', '/nodes/17/commands', '/nodes/..%2f..%2fetc']) {
      const { status, json } = await stand.call(path);
      assert.deepEqual([status, json.code], [400, 'malformed_id'], path);
    }
    assert.equal((await stand.call('/nodes/17/terminate', { method: 'POST' })).status, 400);
  });

  it('an unknown route is 404, a malformed query 400', async () => {
    assert.equal((await stand.call('/nowhere')).json.code, 'not_found');
    for (const query of ['limit=0', 'limit=x', 'limit=1001', 'limit=1&offset=-1', 'limit=1&cursor=a']) {
      assert.equal((await stand.call(`/nodes?${query}`)).json.code, 'malformed_query', query);
    }
    for (const query of ['wait=x', 'wait=-1', 'wait=3600', 'after=-1']) {
      assert.equal((await stand.call(`/nodes/${nodeId}/commands?${query}`)).status, 400, query);
    }
  });

  it('a host name that is not of this machine is 403, as in DNS rebinding', async () => {
    const { port } = new URL(stand.url);
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', '192.0.2.1']) {
      assert.equal(await statusWithHost(`${stand.url}/api/v1/nodes`, host), 403, host);
    }
    for (const host of ['localhost', `localhost:${port}`, '127.0.0.1', '[::1]:1']) {
      assert.equal(await statusWithHost(`${stand.url}/api/v1/nodes`, host), 200, host);
    }
    assert.equal(await statusWithHost(stand.metricsUrl, 'evil.example'), 403);
  });

  it('a page of another origin is 403, one of the same origin is not', async () => {
    const terminate = (origin: string) =>
      stand.call(`/nodes/${STRANGER}/terminate`, { method: 'POST', headers: { origin } });
    for (const origin of ['http://evil.example', 'null', `${stand.url}1`, 'http://127.0.0.1']) {
      assert.equal((await terminate(origin)).json.code, 'foreign_origin', origin);
    }
    assert.equal((await terminate(stand.url)).json.code, 'unknown_node');
  });
});

describe('an order to terminate', () => {
  let stand: OrchestratorStand;
  before(async () => {
    stand = await OrchestratorStand.open();
  });
  after(() => stand.close());

  it('needs no body, or an empty one, whatever its type', async () => {
    for (const headers of [{}, { 'content-type': 'application/json' }, { 'content-type': 'text/plain' }]) {
      const nodeId = await stand.register();
      const path = `/nodes/${nodeId}/terminate`;
      const { status, json } = await stand.call<TerminateAnswer>(path, { method: 'POST', headers });
      assert.deepEqual([status, json.success, json.grace_period_seconds], [200, true, null]);
      assert.equal((await stand.node(nodeId)).status, 'Terminating');
    }
  });

  it('ends a poll that waits, with reason and grace', async () => {
    const nodeId = await stand.register();
    const poll = stand.call<ControlAnswer>(`/nodes/${nodeId}/commands?wait=30`);
    const body = { reason: 'LOW_FLEET_CPU_LOAD', grace_period_seconds: 60 };
    const ordered = await stand.call<TerminateAnswer>(`/nodes/${nodeId}/terminate`, { body });
    const { json } = await poll;
    assert.equal(json.intent, 'terminate');
    assert.deepEqual(json.commands[0]?.parameters, body);
    assert.equal(json.commands[0]?.command_id, ordered.json.command_id);
    const again = await stand.call(`/nodes/${nodeId}/commands?wait=30&after=0`);
    assert.deepEqual(again.json, json);
  });

  it('does not end a poll that knows it already; the end of the node does', async () => {
    const nodeId = await stand.register();
    await stand.call(`/nodes/${nodeId}/terminate`, { method: 'POST' });
    const poll = stand.call(`/nodes/${nodeId}/commands?wait=30&after=1`);
    await stand.call('/nodes/heartbeat', { body: beatOf(nodeId, { status: 'Terminating' }) });
    assert.equal((await poll).status, 404);
    assert.equal((await stand.call(`/nodes/${nodeId}`)).status, 404);
  });

  it('of the wrong shape is refused', async () => {
    const nodeId = await stand.register();
    const { status } = await stand.call(`/nodes/${nodeId}/terminate`, { body: { grace_period_seconds: -1 } });
    assert.equal(status, 422);
    assert.equal((await stand.node(nodeId)).intent, 'run');
  });
});

describe('two processes with one id', () => {
  it('the newer is heard, the older gets 409', async () => {
    const stand = await OrchestratorStand.open();
    try {
      const nodeId = await stand.register({ epoch: 1000 });
      await stand.register({ node_id: nodeId, epoch: 2000 });
      const older = await stand.call('/nodes/heartbeat', { body: beatOf(nodeId, { epoch: 1000 }) });
      assert.deepEqual([older.status, older.json.code], [409, 'superseded_process']);
      const newer = await stand.call('/nodes/heartbeat', { body: beatOf(nodeId, { epoch: 2000 }) });
      assert.equal(newer.status, 200);
      assert.equal((await stand.nodes()).length, 1);
    } finally {
      await stand.close();
    }
  });
});

describe('tokens', () => {
  it('are asked for on every route but those of health', async () => {
    const stand = await OrchestratorStand.open({ tokens: ['first-token', 'second-token'] });
    try {
      const withToken = (authorization: string) => ({ headers: { authorization } });
      for (const path of ['/nodes', '/fleet/stats', '/openapi.json', `/nodes/${STRANGER}`, '/nowhere']) {
        const { status, headers } = await stand.call(path);
        assert.equal(status, 401, path);
        assert.equal(headers['www-authenticate'], 'Bearer');
      }
      for (const wrong of ['Bearer', 'Bearer ', 'Bearer wrong', 'Basic first-token', 'first-token']) {
        assert.equal((await stand.call('/nodes', withToken(wrong))).status, 401, wrong);
      }
      for (const right of ['Bearer first-token', 'bearer second-token']) {
        assert.equal((await stand.call('/nodes', withToken(right))).status, 200, right);
      }
      assert.equal((await stand.call('/health')).status, 200);
      assert.equal((await stand.call('/ready')).status, 200);
    } finally {
      await stand.close();
    }
  });

  it('are needed where others can reach the listener', async () => {
    const listen = { host: '0.0.0.0', port: 0 };
    await assert.rejects(OrchestratorStand.open({ listen }), /set fleet\.tls\.enabled/);
    await assert.rejects(OrchestratorStand.open({ listen, tokens: ['token'] }), /set fleet\.tls\.enabled/);
    const tls = { names: [] };
    await assert.rejects(OrchestratorStand.open({ listen, tls }), /there is no token: set fleet\.token/);
  });
});

describe('a flood of registrations', () => {
  it('is stopped with 429, and locks out nobody who is in the fleet', async () => {
    const stand = await OrchestratorStand.open({ registrations: { perSecond: 0.01, burst: 3 } });
    try {
      const nodeIds = [await stand.register(), await stand.register(), await stand.register()];
      const refused = await stand.call('/nodes/register', { body: JOIN });
      assert.deepEqual([refused.status, refused.json.code], [429, 'too_many_registrations']);
      assert.ok(Number(refused.headers['retry-after']) >= 1);
      assert.equal(await stand.register({ node_id: nodeIds[0] }), nodeIds[0]);
    } finally {
      await stand.close();
    }
  });

  it('ends at the largest fleet', async () => {
    const stand = await OrchestratorStand.open({ nodesMax: 2 });
    try {
      await stand.register();
      await stand.register();
      const { status, json } = await stand.call('/nodes/register', { body: JOIN });
      assert.deepEqual([status, json.code], [503, 'fleet_full']);
    } finally {
      await stand.close();
    }
  });
});
