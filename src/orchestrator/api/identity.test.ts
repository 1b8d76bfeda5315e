/** Who may speak for a node, over real connections with TLS. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { until } from '../../../tests/support/until.ts';
import { ManualClock } from '../../core/clock.ts';
import type { Problem } from '../../messages/problem.ts';
import { CertificateAuthority, createAuthority } from '../../tls/authority/certificate-authority.ts';
import { createClientRequest } from '../../tls/authority/client-request.ts';
import { joinMember, type Member, makeEnrolmentToken, tryEnrol } from '../testing/member-stand.ts';
import { beatOf, JOIN, OrchestratorStand } from '../testing/orchestrator-stand.ts';

const A = '10000000-0000-4000-8000-00000000000a';
const B = '10000000-0000-4000-8000-00000000000b';
const C = '10000000-0000-4000-8000-00000000000c';
const DAY_MS = 86_400_000;

const TLS = { tls: { names: [] } };

/** Stands still some days ago, so that certificates hold by the clock of the machine when the test has moved it to today. */
function pastClock(days: number): ManualClock {
  return new ManualClock(1_000_000, Date.now() - 1_000_000 - days * DAY_MS);
}

/** A certificate that an authority signs without anybody having decided it. */
async function forge(authority: CertificateAuthority, nodeId: string, lifetimeMs = DAY_MS): Promise<Member> {
  const { requestPem, keyPem } = await createClientRequest(nodeId);
  const issued = await authority.issueClient(requestPem, nodeId, { wallMs: Date.now(), lifetimeMs });
  assert.ok(issued.ok);
  return { nodeId, keyPem, certPem: issued.value.certPem };
}

async function ownAuthority(stand: OrchestratorStand): Promise<CertificateAuthority> {
  const read = (name: string): string => readFileSync(join(stand.authorityFolder, name), 'utf8');
  const opened = await CertificateAuthority.open({ certPem: read('ca.pem'), keyPem: read('ca-key.pem') });
  assert.ok(opened.ok);
  return opened.value;
}

async function otherAuthority(): Promise<CertificateAuthority> {
  const opened = await CertificateAuthority.open(await createAuthority('other', Date.now()));
  assert.ok(opened.ok);
  return opened.value;
}

