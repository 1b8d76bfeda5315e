import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleMatch } from '../../core/verdict.ts';
import { compileRules, inspect, type RequestLine } from './testing/inspect.ts';

function firstMatch(rules: string, line: RequestLine): RuleMatch {
  const [match] = inspect(compileRules(rules), line).matches;
  assert.ok(match);
  return match;
}

test('a match tells where it was found, after which decodings, and what it adds', () => {
  const match = firstMatch(
    `SecAction "id:9,phase:1,pass,nolog,setvar:tx.critical=5"
     SecRule ARGS "@rx script" "id:1,phase:2,pass,t:urlDecodeUni,t:htmlEntityDecode,t:lowercase,msg:'Script',tag:'attack-xss',tag:'x',severity:CRITICAL,ver:'V/1',rev:'2',logdata:'%{MATCHED_VAR}',setvar:tx.inbound_anomaly_score_pl1=+%{tx.critical}"`,
    { target: '/?Q=a+%2526lt%253BSCRIPT' },
  );
  const { details, ...shown } = match;
  assert.deepEqual(shown, {
    ruleId: '1',
    label: 'XSS',
    message: 'Script',
    score: 5,
    part: 'query:Q',
    value: 'a <script',
    start: 3,
    end: 9,
    decodings: ['url', 'html', 'lowercase'],
    source: '/rules.conf:6',
  });
  assert.deepEqual(
    [details?.severity, details?.tags, details?.version, details?.revision],
    [2, ['attack-xss', 'x'], 'V/1', '2'],
  );
  assert.equal(details?.data, 'a <script');
  assert.match(
    details?.match ?? '',
    /^Matched "Operator `Rx' with parameter `script' against variable `ARGS:Q'/,
  );
});

test('a long value is shown as the piece around the match', () => {
  const { value, start, end } = firstMatch('SecRule ARGS "@rx evil" "id:1,phase:2,pass"', {
    target: `/?q=${'x'.repeat(2000)}evil${'y'.repeat(2000)}`,
  });
  assert.equal(value.length, 512);
  assert.equal(value.slice(start, end), 'evil');
});

test('a match longer than what is shown begins at its beginning', () => {
  const { value, start, end } = firstMatch('SecRule ARGS "@rx x+" "id:1,phase:2,pass"', {
    target: `/?q=ab${'x'.repeat(2000)}`,
  });
  assert.deepEqual([value.length, start, end], [512, 0, 512]);
});

test('parts have the names of the message', () => {
  const part = (target: string, line: RequestLine) =>
    firstMatch(`SecRule ${target} "@rx evil" "id:1,phase:2,pass"`, line).part;
  const headers = [
    ['User-Agent', 'evil'],
    ['Cookie', 'a=evil'],
    ['Content-Type', 'application/json'],
  ] as const;
  assert.equal(part('REQUEST_HEADERS|!REQUEST_HEADERS:Cookie', { headers }), 'header:user-agent');
  assert.equal(part('REQUEST_COOKIES', { headers }), 'cookie:a');
  const count = firstMatch('SecRule &REQUEST_HEADERS:Cookie "@eq 1" "id:1,phase:2,pass"', { headers });
  assert.equal(count.part, 'header:cookie');
  assert.equal(part('REQUEST_FILENAME', { target: '/evil' }), 'path');
  assert.equal(
    part('ARGS', { method: 'POST', headers, target: '/?a=1', body: '{"a":{"b":"evil"}}' }),
    'body:json.a.b',
  );
  assert.equal(part('ARGS', { target: `/?${'n'.repeat(200)}=evil` }).length, 64);
});

test('of a chain the last value from the message is shown', () => {
  const match = firstMatch(
    `SecRule ARGS "@rx (evil)" "id:1,phase:2,pass,capture,setvar:tx.a=%{tx.1},chain"
       SecRule TX:a "@streq evil"`,
    { target: '/?q=evil' },
  );
  assert.equal(match.part, 'query:q');
});

test('matches are bounded, but a decision is always told', () => {
  const many = Array.from({ length: 300 }, (_, index) => `SecAction "id:${index + 1},phase:1,pass"`);
  const { ids, ruling } = inspect(compileRules([...many, 'SecAction "id:999,phase:1,deny"'].join('\n')));
  assert.equal(ids.length, 201);
  assert.equal(ids.at(-1), '999');
  assert.equal(ruling.kind, 'refuse');
});
