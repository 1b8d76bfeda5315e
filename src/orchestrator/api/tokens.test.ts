/** Tokens of people and programs, their roles, and what becomes of calls that come twice. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import type { AuditEntry } from '../../messages/audit-page.ts';
import type { BlockedIps } from '../../messages/block-request.ts';
import type { Role } from '../../messages/entries/identity.ts';
import { joinMember } from '../testing/member-stand.ts';
import { beatOf, type JsonCall, OrchestratorStand } from '../testing/orchestrator-stand.ts';

const DAY_MS = 86_400_000;
const NODE = '10000000-0000-4000-8000-00000000000a';
const BAN = { body: { ip: '192.0.2.1', reason: 'a try' } } as const;

interface MadeToken {
  readonly id: string;
  readonly token: string;
  readonly code: string;
}

function bearer(token: string): { readonly headers: Record<string, string> } {
  return { headers: { Authorization: `Bearer ${token}` } };
}

async function makeToken(
  stand: OrchestratorStand,
  role: Role,
  { days = null, by = {} }: { readonly days?: number | null; readonly by?: JsonCall } = {},
): Promise<MadeToken> {
  const made = await stand.call<MadeToken>('/tokens', { ...by, body: { name: role, role, days } });
  assert.equal(made.status, 200, made.json.code);
  return made.json;
}

describe('tokens of an orchestrator on a loopback address', { timeout: 60_000 }, () => {
  let stand: OrchestratorStand;
  let clock: ManualClock;
  beforeEach(async () => {
    clock = new ManualClock();
    stand = await OrchestratorStand.open({}, clock);
  });
  afterEach(() => stand.close());

  async function codeOf(path: string, call: JsonCall): Promise<number | string> {
    const { status, json } = await stand.call(path, call);
    return status === 200 ? status : json.code;
  }

  it('are asked for as soon as there is one, which must be of an admin', async () => {
    assert.equal(await codeOf('/nodes', {}), 200);
    assert.equal(await codeOf('/nodes', bearer('of-no-meaning-yet')), 200);
    assert.equal(await codeOf('/tokens', { body: { name: 'x', role: 'viewer' } }), 'admin_needed');
    assert.equal(await codeOf('/tokens', { body: { name: 'x', role: 'admin', days: 1 } }), 'admin_needed');
    const { token, id } = await makeToken(stand, 'admin');
    assert.match(token, /^secbeat_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
    assert.equal(await codeOf('/nodes', {}), 'unauthorized');
    assert.equal(await codeOf('/nodes', bearer(token)), 200);
    assert.equal(await codeOf(`/tokens/${id}`, { method: 'DELETE', ...bearer(token) }), 'admin_needed');
  });

  it('allow what their role allows, and nothing above it', async () => {
    const by = bearer((await makeToken(stand, 'admin')).token);
    const [viewer, operator] = [
      await makeToken(stand, 'viewer', { by }),
      await makeToken(stand, 'operator', { by }),
    ];
    const calls = [
      ['/nodes', {}],
      ['/rules/block_ip', BAN],
      ['/audit', {}],
      ['/tokens', { body: { name: 'x', role: 'admin' } }],
      ['/enrolment-tokens', { body: {} }],
      ['/nodes/register', { body: {} }],
    ] as const;
    const outcomes = async (token: string) => {
      const all: (number | string)[] = [];
      for (const [path, call] of calls) all.push(await codeOf(path, { ...call, ...bearer(token) }));
      return all;
    };
    const no = 'forbidden';
    assert.deepEqual(await outcomes(viewer.token), [200, no, no, no, no, no]);
    assert.deepEqual(await outcomes(operator.token), [200, 200, no, no, no, no]);
  });

  it('are refused once they have expired or are revoked', async () => {
    const by = bearer((await makeToken(stand, 'admin')).token);
    const expiring = await makeToken(stand, 'viewer', { days: 2, by });
    const revoked = await makeToken(stand, 'viewer', { by });
    assert.equal(await codeOf('/nodes', bearer(expiring.token)), 200);
    assert.equal(await codeOf('/nodes', bearer(revoked.token)), 200);
    clock.advanceMs(2 * DAY_MS);
    assert.equal(await codeOf(`/tokens/${revoked.id}`, { method: 'DELETE', ...by }), 200);
    assert.equal(await codeOf('/nodes', bearer(expiring.token)), 'unauthorized');
    assert.equal(await codeOf('/nodes', bearer(revoked.token)), 'unauthorized');
    assert.equal(await codeOf(`/tokens/${revoked.id}`, { method: 'DELETE', ...by }), 'unknown_token');
  });

  it('survive a restart, and their secrets are shown nowhere', async () => {
    const { token, id } = await makeToken(stand, 'admin');
    await stand.stop();
    await stand.start();
    const secret = token.split('_').slice(2).join('_');
    for (const path of ['/tokens', '/audit']) {
      const { status, json } = await stand.call<unknown>(path, bearer(token));
      const text = JSON.stringify(json);
      assert.equal(status, 200);
      assert.ok(text.includes(id) && !text.includes(secret) && !text.includes('scrypt$'));
    }
  });

  it('cannot be guessed at without pauses', async () => {
    const { token, id } = await makeToken(stand, 'admin');
    const guess = bearer(`secbeat_${id}_${'A'.repeat(43)}`);
    const codes: (number | string)[] = [];
    for (let nth = 0; nth < 7; nth++) codes.push(await codeOf('/nodes', guess));
    assert.deepEqual(codes.slice(0, 5), Array(5).fill('unauthorized'));
    assert.deepEqual(codes.slice(5), Array(2).fill('too_many_attempts'));
    clock.advanceMs(1000);
    assert.equal(await codeOf('/nodes', bearer(token)), 200);
    assert.equal(await codeOf('/nodes', guess), 'unauthorized');
  });

  it('leave every change in the audit, with who made it and what stood before', async () => {
    const admin = await makeToken(stand, 'admin');
    const by = bearer(admin.token);
    await stand.call('/rules/block_ip', { ...BAN, ...by });
    await stand.call('/rules/blocked_ips/192.0.2.1', { method: 'DELETE', ...by });
    const page = async (query: string) => {
      const { json } = await stand.call<{ entries: AuditEntry[]; next: number | null }>(`/audit${query}`, by);
      return json;
    };
    const { entries, next } = await page('');
    assert.deepEqual(
      entries.map((entry) => [entry.seq, entry.kind, entry.by, entry.before?.reason]),
      [
        [1, 'token_made', { kind: 'local', id: 'local' }, undefined],
        [2, 'ban_set', { kind: 'token', id: admin.id }, undefined],
        [3, 'ban_lifted', { kind: 'token', id: admin.id }, 'a try'],
      ],
    );
    assert.equal(next, null);
    assert.equal((await page('?limit=2')).next, 2);
    assert.deepEqual(
      (await page('?after=2')).entries.map(({ seq }) => seq),
      [3],
    );
    assert.deepEqual(
      (await page('?kind=ban_set')).entries.map(({ seq }) => seq),
      [2],
    );
  });

  it('make a call that comes twice with one key take effect once', async () => {
    const { token } = await makeToken(stand, 'admin');
    const other = await makeToken(stand, 'operator', { by: bearer(token) });
    const call = (key: string, body: Record<string, unknown>, text = token) => {
      const headers = { ...bearer(text).headers, 'Idempotency-Key': key };
      return stand.call<{ command_id: string; code: string }>('/rules/block_ip', { body, headers });
    };
    const body = { ip: '192.0.2.9', reason: 'once', ttl_seconds: 60 };
    const first = await call('k1', body);
    const again = await call('k1', body);
    assert.deepEqual(again.json, first.json);
    assert.equal(again.headers['idempotency-replayed'], 'true');
    assert.equal((await call('k1', { ...body, ip: '192.0.2.10' })).json.code, 'idempotency_key_reused');
    assert.notEqual((await call('k1', body, other.token)).json.command_id, first.json.command_id);
    assert.equal((await call('k'.repeat(65), body)).json.code, 'malformed_request');
    clock.advanceMs(600_000);
    assert.notEqual((await call('k1', body)).json.command_id, first.json.command_id);
    const { json } = await stand.call<BlockedIps>('/rules/blocked_ips', bearer(token));
    assert.equal(json.blocked_ips.length, 1);
  });
});

describe('tokens of an orchestrator with TLS', { timeout: 60_000 }, () => {
  const TOKEN = 'configured-token-of-the-fleet';
  let stand: OrchestratorStand;
  before(async () => {
    stand = await OrchestratorStand.open({ tls: { names: [] }, tokens: [TOKEN] });
  });
  after(() => stand.close());

  it('open the routes of people, and none of nodes', async () => {
    assert.equal((await stand.call('/nodes', bearer(TOKEN))).status, 200);
    const { status, json } = await stand.call('/nodes/heartbeat', { body: beatOf(NODE), ...bearer(TOKEN) });
    assert.deepEqual([status, json.code], [401, 'certificate_needed']);
  });

  it('are needed to make other tokens, and not for the calls of nodes', async () => {
    assert.equal((await stand.call('/enrolment-tokens', { body: {} })).status, 401);
    const identity = await joinMember(stand, NODE, bearer(TOKEN));
    assert.equal((await stand.call('/nodes/heartbeat', { body: beatOf(NODE), identity })).status, 200);
    const operator = await makeToken(stand, 'operator', { by: bearer(TOKEN) });
    assert.equal((await stand.call('/rules/block_ip', { ...BAN, ...bearer(operator.token) })).status, 200);
  });
});
