/** Several sites behind one node: who answers to what, with which rules, and what a reload leaves alone. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  field,
  fieldValues,
  type Response,
  readResponse,
  requestText,
  responseText,
} from '../support/messages.ts';
import type { Settings } from '../support/node-config.ts';
import { ScriptedOrigin } from '../support/scripted-origin.ts';
import { Stand } from '../support/stand.ts';
import { SteadyClient } from '../support/steady-client.ts';
import { handshake } from '../support/tls-client.ts';
import { until } from '../support/until.ts';

const NAMES = ['www', 'shop', 'till', 'wild'] as const;
type Name = (typeof NAMES)[number];

let stand: Stand;
let origins: Readonly<Record<Name, ScriptedOrigin>>;

before(async () => {
  const started = await Promise.all(NAMES.map(async (name) => [name, await ScriptedOrigin.start()] as const));
  origins = Object.fromEntries(started) as Record<Name, ScriptedOrigin>;
  for (const [name, origin] of started) answerAs(name, origin);
  stand = await Stand.open({ settings: { sites: usualSites() } });
});
after(async () => {
  await stand.close();
  for (const origin of Object.values(origins)) await origin.close();
});

function answerAs(name: string, origin: ScriptedOrigin): void {
  origin.respond(() => responseText(name, { Server: 'secret/1', 'Set-Cookie': 'a=1' }));
}

function site(name: Name, rest: Settings): Settings {
  return { name, origins: [{ url: `http://127.0.0.1:${origins[name].port}` }], ...rest };
}

function usualSites(): readonly Settings[] {
  return [
    site('www', { hosts: ['shop.example', 'www.example.org'] }),
    site('shop', { hosts: ['www.example.org'], path: '/shop', waf: { mode: 'monitor' } }),
    site('till', { hosts: ['till.example.org'], waf: { exceptions: ['xss-script-tag query:text'] } }),
    site('wild', { hosts: ['*.example.org'] }),
  ];
}

async function ask(
  host: string,
  target = '/',
  fields: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return await stand.request('GET', target, { Host: host, ...fields });
}

describe('sites', () => {
  it('are told apart by host and path', async () => {
    const asked: readonly (readonly [string, string, string])[] = [
      ['www.example.org', '/', 'www'],
      ['WWW.Example.org.:443', '/shopping', 'www'],
      ['www.example.org', '/shop/3', 'shop'],
      ['www.example.org', '/x/../%73hop?a', 'shop'],
      ['a.b.example.org', '/shop', 'wild'],
    ];
    for (const [host, target, name] of asked) {
      const answer = await ask(host, target);
      assert.deepEqual([answer.status, answer.body.toString()], [200, name], `${host}${target}`);
    }
    assert.ok(origins.shop.received.includes('GET /x/../%73hop?a HTTP/1.1'));
  });

  it('leave nothing for other hosts, and nothing for a path that could be of two sites', async () => {
    assert.equal((await ask('other.example')).status, 404);
    assert.equal((await ask('example.org')).status, 404);
    for (const target of ['/shop%2fx', '//shop', '/a%2f..%2fshop', '/;/shop']) {
      assert.equal((await ask('www.example.org', target)).status, 400, target);
    }
    assert.equal((await ask('a.example.org', '/a%2fb')).status, 200);
  });

  it('change within one connection', async () => {
    const wire = await stand.connect();
    for (const [host, name] of [
      ['www.example.org', 'www'],
      ['x.example.org', 'wild'],
      ['nobody.example', null],
    ] as const) {
      wire.write(requestText('GET', '/', { Host: host }));
      const answer = await readResponse(wire);
      if (name === null) assert.equal(answer.status, 404);
      else assert.equal(answer.body.toString(), name);
    }
  });

  it('have rules of their own', async () => {
    const attack = '/shop?text=<script>alert(1)</script>';
    assert.equal((await ask('www.example.org', attack.replace('/shop', '/'))).status, 403);
    assert.equal((await ask('www.example.org', attack)).status, 200);
    assert.equal((await ask('x.example.org', attack)).status, 403);
    assert.equal((await ask('till.example.org', '/?text=<script>')).status, 200);
    assert.equal((await ask('till.example.org', '/?other=<script>')).status, 403);
  });

  it('stand in the log lines of their requests', async () => {
    await ask('www.example.org', '/shop/logged');
    await stand.node.untilLine(/ uri=\/shop\/logged status=200 site=shop /);
    await ask('nobody.example', '/unlogged');
    const line = await stand.node.untilLine(/ uri=\/unlogged status=404 /);
    assert.doesNotMatch(line, / site=/);
    assert.match(line, /reason=unknown_site/);
  });
});

describe('a site', () => {
  it('changes fields of requests and of answers', async () => {
    const changing = site('www', {
      hosts: ['shop.example'],
      preserve_host: false,
      request_headers: ['X-User: node', '-Cookie', '+X-Extra: 1'],
      response_headers: ['-Server', 'Strict-Transport-Security: max-age=1', '+Set-Cookie: b=2'],
    });
    await stand.node.reload({ sites: [changing] });
    origins.www.forget();
    const answer = await ask('shop.example', '/', { X_User: 'root', Cookie: 'c=1', 'X-Extra': '0' });
    const [request] = origins.www.requests;
    assert.equal(field(request!, 'host'), `127.0.0.1:${origins.www.port}`);
    assert.equal(field(request!, 'x-forwarded-host'), 'shop.example');
    assert.deepEqual([fieldValues(request!, 'x-user'), fieldValues(request!, 'x_user')], [['node'], []]);
    assert.deepEqual(fieldValues(request!, 'x-extra'), ['0', '1']);
    assert.equal(field(request!, 'cookie'), null);
    assert.equal(field(answer, 'server'), null);
    assert.equal(field(answer, 'strict-transport-security'), 'max-age=1');
    assert.deepEqual(fieldValues(answer, 'set-cookie'), ['a=1', 'b=2']);
    assert.equal(answer.body.toString(), 'www');
  });

  it('has limits of its own for bodies', async () => {
    await stand.node.reload({
      sites: [site('www', { hosts: ['shop.example'], http: { body_bytes_max: 10 } }), site('wild', {})],
    });
    assert.equal((await stand.request('POST', '/', {}, 'x'.repeat(11))).status, 413);
    assert.equal((await stand.request('POST', '/', { Host: 'other.example' }, 'x'.repeat(11))).status, 200);
  });

  it('that is strict answers only where the handshake asked for one of its hosts', async () => {
    await stand.node.reload({
      sites: [site('www', { hosts: ['shop.example'], strict_sni: true }), site('wild', {})],
    });
    const statusOver = async (servername: string, host: string): Promise<number> => {
      const { wire } = await handshake(stand.node.port, { servername });
      wire.write(requestText('GET', '/', { Host: host, Connection: 'close' }));
      const { status } = await readResponse(wire);
      wire.close();
      return status;
    };
    assert.equal(await statusOver('shop.example', 'shop.example'), 200);
    assert.equal(await statusOver('other.example', 'shop.example'), 421);
    assert.equal(await statusOver('other.example', 'other.example'), 200);
    assert.equal((await ask('shop.example')).status, 421);
  });
});

async function answeredBy(client: SteadyClient, count: number): Promise<void> {
  await until(
    'answers',
    () => client.answered,
    (answered) => answered > count,
  );
}

describe('a reload', () => {
  it('adds and removes sites without a lost request of the others', async () => {
    const kept = site('www', { hosts: ['shop.example'] });
    await stand.node.reload({ sites: [kept] });
    const client = new SteadyClient({ connect: () => stand.connect(), perSecond: 100 });
    await answeredBy(client, 5);
    for (const sites of [
      [kept, site('wild', { hosts: ['*.example.org'] })],
      [site('wild', {}), kept],
      [kept],
    ]) {
      assert.match(await stand.node.reload({ sites }), /reloaded/);
      await answeredBy(client, client.answered + 5);
      assert.equal((await ask('x.example.org')).status, sites.length === 1 ? 404 : 200);
    }
    const { faults } = await client.stop();
    assert.deepEqual(faults, []);
  });

  it('of sites that could never be found is refused, and changes nothing', async () => {
    const report = await stand.node.reload({
      sites: [site('www', { hosts: ['shop.example'] }), site('till', { hosts: ['Shop.Example'] })],
    });
    assert.match(report, /refused/);
    assert.equal((await ask('shop.example')).body.toString(), 'www');
  });
});
