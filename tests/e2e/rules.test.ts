/** The rules on requests: what they refuse, how the client hears of it, and what the log keeps. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { chunked, field, type Response, requestText } from '../support/messages.ts';
import { createFolder, removeFolder } from '../support/node-process.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';

let stand: Stand;
before(async () => {
  stand = await Stand.open();
});
after(() => stand.close());

/** The line of the log with this event about the request that a response answers. */
async function lineOf(response: Response, event: RegExp, from: Stand = stand): Promise<string> {
  const id = field(response, 'x-request-id');
  assert.match(id ?? '', /^[A-Za-z0-9-]{10,}$/);
  return await from.node.untilLine(new RegExp(`${event.source}.*${id}`));
}

async function assertRefused(response: Response, rule: RegExp): Promise<void> {
  assert.equal(response.status, 403);
  assert.equal(stand.origin.received, '', 'nothing reaches the origin');
  assert.match(await lineOf(response, /WARN: Request blocked/), rule);
}

const TARGETS: readonly (readonly [string, string, RegExp])[] = [
  ['a script tag in the query', '/?q=<script>alert(1)</script>', /xss/],
  ['a script tag in the path', '/<script>alert(1)</script>', /xss/],
  ['an encoded script tag in the query', '/?q=%3Cscript%3E', /xss/],
  ['an encoded script tag in the path', '/%3cscript%3e', /xss/],
  ['a script tag that is encoded twice', '/?q=%253Cscript%253E', /xss/],
  ['a script tag in mixed case', '/?q=<ScRiPt>', /xss/],
  ['a climbing segment', '/a/../b', /path-traversal/],
  ['a climbing segment at the start', '/../etc/passwd', /path-traversal/],
  ['a climbing segment at the end', '/a/..', /path-traversal/],
  ['an encoded climbing segment', '/a/%2e%2e/b', /path-traversal/],
  ['a climbing segment with an encoded slash', '/a/..%2fb', /path-traversal/],
  ['a climbing segment with a backslash', '/a/..%5cb', /path-traversal/],
  ['a climbing segment that is encoded twice', '/a/%252e%252e/b', /path-traversal/],
  ['a climbing segment with a parameter', '/a/..;x/b', /path-traversal/],
  ['UNION SELECT in the query', '/?id=1%20UNION%20SELECT%20name,password%20FROM%20users', /sql/],
  ['a tautology in the query', "/?id=1'%20OR%20'1'='1", /sql/],
  ['a command behind a semicolon', '/?host=localhost;cat%20/etc/passwd', /command|path/],
];

for (const [name, target, rule] of TARGETS) {
  it(`refuses ${name}`, async () => {
    stand.origin.forget();
    await assertRefused(await stand.request('GET', target), rule);
  });
}

for (const agent of [
  'sqlmap/1.8#stable (https://sqlmap.org)',
  'Mozilla/5.0 (Nikto/2.5.0)',
  'Nuclei - Open-source',
]) {
  it(`refuses the scanner ${agent}`, async () => {
    stand.origin.forget();
    await assertRefused(await stand.request('GET', '/', { 'User-Agent': agent }), /scanner-agent/);
  });
}

const SQL = "1' UNION SELECT name, password FROM users--";
const part = (name: string, value: string): string =>
  `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--edge--\r\n`;

const BODIES: readonly (readonly [string, string, string, RegExp])[] = [
  ['a form', 'application/x-www-form-urlencoded', 'a=1&q=%3Cscript%3Ealert(1)%3C%2Fscript%3E', /xss/],
  ['a form', 'application/x-www-form-urlencoded', `id=${encodeURIComponent(SQL)}`, /sql/],
  ['JSON', 'application/json', JSON.stringify({ a: [{ q: '<script>alert(1)</script>' }] }), /xss/],
  ['escaped JSON', 'application/json', '{"q":"\\u003cscript\\u003ealert(1)"}', /xss/],
  ['JSON', 'application/json; charset=utf-8', JSON.stringify({ id: SQL }), /sql/],
  ['multipart', 'multipart/form-data; boundary=edge', part('q', '<script>alert(1)</script>'), /xss/],
  ['multipart', 'multipart/form-data; boundary="edge"', part('id', SQL), /sql/],
];

