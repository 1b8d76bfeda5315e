import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import type { LogFields, Logger } from '../../core/logger.ts';
import { silentLogger } from '../../core/logger.ts';
import { fail, ok } from '../../core/result.ts';
import type { ReloadReport } from '../node-control.ts';
import { createManagementServer } from './management-server.ts';
import { NodeControlDouble } from './node-control-double.ts';
import { TokenGate } from './token-gate.ts';

const TOKEN = 'token-of-this-test-run';

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

describe('management API', () => {
  let control: NodeControlDouble;
  let gate: TokenGate;
  let url = '';
  let close: () => Promise<void>;
  let lines: { readonly message: string; readonly fields: LogFields }[] = [];

  const note = (message: string, fields: LogFields = {}): number => lines.push({ message, fields });
  const logger: Logger = { ...silentLogger, info: note, warn: note, error: note };

  before(async () => {
    control = new NodeControlDouble();
    const clock = new ManualClock();
    gate = new TokenGate(TOKEN, clock);
    const options = { control, gate, clock, logger, listenHost: '127.0.0.1', port: 0 };
    const listener = await createManagementServer(options).start();
    close = listener.close;
    url = `http://127.0.0.1:${listener.address.port}`;
  });
  after(() => close());
  beforeEach(() => {
    lines = [];
  });

  async function call(method: string, path: string, options: RequestInit = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${TOKEN}`, ...(options.headers as Record<string, string>) };
    const response = await fetch(url + path, { ...options, method, headers });
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      headers: response.headers,
      body: JSON.parse(text) as Answer['body'],
    };
  }

  function post(path: string, body: unknown): Promise<Answer> {
    return call('POST', path, {
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  function assertProblem(answer: Answer, status: number, code: string): void {
    assert.deepEqual(
      [answer.status, answer.type, answer.body.code, answer.body.status],
      [status, 'application/problem+json', code, status],
    );
    assert.equal(typeof answer.body.title, 'string');
  }

  function listIn(answer: Answer, key: string): readonly Answer['body'][] {
    return answer.body[key] as readonly Answer['body'][];
  }

  it('answers probes without a token', async () => {
    for (const [path, status] of [
      ['/health', 'healthy'],
      ['/ready', 'ready'],
      ['/live', 'alive'],
    ] as const) {
      const answer = await call('GET', path, { headers: { authorization: '' } });
      assert.deepEqual([answer.status, answer.body.status], [200, status]);
      assert.deepEqual(Object.keys(answer.body), ['status', 'service', 'timestamp']);
    }
  });

  it('asks for the token everywhere else, whether or not the route exists', async () => {
    for (const [method, path] of [
      ['GET', '/api/v1/status'],
      ['POST', '/control/terminate'],
      ['DELETE', '/api/v1/blacklist/192.0.2.1'],
      ['POST', '/health'],
      ['GET', '/nothing'],
    ] as const) {
      const response = await fetch(url + path, { method });
      assert.equal(response.status, 401, path);
      assert.equal(response.headers.get('www-authenticate'), 'Bearer');
      assert.equal(((await response.json()) as { code: string }).code, 'unauthorized');
    }
    assertProblem(
      await call('GET', '/api/v1/status', { headers: { authorization: 'Bearer wrong' } }),
      401,
      'unauthorized',
    );
    assert.deepEqual(control.terminations, []);
    assert.deepEqual(
      lines.map(({ message }) => message),
      ['Management token refused'],
    );
  });

  it('knows no other routes', async () => {
    assertProblem(await call('GET', '/nothing'), 404, 'not_found');
    assertProblem(await call('PUT', '/api/v1/blacklist', { body: '{}' }), 404, 'not_found');
  });

  it('shows the state of the node', async () => {
    const { status, body, headers } = await call('GET', '/api/v1/status');
    assert.equal(status, 200);
    assert.deepEqual(
      [body.status, body.mode, body.uptime_seconds, body.connections, body.health],
      ['Active', 'l7', 61.5, { active: 4, total: 40 }, 'healthy'],
    );
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('access-control-allow-origin'), null);
  });

  it('shows its totals', async () => {
    const { body } = await call('GET', '/api/v1/stats');
    assert.deepEqual(body.requests, { total: 100, proxied: 90 });
    assert.deepEqual(body.blocks, { ddos: 6, waf: 4, by_reason: { rate_limit: 6, waf: 4 } });
    assert.deepEqual(body.latency_ms, { p50: 1.5, p99: 20 });
    assert.deepEqual([body.cpu_usage, body.memory_usage], [12.5, 40]);
  });

  it('bans an address, shows the ban and lifts it', async () => {
    const made = await post('/api/v1/blacklist', {
      ip: '192.0.2.1',
      reason: 'scanner',
      duration_seconds: 60,
    });
    assert.equal(made.status, 200);
    assert.deepEqual([made.body.success, made.body.expires_at], [true, '2026-01-01T00:01:00.000Z']);
    const listed = await call('GET', '/api/v1/blacklist');
    assert.equal(listed.body.total, 1);
    assert.deepEqual(listIn(listed, 'bans')[0], {
      ip: '192.0.2.1',
      reason: 'scanner',
      source: 'management',
      banned_at: '2026-01-01T00:00:00.000Z',
      expires_at: '2026-01-01T00:01:00.000Z',
      repeats: 0,
    });
    assert.equal((await call('DELETE', '/api/v1/blacklist/192.0.2.1')).status, 200);
    assertProblem(await call('DELETE', '/api/v1/blacklist/192.0.2.1'), 404, 'not_banned');
    assert.deepEqual(
      lines.map(({ fields }) => [fields.method, fields.uri, fields.status, fields.client_ip]),
      [
        ['POST', '/api/v1/blacklist', 200, '127.0.0.1'],
        ['DELETE', '/api/v1/blacklist/192.0.2.1', 200, '127.0.0.1'],
        ['DELETE', '/api/v1/blacklist/192.0.2.1', 404, '127.0.0.1'],
      ],
    );
  });

  it('takes prefixes of both families, their slash written either way', async () => {
    for (const target of ['198.51.100.0/24', '2001:db8::/32']) {
      for (const path of [target, encodeURIComponent(target)]) {
        const made = await post('/api/v1/blacklist', { ip: target });
        assert.equal(made.body.expires_at, '2026-01-01T01:00:00.000Z');
        assert.equal((await call('DELETE', `/api/v1/blacklist/${path}`)).status, 200, path);
      }
    }
    assert.equal((await call('GET', '/api/v1/blacklist')).body.total, 0);
  });

  it('lists bans page by page', async () => {
    for (let index = 0; index < 5; index += 1) await post('/api/v1/blacklist', { ip: `10.0.0.${index}` });
    const page = await call('GET', '/api/v1/blacklist?limit=2&offset=3');
    assert.deepEqual([page.body.total, page.body.offset], [5, 3]);
    assert.deepEqual(
      listIn(page, 'bans').map(({ ip }) => ip),
      ['10.0.0.3', '10.0.0.4'],
    );
    assertProblem(await call('GET', '/api/v1/blacklist?limit=0'), 422, 'invalid_request');
    for (let index = 0; index < 5; index += 1) await call('DELETE', `/api/v1/blacklist/10.0.0.${index}`);
  });

  it('says what is wrong with a ban', async () => {
    assertProblem(await post('/api/v1/blacklist', { ip: 'example.org' }), 422, 'invalid_target');
    const wrong = await post('/api/v1/blacklist', { ip: '192.0.2.1', duration: 5, duration_seconds: '9' });
    assertProblem(wrong, 422, 'invalid_request');
    assert.equal(listIn(wrong, 'errors').length, 2);
    for (const seconds of [0, -1, 1.5, 1e12]) {
      assertProblem(
        await post('/api/v1/blacklist', { ip: '192.0.2.1', duration_seconds: seconds }),
        422,
        'invalid_request',
      );
    }
    for (const body of ['[]', 'null', '"x"', '{}']) {
      assertProblem(await post('/api/v1/blacklist', body), 422, 'invalid_request');
    }
    assertProblem(await post('/api/v1/blacklist', '{"ip":'), 400, 'malformed_json');
    assertProblem(await call('DELETE', '/api/v1/blacklist/not-an-address'), 422, 'invalid_target');
  });

  it('reads JSON only', async () => {
    const body = JSON.stringify({ ip: '192.0.2.1' });
    for (const type of [
      'text/plain',
      'application/jsonp',
      'application/json; charset=utf-16',
      'application/x-www-form-urlencoded',
    ]) {
      const answer = await call('POST', '/api/v1/blacklist', { headers: { 'content-type': type }, body });
      assertProblem(answer, 415, 'unsupported_media_type');
    }
    const answer = await call('POST', '/api/v1/blacklist', {
      headers: { 'content-type': 'Application/JSON; charset=UTF-8' },
      body,
    });
    assert.equal(answer.status, 200);
    await call('DELETE', '/api/v1/blacklist/192.0.2.1');
  });

  it('reads no more than its limit, declared or chunked', async () => {
    const huge = JSON.stringify({ ip: '192.0.2.1', reason: 'x'.repeat(20_000) });
    assertProblem(await post('/api/v1/blacklist', huge), 413, 'body_too_large');
    const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
    const head = [
      'POST /api/v1/blacklist HTTP/1.1',
      'Host: localhost',
      `Authorization: Bearer ${TOKEN}`,
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
      'Connection: close',
      '\r\n',
    ].join('\r\n');
    assert.match(await sendRaw(head + chunk(huge) + chunk('')), /^HTTP\/1.1 413 /);
    assert.match(
      await sendRaw(head + chunk('{"ip":') + chunk('"192.0.2.1"}') + chunk('')),
      /^HTTP\/1.1 200 /,
    );
    await call('DELETE', '/api/v1/blacklist/192.0.2.1');
  });

  async function sendRaw(request: string): Promise<string> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let text = '';
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    socket.write(request);
    await once(socket, 'close');
    return text;
  }

  it('lives on when a client leaves in the middle of its body', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `POST /config/reload HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{"force":',
    );
    socket.resetAndDestroy();
    assert.equal((await call('GET', '/api/v1/status')).status, 200);
  });

  it('terminates with the grace that the node grants', async () => {
    const sent = {
      reason: 'LOW_FLEET_CPU_LOAD',
      timestamp: '2026-01-01T00:00:00Z',
      grace_period_seconds: 600,
    };
    const answer = await post('/control/terminate', { ...sent, fleet_hint: 'unknown fields pass' });
    assert.deepEqual([answer.status, answer.body.success, answer.body.grace_period_seconds], [200, true, 60]);
    assert.equal((await call('POST', '/control/terminate')).status, 200);
    assert.deepEqual(control.terminations, [
      { reason: 'LOW_FLEET_CPU_LOAD', graceSeconds: 600 },
      { reason: 'management request', graceSeconds: null },
    ]);
    assertProblem(await post('/control/terminate', { grace_period_seconds: -1 }), 422, 'invalid_request');
    assert.equal(control.terminations.length, 2);
  });

  it('drains and resumes, but not against the word of a fleet that can be asked', async () => {
    const drained = await post('/control/drain', { grace_period_seconds: 5 });
    assert.deepEqual([drained.status, drained.body.grace_period_seconds], [200, 5]);
    assert.ok(control.isDrainedBy('operator'));
    assert.equal((await call('POST', '/control/resume')).status, 200);
    assert.ok(!control.isDrainedBy('operator'));
    assertProblem(await post('/control/drain', { grace_period_seconds: -1 }), 422, 'invalid_request');
    control.drainedBy.add('fleet');
    const { nodeStatus } = control;
    control.nodeStatus = { ...nodeStatus, controlLink: 'up' };
    assertProblem(await call('POST', '/control/resume'), 409, 'drained_by_fleet');
    control.nodeStatus = { ...nodeStatus, controlLink: 'down' };
    control.resumeAnswer = fail('the address is taken');
    assertProblem(await call('POST', '/control/resume'), 409, 'not_possible_now');
    control.resumeAnswer = ok(undefined);
    assert.equal((await call('POST', '/control/resume')).status, 200);
    assert.ok(!control.isDrainedBy('fleet'));
    control.nodeStatus = nodeStatus;
  });

  it('reloads and says what changed', async () => {
    control.reloadAnswer = ok({ applied: ['waf.mode'], needsRestart: ['network.workers'] });
    const { status, body } = await post('/config/reload', { force: true });
    assert.equal(status, 200);
    assert.deepEqual(
      [body.success, body.applied, body.needs_restart],
      [true, ['waf.mode'], ['network.workers']],
    );
    assert.match(String(body.timestamp), /^\d{4}-\d\d-\d\dT/);
    assert.match(String(body.message), /1 changed settings are in force, 1 need a restart/);
  });

  it('says why a reload was refused', async () => {
    control.reloadAnswer = fail(['waf.mode: must be block or monitor']);
    const answer = await call('POST', '/config/reload');
    assertProblem(answer, 422, 'configuration_refused');
    assert.deepEqual(answer.body.errors, [{ path: '', message: 'waf.mode: must be block or monitor' }]);
  });

  it('reloads once at a time', async () => {
    const { promise, resolve } = Promise.withResolvers<ReturnType<typeof ok<ReloadReport>>>();
    const started = Promise.withResolvers<void>();
    const reload = control.reload.bind(control);
    control.reload = () => {
      started.resolve();
      return reload();
    };
    control.reloadAnswer = promise;
    const first = call('POST', '/config/reload');
    await started.promise;
    assertProblem(await call('POST', '/config/reload'), 409, 'reload_in_progress');
    resolve(ok({ applied: [], needsRestart: [] }));
    assert.equal((await first).body.message, 'Nothing has changed');
    assert.equal((await call('POST', '/config/reload')).status, 200);
  });

  it('answers 500 without details when the node fails, and serves on', async () => {
    const { status } = control;
    control.status = () => {
      throw new Error('secret detail');
    };
    const answer = await call('GET', '/api/v1/status');
    assertProblem(answer, 500, 'internal_error');
    assert.ok(!JSON.stringify(answer.body).includes('secret detail'));
    control.status = status;
    assert.equal((await call('GET', '/api/v1/status')).status, 200);
  });

  it('refuses web pages and foreign names, probes included', async () => {
    for (const path of ['/health', '/api/v1/status']) {
      const rebound = await sendRaw(
        `GET ${path} HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer ${TOKEN}\r\nConnection: close\r\n\r\n`,
      );
      assert.match(rebound, /^HTTP\/1.1 403 [\s\S]*host_not_allowed/);
      const foreign = await call('GET', path, { headers: { origin: 'https://evil.example' } });
      assertProblem(foreign, 403, 'origin_not_allowed');
    }
  });

  it('holds back a client that guesses tokens', async () => {
    for (let count = 0; count < 20; count += 1) {
      await call('GET', '/api/v1/status', { headers: { authorization: `Bearer guess-${count}` } });
    }
    const answer = await call('GET', '/api/v1/status');
    assertProblem(answer, 429, 'too_many_attempts');
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
    assert.equal((await call('GET', '/health')).status, 200);
    assert.ok(lines.length <= 10, 'throttled attempts leave no lines');
  });
});
