/** The firewall as an operator sets it up: explanations, exceptions, parts of a site, rule files, answers, logs. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { field, responseText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';

const SECBEAT = fileURLToPath(new URL('../../bin/secbeat', import.meta.url));
const run = promisify(execFile);

const SCRIPT = '%3Cscript%3Ealert(1)%3C/script%3E';

let stand: Stand;
before(async () => {
  stand = await Stand.open({ workers: 1 });
});
after(() => stand.close());

async function explain(id: string, ...flags: string[]): Promise<string> {
  const args = ['explain', id, '--config', stand.node.configPath, ...flags];
  return (await run(SECBEAT, args)).stdout;
}

/** Writes a rule file and makes it the node's. */
async function useRules(text: string, more: Record<string, unknown> = {}): Promise<void> {
  const path = join(stand.node.folder, 'own.conf');
  writeFileSync(path, text);
  const line = await stand.node.reload({ waf: { seclang: [path], ...more } });
  assert.match(line, /Configuration reloaded/);
}

async function statusOf(target: string): Promise<number> {
  return (await stand.request('GET', target)).status;
}

it('explains a block to whoever has its id, and the line it gives allows the request', async () => {
  const target = `/notes/new?text=hello%20${SCRIPT}`;
  const blocked = await stand.request('GET', target);
  assert.equal(blocked.status, 403);
  const id = field(blocked, 'x-request-id') ?? '';
  const text = await until(
    'the decision on disk',
    async () => await explain(id).catch(() => ''),
    (found) => found !== '',
  );
  assert.match(text, /^Rule xss-\S+ \(XSS_\w+\), score 5: /m);
  assert.match(text, /in +query:text \(decoded: url\)/);
  assert.match(text, /hello >>><script/);
  assert.match(text, /score +\d+ of 5 for the request/);
  const lines = [...text.matchAll(/^ {2}("\S+ query:text \/notes\/new"),$/gm)].map(([, line]) => line!);
  assert.ok(lines.length > 0, text);
  await stand.node.reload({ waf: { exceptions: lines.map((line) => JSON.parse(line)) } });
  assert.equal(await statusOf(target), 200);
  assert.equal(await statusOf(`/notes/other?text=${SCRIPT}`), 403, 'another path');
  assert.equal(await statusOf(`/notes/new?title=${SCRIPT}`), 403, 'another argument');
  assert.equal(await statusOf(`/notes/x/../new?text=${SCRIPT}`), 403, 'a path that climbs');
  await stand.node.reload({ waf: { exceptions: [] } });
});

it('says so when nobody knows the id', async () => {
  await assert.rejects(explain('0000-0'), /has no decision/);
});

it('applies other rules to parts of the site', async () => {
  await stand.node.reload({
    waf: {
      routes: [
        { path: '/open', mode: 'off' },
        { path: '/open/watched', mode: 'monitor' },
        { path: '/lenient', inbound_anomaly_threshold: 1000 },
      ],
    },
  });
  assert.equal(await statusOf(`/open?q=${SCRIPT}`), 200);
  assert.equal(await statusOf(`/open/watched/a?q=${SCRIPT}`), 200);
  await stand.node.untilLine(/Request matched rules.*uri=\S*\/open\/watched/);
  assert.equal(await statusOf(`/lenient?q=${SCRIPT}`), 200);
  assert.equal(await statusOf(`/opened?q=${SCRIPT}`), 403);
  assert.equal(await statusOf(`/open;x/../y?q=${SCRIPT}`), 403, 'a path that can be read in two ways');
  await stand.node.reload({ waf: { routes: [] } });
});

