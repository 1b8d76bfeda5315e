import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AccountKey } from './account-key.ts';
import { AcmeSession } from './acme-session.ts';
import { orderCertificate } from './order-certificate.ts';
import {
  AUTHORITY_URL,
  authorizationIn,
  orderIn,
  ScriptedAuthority,
  TOKEN,
} from './testing/scripted-authority.ts';

interface Attempt {
  readonly result: Awaited<ReturnType<typeof orderCertificate>>;
  readonly shown: readonly (readonly [string, string])[];
  readonly pausesMs: readonly number[];
  readonly authority: ScriptedAuthority;
}

/** One order for `shop.example`; pauses take no time. */
async function attempt(prepare: (authority: ScriptedAuthority) => void = () => undefined): Promise<Attempt> {
  const authority = new ScriptedAuthority();
  prepare(authority);
  const { signal } = new AbortController();
  const session = await AcmeSession.open(
    {
      directoryUrl: `${AUTHORITY_URL}/directory`,
      email: null,
      externalAccount: null,
      key: await AccountKey.generate(),
      call: authority.call,
    },
    signal,
  );
  assert.ok(session.ok);
  const shown: [string, string][] = [];
  const pausesMs: number[] = [];
  const result = await orderCertificate(session.value, {
    name: 'shop.example',
    challenge: 'http-01',
    requestDer: Uint8Array.of(1, 2, 3),
    show: async (token, keyAuthorization) => {
      shown.push([token, keyAuthorization]);
    },
    wait: async (ms) => {
      pausesMs.push(ms);
    },
    signal,
  });
  return { result, shown, pausesMs, authority };
}

function faultOf({ result }: Attempt): { readonly scope: string; readonly message: string } {
  assert.ok(!result.ok);
  return result.fault;
}

describe('orderCertificate', () => {
  it('goes from the order to the chain, and shows the challenge before it is answered', async () => {
    const { result, shown, authority } = await attempt();
    assert.ok(result.ok);
    assert.equal(result.value.toString(), 'the chain');
    assert.equal(shown[0]?.[0], TOKEN);
    assert.match(shown[0]?.[1] ?? '', new RegExp(`^${TOKEN}\\.[A-Za-z0-9_-]{43}$`));
    assert.deepEqual(authority.calls.slice(3), [
      'POST /orders',
      'POST /authorization',
      'POST /challenge',
      'POST /authorization',
      'POST /order',
      'POST /finalize',
      'POST /order',
      'POST /chain',
    ]);
    const finalize = authority.signed.find(({ path }) => path === '/finalize');
    assert.deepEqual(finalize?.payload, { csr: 'AQID' });
  });

  it('proves nothing again where the authority still knows of an earlier proof', async () => {
    const { result, shown } = await attempt((authority) => {
      authority.on('/authorization', () => ({ json: authorizationIn('valid') }));
    });
    assert.ok(result.ok);
    assert.deepEqual(shown, []);
  });

  it('waits as the authority asks, or longer each time', async () => {
    const { result, pausesMs } = await attempt((authority) => {
      authority.on('/authorization', (turn) => ({
        json: authorizationIn(turn < 5 ? 'pending' : 'valid'),
        retryAfterMs: turn === 2 ? 5000 : 0,
      }));
    });
    assert.ok(result.ok);
    assert.deepEqual(pausesMs, [500, 5000, 2000, 4000]);
  });

  it('gives up where the authority never decides', async () => {
    const outcome = await attempt((authority) => {
      authority.on('/authorization', () => ({
        json: authorizationIn('pending'),
        retryAfterMs: 86_400_000,
      }));
    });
    assert.match(faultOf(outcome).message, /did not decide in time/);
    assert.equal(outcome.pausesMs.length, 60);
    assert.ok(outcome.pausesMs.every((ms) => ms <= 15_000));
  });

  it('says why a challenge failed, as a fault of the name', async () => {
    const error = { type: 'urn:ietf:params:acme:error:connection', detail: 'port 80 is closed' };
    const outcome = await attempt((authority) => {
      authority.on('/authorization', (turn) => ({
        json: turn === 0 ? authorizationIn('pending') : authorizationIn('invalid', { error }),
      }));
    });
    assert.deepEqual(faultOf(outcome), {
      scope: 'name',
      message: 'the http-01 challenge was refused: connection: port 80 is closed',
      retryAfterMs: 0,
    });
  });

  it('takes a refused name for a fault of the name, and keeps the time it is told to wait', async () => {
    const outcome = await attempt((authority) => {
      authority.on('/orders', () => ({
        status: 429,
        json: { type: 'urn:ietf:params:acme:error:rateLimited', detail: 'too many' },
        retryAfterMs: 3_600_000,
      }));
    });
    assert.deepEqual(faultOf(outcome), {
      scope: 'name',
      message: 'rateLimited: too many',
      retryAfterMs: 3_600_000,
    });
  });

  it('takes a server that fails for a fault of the authority', async () => {
    const outcome = await attempt((authority) => {
      authority.on('/finalize', () => ({ status: 500, text: 'oops' }));
    });
    assert.equal(faultOf(outcome).scope, 'authority');
  });

  for (const token of ['../../etc/passwd', 'short', 'x'.repeat(300), 'with space in it here', 7]) {
    it(`shows no token like ${String(token).slice(0, 20)}`, async () => {
      const outcome = await attempt((authority) => {
        authority.on('/authorization', () => ({ json: authorizationIn('pending', { token }) }));
      });
      assert.match(faultOf(outcome).message, /no http-01 challenge/);
      assert.deepEqual(outcome.shown, []);
    });
  }

  for (const [what, path, answer] of [
    ['an order without a URL', '/orders', { json: orderIn('pending') }],
    [
      'an order about several names',
      '/orders',
      {
        json: orderIn('pending', { authorizations: [`${AUTHORITY_URL}/a`, `${AUTHORITY_URL}/b`] }),
        location: `${AUTHORITY_URL}/order`,
      },
    ],
    [
      'an authorization for another name',
      '/authorization',
      {
        json: { ...authorizationIn('valid'), identifier: { type: 'dns', value: 'bank.example' } },
      },
    ],
    [
      'an order with plain URLs',
      '/order',
      { json: { ...orderIn('ready'), finalize: 'http://authority.example/f' } },
    ],
    ['an order in an unknown state', '/order', { json: orderIn('perhaps') }],
    ['an answer that is no object', '/order', { text: '[]' }],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const outcome = await attempt((authority) => authority.on(path, () => answer));
      assert.equal(faultOf(outcome).scope, 'authority');
    });
  }

  it('says that an order was refused', async () => {
    const outcome = await attempt((authority) => {
      authority.on('/order', (turn) => ({ json: orderIn(turn === 0 ? 'ready' : 'invalid') }));
    });
    assert.match(faultOf(outcome).message, /the certificate was refused: no reason given/);
  });
});