for (const [name, type, body, rule] of BODIES) {
  it(`refuses an attack in ${name} (${rule.source})`, async () => {
    stand.origin.forget();
    await assertRefused(await stand.request('POST', '/form', { 'Content-Type': type }, body), rule);
    const fields = { 'Content-Type': type, 'Transfer-Encoding': 'chunked', Connection: 'close' };
    const split = chunked([...body.matchAll(/.{1,9}/gs)].map(([piece]) => piece));
    await assertRefused(await stand.exchange(requestText('POST', '/form', fields, split)), rule);
  });
}

const HONEST: readonly (readonly [string, string, Readonly<Record<string, string>>, string])[] = [
  ['GET', '/search?q=select+a+present+from+our+union', {}, ''],
  ['GET', '/a..b/file..txt?next=../home', {}, ''],
  ['GET', '/?q=height+%3C+2+m,+width+%3E+3+m', { 'User-Agent': 'curl/8.5.0' }, ''],
  ['GET', '/wiki/Nikto', { 'User-Agent': 'Mozilla/5.0 (X11; Linux x64)' }, ''],
  ['POST', '/comment', { 'Content-Type': 'application/json' }, '{"text":"Drop by; the table is set."}'],
  ['POST', '/form', { 'Content-Type': 'application/x-www-form-urlencoded' }, "name=O'Brien&city=Dublin"],
];

for (const [method, target, fields, body] of HONEST) {
  it(`passes ${method} ${target} ${body}`, async () => {
    assert.equal((await stand.request(method, target, fields, body)).status, 200);
  });
}

const FORMS: readonly (readonly [string | null, string, (body: string, id: string) => void])[] = [
  [null, 'text/plain; charset=utf-8', (body, id) => assert.equal(body, `403 Forbidden\nRequest id: ${id}\n`)],
  ['*/*', 'text/plain; charset=utf-8', (body, id) => assert.ok(body.includes(id))],
  [
    'text/html,application/xhtml+xml;q=0.9',
    'text/html; charset=utf-8',
    (body, id) => assert.ok(body.includes(`<code>${id}</code>`)),
  ],
  [
    'application/json',
    'application/json',
    (body, id) => assert.deepEqual(JSON.parse(body), { status: 403, title: 'Forbidden', request_id: id }),
  ],
];

for (const [accept, type, check] of FORMS) {
  it(`tells of a refusal as ${type} where Accept is ${accept}`, async () => {
    const response = await stand.request('GET', '/?q=<script>', accept === null ? {} : { Accept: accept });
    assert.equal(response.status, 403);
    assert.equal(field(response, 'content-type'), type);
    assert.equal(field(response, 'cache-control'), 'no-store');
    const body = response.body.toString();
    check(body, field(response, 'x-request-id') ?? 'missing');
    assert.doesNotMatch(body, /script>|xss/i, 'the rule and the evidence stay secret');
    assert.match(await lineOf(response, /Request blocked/), / client_ip=127\.0\.0\.1 .*reason=waf /);
  });
}

it('counts what was blocked, by rule and by family', async () => {
  const read = async (): Promise<readonly number[]> =>
    await Promise.all([
      stand.node.metric('secbeat_verdicts_total', { reason: 'waf' }),
      stand.node.metric('waf_requests_blocked'),
      stand.node.metric('waf_blocked_xss'),
      stand.node.metric('waf_blocked_path_traversal'),
    ]);
  const before = await read();
  await stand.request('GET', '/?q=<script>');
  await stand.request('GET', '/../');
  await until(
    'two more refusals, one of each family',
    async () => (await read()).map((value, index) => value - before[index]!).join(' '),
    (counts) => counts === '2 2 1 1',
  );
});

it('forwards in monitor mode what matches, and logs it', async () => {
  await stand.node.reload({ waf: { mode: 'monitor' } });
  stand.origin.forget();
  for (const [method, body] of [
    ['GET', ''],
    ['POST', 'q=<script>alert(1)</script>'],
  ] as const) {
    const response = await stand.request(method, body === '' ? '/?q=<script>' : '/', {}, body);
    assert.equal(response.status, 200);
    const id = field(stand.origin.requests.at(-1)!, 'x-request-id');
    const line = await stand.node.untilLine(new RegExp(`WARN: Request matched rules.*${id}`));
    assert.match(line, /status=200 .*matched_rules=\S*xss/);
  }
  assert.equal(stand.origin.requests.length, 2);
  await stand.node.reload({ waf: { mode: 'block' } });
  assert.equal((await stand.request('GET', '/?q=<script>')).status, 403);
});