it('runs rules in SecLang on heads and bodies, and answers as they say', async () => {
  await useRules(`
SecRule REQUEST_HEADERS:X-Stop "@streq now" "id:1,phase:1,deny,status:418,msg:'Stop'"
SecRule ARGS:colour "@rx ^(?:red|green)$" "id:2,phase:2,deny,status:409,t:lowercase,msg:'Colour %{MATCHED_VAR}'"
SecRule REQUEST_FILENAME "@beginsWith /old" "id:3,phase:1,redirect:'https://example.org/new?from=%{REQUEST_FILENAME}'"
SecRule REQUEST_FILENAME "@streq /gone" "id:4,phase:1,drop,msg:'Gone'"
`);
  assert.equal((await stand.request('GET', '/', { 'X-Stop': 'now' })).status, 418);
  assert.equal((await stand.request('GET', '/', { 'X-Stop': 'later' })).status, 200);
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const posted = await stand.request('POST', '/', form, 'colour=RED');
  assert.equal(posted.status, 409);
  await stand.node.untilLine(new RegExp(`Request blocked.*${field(posted, 'x-request-id')}`));
  assert.equal((await stand.request('POST', '/', form, 'colour=reddish')).status, 200);
  const moved = await stand.request('GET', '/old/page');
  assert.equal(moved.status, 302);
  assert.equal(field(moved, 'location'), 'https://example.org/new?from=/old/page');
  const wire = await stand.connect();
  wire.write('GET /gone HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.equal((await wire.readToEnd()).length, 0, 'the connection is closed without a word');
  await stand.node.reload({ waf: { seclang: [] } });
});

it('withholds an answer that leaks, and relays others octet by octet', async () => {
  await useRules(`
SecResponseBodyAccess On
SecResponseBodyMimeType text/plain
SecRule RESPONSE_STATUS "@streq 507" "id:11,phase:3,deny,status:502,msg:'Status'"
SecRule RESPONSE_BODY "@contains ORA-00933" "id:12,phase:4,deny,status:500,msg:'Database error'"
`);
  const answers: Record<string, string> = {
    '/leak': responseText(`${'x'.repeat(70_000)}ORA-00933: bad`, { 'Content-Type': 'text/plain' }),
    '/fine': responseText('y'.repeat(700_000), { 'Content-Type': 'text/plain' }),
    '/picture': responseText('ORA-00933', { 'Content-Type': 'image/png' }),
    '/status': responseText('no room', {}, '507 Insufficient Storage'),
  };
  stand.origin.respond(({ target }) => answers[target] ?? responseText('ok'));
  const leak = await stand.request('GET', '/leak');
  assert.equal(leak.status, 500);
  assert.doesNotMatch(leak.body.toString(), /ORA/);
  const fine = await stand.request('GET', '/fine');
  assert.equal(fine.status, 200);
  assert.equal(fine.body.length, 700_000);
  assert.equal((await stand.request('GET', '/picture')).body.toString(), 'ORA-00933');
  assert.equal((await stand.request('GET', '/status')).status, 502);
  assert.equal((await stand.request('HEAD', '/fine')).status, 200);
  stand.origin.respond(() => responseText('ok'));
  await stand.node.reload({ waf: { seclang: [] } });
});

it('refuses rule files that it does not understand as a whole, and names the line', async () => {
  const path = join(stand.node.folder, 'broken.conf');
  writeFileSync(path, 'SecAction "id:1,phase:1,pass"\nSecRule ARGS "@fuzzy x" "id:2,phase:2,deny"\n');
  const line = await stand.node.reload({ waf: { seclang: [path] } });
  assert.match(line, /Configuration refused, the old one stays in force.*broken\.conf:2/);
  assert.equal(await statusOf(`/?q=${SCRIPT}`), 403);
  await stand.node.reload({ waf: { seclang: [] } });
});

it('refuses a body beyond what is inspected, where the operator says so', async () => {
  await stand.node.reload({
    waf: { body_over_limit: 'reject', http_inspection: { max_body_size: 70_000 } },
  });
  const type = { 'Content-Type': 'text/plain' };
  assert.equal((await stand.request('POST', '/', type, 'x'.repeat(70_000))).status, 200);
  assert.equal((await stand.request('POST', '/', type, 'x'.repeat(70_001))).status, 413);
  await stand.node.reload({
    waf: { body_over_limit: 'inspect_prefix', http_inspection: { max_body_size: 1_048_576 } },
  });
});

it('writes an audit log without secrets, in the format that the operator chose', async () => {
  const path = join(stand.node.folder, 'audit.log');
  for (const format of ['json', 'line', 'native']) {
    await stand.node.reload({ waf: { audit: { path, format } } });
    const before = readOrEmpty(path).length;
    const fields = { Authorization: 'Basic c2VjcmV0OnNlY3JldA==', 'Content-Type': 'application/json' };
    const body = JSON.stringify({ q: '<script>alert(1)</script>', password: 'hunter2hunter2' });
    const blocked = await stand.request('POST', '/login', fields, body);
    assert.equal(blocked.status, 403);
    const id = field(blocked, 'x-request-id') ?? '';
    const text = await until(
      `the audit log in ${format}`,
      async () => readOrEmpty(path).slice(before),
      (found) => found.includes(id) && found.endsWith('\n'),
    );
    assert.doesNotMatch(text, /hunter2hunter2|c2VjcmV0/);
    if (format === 'json') assert.equal(JSON.parse(text).transaction.unique_id, id);
    if (format === 'line')
      assert.match(text, /ModSecurity: Access denied with code 403 \(phase 2\)\..*\[id "xss-/);
    if (format === 'native') assert.match(text, /^--[0-9a-f]+-A--$/m);
  }
});

it('writes the head of an answer to the audit log as the origin sent it', async () => {
  const path = join(stand.node.folder, 'audit-all.log');
  await stand.node.reload({ waf: { audit: { path, format: 'json', events: 'all' } } });
  stand.origin.respond(
    () =>
      'HTTP/1.1 200 OK\r\nX-First: 1\r\nKeep-Alive: timeout=5\r\nX-Last: 2\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nhi',
  );
  const answer = await stand.request('GET', '/audited', { Connection: 'keep-alive' });
  assert.equal(answer.status, 200);
  const text = await until(
    'the record',
    () => readOrEmpty(path),
    (found) => found.includes('/audited') && found.endsWith('\n'),
  );
  const { headers } = JSON.parse(text).transaction.response;
  assert.equal(headers['X-First'] ?? headers['x-first'], '1', JSON.stringify(headers));
  assert.equal(headers['X-Last'] ?? headers['x-last'], '2');
});

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