describe('an orchestrator with TLS', { timeout: 60_000 }, () => {
  let stand: OrchestratorStand;
  before(async () => {
    stand = await OrchestratorStand.open(TLS);
  });
  after(() => stand.close());

  async function codeOfBeat(member: Member | null, nodeId: string): Promise<string> {
    const identity = member === null ? {} : { identity: member };
    const { status, json } = await stand.call('/nodes/heartbeat', { body: beatOf(nodeId), ...identity });
    return status === 200 ? 'accepted' : json.code;
  }

  it('takes a node in for a token, and hears it with its certificate only', async () => {
    const member = await joinMember(stand, A);
    assert.equal(await codeOfBeat(member, A), 'accepted');
    assert.equal(await codeOfBeat(null, A), 'certificate_needed');
  });

  it('refuses a token that was used, and enrols one of two that come with it at once', async () => {
    const token = await makeEnrolmentToken(stand);
    const both = await Promise.all([tryEnrol(stand, token, B), tryEnrol(stand, token, C)]);
    assert.deepEqual(both.map(({ answer }) => answer.status).sort(), [200, 401]);
    const late = await tryEnrol(stand, token, C);
    assert.deepEqual([late.answer.status, late.answer.json.code], [401, 'enrolment_refused']);
  });

  it('answers a node again that has not heard the answer, with the same key only, and not for ever', async () => {
    const nodeId = '10000000-0000-4000-8000-0000000000d0';
    const token = await makeEnrolmentToken(stand);
    const { requestPem: csr } = await createClientRequest(nodeId);
    const ask = async (request: string) =>
      (await stand.call('/enroll', { body: { token, csr: request, node_id: nodeId } })).status;
    const { requestPem: other } = await createClientRequest(nodeId);
    assert.deepEqual([await ask(csr), await ask(csr), await ask(other)], [200, 200, 401]);
    assert.deepEqual([await ask(csr), await ask(csr), await ask(csr)], [200, 200, 401]);
    await stand.call(`/nodes/${nodeId}/revoke`, { method: 'POST' });
    assert.equal(await ask(csr), 401);
  });

  it('lets no token take the place of a node that is there', async () => {
    const { answer } = await tryEnrol(stand, await makeEnrolmentToken(stand), A);
    assert.deepEqual([answer.status, answer.json.code], [409, 'already_enrolled']);
  });

  it('refuses tokens that are made up', async () => {
    const id = '0123456789abcdef';
    for (const token of ['', 'x', `secbeat_enroll_${id}_${'A'.repeat(43)}`]) {
      const { answer } = await tryEnrol(stand, token, C);
      assert.deepEqual([answer.status, answer.json.code], [401, 'enrolment_refused']);
    }
  });

  it('enrols whoever has a token, however many come with made-up ones', async () => {
    const body = { token: `secbeat_enroll_0123456789abcdef_${'A'.repeat(43)}`, csr: 'none', node_id: C };
    const codes = await Promise.all(
      Array.from({ length: 200 }, async () => (await stand.call('/enroll', { body })).json.code),
    );
    assert.deepEqual(new Set(codes), new Set(['enrolment_refused']));
    const { answer } = await tryEnrol(stand, await makeEnrolmentToken(stand), randomUUID());
    assert.equal(answer.status, 200);
  });

  it('signs no request that is none, or that is on another kind of key', async () => {
    const token = await makeEnrolmentToken(stand);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    for (const csr of ['', 'nonsense', rsa.export({ type: 'spki', format: 'pem' }).toString()]) {
      const { status, json } = await stand.call('/enroll', { body: { token, csr } });
      assert.deepEqual([status, json.code], [422, 'unusable_csr']);
    }
  });

  it('refuses certificates of another authority, expired ones, and such as it has not given out', async () => {
    const authority = await ownAuthority(stand);
    const bad = {
      foreign: await forge(await otherAuthority(), A),
      expired: await forge(authority, A, -60_000),
      unknown: await forge(authority, A),
    };
    for (const [what, member] of Object.entries(bad)) {
      assert.equal(await codeOfBeat(member, A), 'certificate_refused', what);
    }
  });

  it('puts a node into the group that its token was made for, whatever it says', async () => {
    const nodeId = '10000000-0000-4000-8000-0000000000e1';
    const token = await makeEnrolmentToken(stand, { body: { group: 'edge' } });
    const { member } = await tryEnrol(stand, token, nodeId);
    const config = { ...JOIN.config, group: 'core' };
    await stand.call('/nodes/register', { body: { ...JOIN, config, node_id: nodeId }, identity: member });
    const node = (await stand.nodes()).find(({ node_id: id }) => id === nodeId);
    assert.equal(node?.config.group, 'edge');
  });

  it('does not let a node speak for another', async () => {
    const nodeId = '10000000-0000-4000-8000-0000000000d1';
    const member = await joinMember(stand, nodeId);
    const identity = member;
    assert.equal(await codeOfBeat(member, A), 'not_this_node');
    const calls = [
      ['/nodes/register', { body: { ...JOIN, node_id: A } }],
      ['/nodes/register', { body: JOIN }],
      [`/nodes/${A}/reports`, { body: { bans: [], lifted: [] } }],
      [`/nodes/${A}/certificate`, { body: { csr: '' } }],
      [`/nodes/${A}/commands`, {}],
      [`/nodes/${A}/channel`, {}],
    ] as const;
    for (const [path, call] of calls) {
      const { status, json } = await stand.call(path, { ...call, identity });
      assert.deepEqual([status, json.code], [403, 'not_this_node'], path);
    }
  });

  it('does not let a node do what is for people', async () => {
    const identity = await joinMember(stand, '10000000-0000-4000-8000-0000000000d2');
    const calls = [
      ['/nodes', {}],
      ['/rules/block_ip', { body: { ip: '192.0.2.1', reason: 'a try' } }],
      [`/nodes/${A}/revoke`, { method: 'POST' }],
      ['/enrolment-tokens', { body: {} }],
    ] as const;
    for (const [path, call] of calls) {
      const { status, json } = await stand.call(path, { ...call, identity });
      assert.deepEqual([status, json.code], [403, 'forbidden'], path);
    }
  });

  it('closes the channel of a node that is revoked at once, and refuses whatever it asks from then on', async () => {
    const nodeId = '10000000-0000-4000-8000-0000000000d3';
    const member = await joinMember(stand, nodeId);
    const { certPem: cert, keyPem: key } = member;
    const url = `${stand.url}/api/v1/nodes/${nodeId}/channel`;
    const [channel] = (await once(get(url, { agent: false, cert, key, ...stand.trust }), 'response')) as [
      IncomingMessage,
    ];
    await once(channel, 'data');
    const closed = once(channel.resume(), 'close');
    const waiting = stand.call(`/nodes/${nodeId}/commands?wait=30`, { identity: member });
    const revoked = await stand.call(`/nodes/${nodeId}/revoke`, { body: { reason: 'stolen' } });
    assert.equal(revoked.status, 200);
    await closed;
    assert.equal((await waiting).json.code, 'certificate_refused');
    assert.equal(await codeOfBeat(member, nodeId), 'certificate_refused');
    const again = await joinMember(stand, nodeId);
    assert.equal(await codeOfBeat(again, nodeId), 'accepted');
    assert.equal(await codeOfBeat(member, nodeId), 'certificate_refused');
  });

  it('sends no client to a node that is revoked, although it may still serve', async () => {
    const nodeId = randomUUID();
    const identity = await joinMember(stand, nodeId);
    const config = { ...JOIN.config, ports: { traffic: 1, metrics: 9 } };
    await stand.call('/nodes/register', { body: { ...JOIN, config, node_id: nodeId }, identity });
    await stand.call('/nodes/heartbeat', { body: beatOf(nodeId), identity });
    const targets = async (): Promise<string> =>
      JSON.stringify((await stand.call<unknown>('/export/prometheus')).json);
    await until('the node among those that serve', targets, (text) => text.includes(nodeId));
    assert.equal((await stand.call(`/nodes/${nodeId}/revoke`, { body: {} })).status, 200);
    await until('its end there', targets, (text) => !text.includes(nodeId), 5000);
  });

  it('has nobody to revoke where nobody was enrolled', async () => {
    const stranger = '60000000-0000-4000-8000-000000000001';
    const { status, json } = await stand.call(`/nodes/${stranger}/revoke`, { method: 'POST' });
    assert.deepEqual([status, json.code], [404, 'not_a_member']);
  });

  it('is not moved by old words of a node that come again', async () => {
    const nodeId = '10000000-0000-4000-8000-0000000000d4';
    const identity = await joinMember(stand, nodeId);
    const say = (change: Record<string, unknown>) =>
      stand.call('/nodes/heartbeat', { body: beatOf(nodeId, change), identity });
    const register = (epoch: number) =>
      stand.call('/nodes/register', { body: { ...JOIN, node_id: nodeId, epoch }, identity });
    await register(2000);
    await say({ epoch: 2000, sequence: 7, status: 'Draining' });
    await say({ epoch: 2000, sequence: 6, status: 'Active' });
    assert.equal((await stand.node(nodeId)).status, 'Draining');
    assert.equal((await say({ epoch: 1000, sequence: 9 })).json.code, 'superseded_process');
    const ban = {
      target: '198.51.100.7',
      reason: 'seen',
      confidence: 1,
      duration_seconds: 600,
      manual: false,
    };
    const report = { bans: [ban], lifted: [] };
    const told = () => stand.call<{ taken: number }>(`/nodes/${nodeId}/reports`, { body: report, identity });
    assert.equal((await told()).json.taken, 1);
    assert.equal((await told()).json.taken, 0);
  });
});