it('leaves out a family that is switched off', async () => {
  await stand.node.reload({ waf: { attack_patterns: { xss_detection: false } } });
  assert.equal((await stand.request('GET', '/?q=<script>')).status, 200);
  assert.equal((await stand.request('GET', '/../')).status, 403);
  await stand.node.reload({ waf: { attack_patterns: { xss_detection: true } } });
});

it('applies own patterns from the next reload on', async () => {
  await stand.node.reload({ waf: { attack_patterns: { custom_patterns: ['(?i)forbidden-fruit-\\d+'] } } });
  const response = await stand.request('GET', '/?q=Forbidden-Fruit-7');
  assert.equal(response.status, 403);
  assert.match(await lineOf(response, /Request blocked/), /CUSTOM_PATTERN: pattern_\d/);
  await stand.node.reload({ waf: { attack_patterns: { custom_patterns: [] } } });
});

it('inspects the beginning of a body that is longer than what is inspected', async () => {
  await stand.node.reload({ waf: { http_inspection: { max_body_size: 70_000 } } });
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const filler = `a=${'b'.repeat(100_000)}`;
  assert.equal((await stand.request('POST', '/', form, `q=<script>alert(1)&${filler}`)).status, 403);
  assert.equal((await stand.request('POST', '/', form, filler)).status, 200);
  await stand.node.reload({ waf: { http_inspection: { max_body_size: 1_048_576 } } });
});

/** What a client might send to make the log say something else. */
const FORGED: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ['encoded line ends in the target', '/a%0d%0a2026-01-01T00:00:00Z%20INFO:%20Forged%20line', {}],
  ['a tab and quotes in a field', '/', { 'User-Agent': 'x" status=200 forged="yes\t\\' }],
  ['octets above ASCII in a field', '/', { 'User-Agent': '\u0085INFO: Forged\u009b31m \xe2\x80\xa8 line' }],
  ['key and value in the target', '/?q=<script>&status=200%20client_ip=1.2.3.4', {}],
  ['JSON in a field', '/?q=<script>', { 'User-Agent': '"}\\n{"level":"info","event":"Forged"' }],
];

for (const json of [false, true]) {
  it(`keeps each request to its own line of the ${json ? 'JSON' : 'readable'} log`, async (t) => {
    const own = json ? await Stand.open({ settings: { logging: { json_format: true } } }) : stand;
    if (json) t.after(() => own.close());
    for (const [name, target, fields] of FORGED) {
      const from = own.node.log.length;
      const response = await own.request('GET', target, fields);
      const id = field(response, 'x-request-id') ?? field(own.origin.requests.at(-1)!, 'x-request-id');
      await own.node.untilLine(new RegExp(`request_id"?[=:]"?${id}`), from);
      for (const line of own.node.log.slice(from)) {
        assert.doesNotMatch(line, /[\p{Cc}\u2028\u2029]/u, name);
        if (json) {
          const { timestamp, level, component, event } = JSON.parse(line);
          assert.ok(timestamp && level && component && event !== 'Forged', line);
        } else {
          assert.match(line, /^\S+Z (DEBUG|INFO|WARN|ERROR): \S/, name);
          assert.doesNotMatch(line, /^\S+ INFO: Forged/, name);
          const bare = line.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
          assert.equal(bare.match(/ status=/g)?.length, 1, `${name}: ${line}`);
          assert.equal(bare.match(/ client_ip=/g)?.length, 1, `${name}: ${line}`);
        }
      }
    }
  });
}

it('knows a client by the fingerprint of its handshake, in rules and in the log', async () => {
  const folder = createFolder();
  const file = join(folder, 'fingerprint.conf');
  writeFileSync(file, 'SecRule JA4 "@beginsWith t13" "id:1000,phase:1,deny,status:403,log"\n');
  const fingerprinting = await Stand.open({ settings: { waf: { builtin_rules: false, seclang: [file] } } });
  try {
    const response = await fingerprinting.request();
    assert.equal(response.status, 403);
    assert.match(await lineOf(response, /WARN: Request blocked/, fingerprinting), /ja4=t13[di]\d{4}/);
  } finally {
    await fingerprinting.close();
    removeFolder(folder);
  }
});
