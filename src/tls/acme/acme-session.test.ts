import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { AccountKey, type ExternalAccount } from './account-key.ts';
import { AcmeSession } from './acme-session.ts';
import { AUTHORITY_URL, ScriptedAuthority } from './testing/scripted-authority.ts';

const RUNNING = new AbortController().signal;
const BAD_NONCE = { status: 400, json: { type: 'urn:ietf:params:acme:error:badNonce' } };

async function open(authority: ScriptedAuthority, externalAccount: ExternalAccount | null = null) {
  const key = await AccountKey.generate();
  const directoryUrl = `${AUTHORITY_URL}/directory`;
  const { call } = authority;
  return await AcmeSession.open(
    { directoryUrl, email: 'web@shop.example', externalAccount, key, call },
    RUNNING,
  );
}

describe('AcmeSession', () => {
  it('opens the account with its public key, and signs with its URL from then on', async () => {
    const authority = new ScriptedAuthority();
    const session = await open(authority);
    assert.ok(session.ok);
    await session.value.post(`${AUTHORITY_URL}/order`, null, RUNNING);
    const [account, order] = authority.signed;
    assert.deepEqual(account?.payload, {
      termsOfServiceAgreed: true,
      contact: ['mailto:web@shop.example'],
    });
    assert.deepEqual(Object.keys(account?.header ?? {}).sort(), ['alg', 'jwk', 'nonce', 'url']);
    assert.deepEqual(Object.keys((account?.header.jwk as object) ?? {}).sort(), ['crv', 'kty', 'x', 'y']);
    assert.equal(order?.header.kid, `${AUTHORITY_URL}/account/1`);
    assert.equal(order?.header.jwk, undefined);
    assert.equal(order?.payload, undefined);
    assert.equal(order?.header.url, `${AUTHORITY_URL}/order`);
  });

  it('takes the nonce of the answer before, and fetches one only where there was none', async () => {
    const authority = new ScriptedAuthority();
    const session = await open(authority);
    assert.ok(session.ok);
    authority.on('/order', () => ({ nonce: null }));
    await session.value.post(`${AUTHORITY_URL}/order`, null, RUNNING);
    await session.value.post(`${AUTHORITY_URL}/order`, null, RUNNING);
    assert.deepEqual(authority.calls, [
      'GET /directory',
      'HEAD /nonce',
      'POST /account',
      'POST /order',
      'HEAD /nonce',
      'POST /order',
    ]);
    const nonces = authority.signed.map(({ header }) => header.nonce);
    assert.equal(new Set(nonces).size, nonces.length);
  });

  it('tries again with a new nonce where one is refused', async () => {
    const authority = new ScriptedAuthority();
    const session = await open(authority);
    assert.ok(session.ok);
    authority.on('/order', (turn) => (turn < 3 ? BAD_NONCE : { json: {} }));
    const answer = await session.value.post(`${AUTHORITY_URL}/order`, null, RUNNING);
    assert.ok(answer.ok);
    assert.equal(authority.calls.filter((call) => call === 'POST /order').length, 4);
  });

  it('gives up where every nonce is refused', async () => {
    const authority = new ScriptedAuthority();
    const session = await open(authority);
    assert.ok(session.ok);
    authority.on('/order', () => BAD_NONCE);
    const answer = await session.value.post(`${AUTHORITY_URL}/order`, null, RUNNING);
    assert.ok(!answer.ok);
    assert.equal(authority.calls.filter((call) => call === 'POST /order').length, 10);
  });

  it('binds the account to an external one', async () => {
    const authority = new ScriptedAuthority();
    const hmacKey = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64url');
    const session = await open(authority, { keyId: 'kid-1', hmacKey });
    assert.ok(session.ok);
    const { payload, header } = authority.signed[0]!;
    const binding = (payload as { externalAccountBinding: Record<string, string> }).externalAccountBinding;
    const read = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
    assert.deepEqual(read(binding.protected), {
      alg: 'HS256',
      kid: 'kid-1',
      url: `${AUTHORITY_URL}/account`,
    });
    assert.deepEqual(read(binding.payload), header.jwk);
    const mac = createHmac('sha256', Buffer.from(hmacKey, 'base64url'));
    mac.update(`${binding.protected}.${binding.payload}`);
    assert.equal(binding.signature, mac.digest('base64url'));
  });

  it('says so where the authority wants an external account and none is configured', async () => {
    const authority = new ScriptedAuthority();
    authority.on('/directory', () => ({
      json: {
        newNonce: `${AUTHORITY_URL}/nonce`,
        newAccount: `${AUTHORITY_URL}/account`,
        newOrder: `${AUTHORITY_URL}/orders`,
        meta: { externalAccountRequired: true },
      },
    }));
    const session = await open(authority);
    assert.ok(!session.ok);
    assert.match(session.fault.message, /eab_key_id/);
    assert.deepEqual(authority.calls, ['GET /directory']);
  });

  for (const [what, answer] of [
    ['no JSON', { text: '<html>' }],
    ['a list', { json: [] }],
    ['another status', { status: 503, json: {} }],
    ['nested beyond reason', { text: '['.repeat(100_000) }],
    ['without https', { json: { newNonce: 'http://a/n', newAccount: 'http://a/a', newOrder: 'http://a/o' } }],
    ['with URLs of the wrong type', { json: { newNonce: 1, newAccount: {}, newOrder: [] } }],
  ] as const) {
    it(`refuses a directory that is ${what}`, async () => {
      const authority = new ScriptedAuthority();
      authority.on('/directory', () => answer);
      const session = await open(authority);
      assert.ok(!session.ok);
      assert.equal(session.fault.scope, 'authority');
    });
  }

  it('hands on what the authority says about an account that it refuses, capped and in one line', async () => {
    const authority = new ScriptedAuthority();
    const detail = `no\r\n${'x'.repeat(5000)}`;
    authority.on('/account', () => ({
      status: 403,
      json: { type: 'urn:ietf:params:acme:error:unauthorized', detail },
      retryAfterMs: 7000,
    }));
    const session = await open(authority);
    assert.ok(!session.ok);
    assert.equal(session.fault.retryAfterMs, 7000);
    assert.match(session.fault.message, /^unauthorized: no {2}x+…$/);
    assert.ok(session.fault.message.length < 400);
  });
});