describe('an orchestrator with TLS, as time passes', { timeout: 60_000 }, () => {
  let stand: OrchestratorStand;
  let clock: ManualClock;
  before(async () => {
    clock = pastClock(20);
    stand = await OrchestratorStand.open(TLS, clock);
  });
  after(() => stand.close());

  it('refuses an enrolment token that has expired', async () => {
    const token = await makeEnrolmentToken(stand, { body: { minutes: 5 } });
    clock.advanceMs(5 * 60_000);
    const { answer } = await tryEnrol(stand, token, C);
    assert.deepEqual([answer.status, answer.json.code], [401, 'enrolment_refused']);
  });

  it('renews certificates that are not fresh any more, and refuses each once it has ended', async () => {
    const first = await joinMember(stand, A);
    const renew = async (member: Member): Promise<[Problem & { certificate: string }, string]> => {
      const { requestPem, keyPem } = await createClientRequest(A);
      const call = { body: { csr: requestPem }, identity: member };
      const { json } = await stand.call<Problem & { certificate: string }>(`/nodes/${A}/certificate`, call);
      return [json, keyPem];
    };
    assert.equal((await renew(first))[0].code, 'renewed_too_early');
    clock.advanceMs(20 * DAY_MS);
    const [{ certificate: certPem }, keyPem] = await renew(first);
    const second = { nodeId: A, certPem, keyPem };
    const beat = (identity: Member) => stand.call('/nodes/heartbeat', { body: beatOf(A), identity });
    assert.deepEqual([(await beat(first)).status, (await beat(second)).status], [200, 200]);
    clock.advanceMs(10 * DAY_MS);
    assert.equal((await beat(first)).json.code, 'certificate_refused');
    assert.equal((await beat(second)).status, 200);
  });
});
