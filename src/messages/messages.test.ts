/** What the wire lets through, message by message. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heartbeatRequest } from './heartbeat-request.ts';
import { registrationRequest } from './registration-request.ts';
import { terminateRequest } from './terminate-request.ts';

const NODE_ID = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11';

const METRICS = {
  cpu_usage: 12.5,
  memory_usage: 100,
  packets_per_second: 0.5,
  active_connections: 3,
  total_requests: 4,
  ddos_blocks: 0,
  waf_blocks: 0,
};

const BEAT = { node_id: NODE_ID, status: 'Active', metrics: METRICS };

const JOIN = { public_ip: '203.0.113.7', config: { node_type: 'mitigation', region: null, tags: [] } };

/** What nodes of the first version do not measure. */
const UNTOLD = { server_errors: 0, requests_per_second: 0, latency_ms: 0, latency_p99_ms: 0 };

describe('a heartbeat', () => {
  it('in its oldest form is complete', () => {
    const beat = heartbeatRequest.parse(BEAT);
    assert.equal(beat.node_id, NODE_ID.toLowerCase());
    assert.deepEqual(beat.metrics, { ...METRICS, ...UNTOLD });
    assert.deepEqual([beat.epoch, beat.sequence, beat.final], [null, null, null]);
  });

  it('may carry fields that are not known yet', () => {
    const beat = heartbeatRequest.parse({ ...BEAT, later: { deep: [1] }, metrics: { ...METRICS, gpu: 1 } });
    assert.equal('later' in beat, false);
    assert.deepEqual(beat.metrics, { ...METRICS, ...UNTOLD });
  });

  const badFigures: readonly (readonly [keyof typeof METRICS, unknown])[] = [
    ['cpu_usage', 100.1],
    ['memory_usage', -0.1],
    ['cpu_usage', Number.POSITIVE_INFINITY],
    ['packets_per_second', Number.NaN],
    ['packets_per_second', 1e300],
    ['active_connections', -1],
    ['active_connections', 1.5],
    ['active_connections', 1e15],
    ['total_requests', 2 ** 53],
    ['waf_blocks', '3'],
    ['ddos_blocks', null],
  ];
  for (const [name, value] of badFigures) {
    it(`with ${name} ${String(value)} is refused`, () => {
      assert.equal(
        heartbeatRequest.safeParse({ ...BEAT, metrics: { ...METRICS, [name]: value } }).success,
        false,
      );
    });
  }

  const badBeats: Readonly<Record<string, unknown>> = {
    'that is no object': 'beat',
    'without figures': { node_id: NODE_ID, status: 'Active' },
    'of a node that calls itself dead': { ...BEAT, status: 'Dead' },
    'with a status in lower case': { ...BEAT, status: 'active' },
    'with an id that is no UUID': { ...BEAT, node_id: 'node-1' },
    'with an epoch before time began': { ...BEAT, epoch: -1 },
  };
  for (const [title, value] of Object.entries(badBeats)) {
    it(`${title} is refused`, () => {
      assert.equal(heartbeatRequest.safeParse(value).success, false);
    });
  }
});

describe('a registration', () => {
  it('in its oldest form is complete', () => {
    const join = registrationRequest.parse(JOIN);
    assert.deepEqual([join.node_id, join.version, join.management_url, join.epoch], [null, null, null, null]);
  });

  it('may leave out region and tags', () => {
    const join = registrationRequest.parse({ public_ip: '2001:db8::1', config: { node_type: 'edge' } });
    assert.deepEqual(join.config, {
      ...{ node_type: 'edge', group: 'default', region: null, tags: [], weight: 100 },
      capacity: { requests_per_second: null, connections: null },
      ports: { traffic: null, metrics: null },
    });
  });

  const bad: Readonly<Record<string, unknown>> = {
    'from a host name': { ...JOIN, public_ip: 'example.org' },
    'from an address with a port': { ...JOIN, public_ip: '203.0.113.7:80' },
    'without a kind of node': { ...JOIN, config: { region: null, tags: [] } },
    'with a tag of endless length': { ...JOIN, config: { ...JOIN.config, tags: ['x'.repeat(65)] } },
    'with endless tags': { ...JOIN, config: { ...JOIN.config, tags: Array(33).fill('x') } },
    'with a management URL of another scheme': { ...JOIN, management_url: 'file:///etc/passwd' },
    'with an id that is no UUID': { ...JOIN, node_id: '../../etc' },
  };
  for (const [title, value] of Object.entries(bad)) {
    it(`${title} is refused`, () => {
      assert.equal(registrationRequest.safeParse(value).success, false);
    });
  }

  it('with a management URL on a bare address is taken', () => {
    for (const url of ['http://127.0.0.1:9999', 'https://[2001:db8::1]:9999/', 'http://node-1:9999']) {
      assert.equal(registrationRequest.safeParse({ ...JOIN, management_url: url }).success, true, url);
    }
  });
});

describe('an order to terminate', () => {
  it('needs no word', () => {
    assert.deepEqual(terminateRequest.parse({}), { reason: 'OPERATOR_REQUEST', grace_period_seconds: null });
  });

  it('with a negative or endless grace is refused', () => {
    for (const grace of [-1, 1e9, Number.POSITIVE_INFINITY]) {
      assert.equal(terminateRequest.safeParse({ grace_period_seconds: grace }).success, false);
    }
  });
});
