import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRules, idsOf, inspect } from './testing/inspect.ts';

const messages = (rules: string, line: Parameters<typeof inspect>[1] = {}): readonly string[] =>
  inspect(compileRules(rules), line).matches.map(({ message }) => message);

/** Logs TX:sum. */
const TELL = 'SecAction "id:99,phase:2,pass,msg:\'%{tx.sum}\'"';

test('a rule hitting three arguments adds its score three times', () => {
  const rules = `
    SecRule ARGS "@rx evil" "id:1,phase:2,pass,nolog,setvar:tx.sum=+5"
    ${TELL}`;
  assert.deepEqual(messages(rules, { target: '/?a=evil&b=good&c=evil&d=evil' }), ['15']);
});

test('what a value does happens at once, even if a later link of the chain fails', () => {
  const rules = `
    SecRule ARGS "@rx evil" "id:1,phase:2,deny,nolog,chain,setvar:tx.sum=+1"
      SecRule REQUEST_METHOD "@streq POST"
    ${TELL}`;
  const { matches, ruling } = inspect(compileRules(rules), { target: '/?a=evil&b=evil' });
  assert.equal(matches[0]?.message, '2');
  assert.equal(ruling.kind, 'pass');
});

test('a rule without a value does not match, not even negated', () => {
  assert.equal(idsOf('SecRule ARGS:missing "!@rx x" "id:1,phase:2,pass"'), '');
  assert.equal(idsOf('SecRule TX:missing "!@rx x" "id:1,phase:2,pass"'), '');
});

test('a variable with one value is always there, if empty', () => {
  assert.equal(idsOf('SecRule REQBODY_PROCESSOR "!@rx JSON" "id:1,phase:1,pass"'), '1');
  assert.equal(idsOf('SecRule QUERY_STRING "@rx ^$" "id:1,phase:1,pass"'), '1');
  assert.equal(idsOf('SecRule RESPONSE_BODY "@rx ^$" "id:1,phase:2,pass"'), '1');
});

test('counting gives one number, zero included', () => {
  assert.equal(idsOf('SecRule &ARGS "@eq 0" "id:1,phase:2,pass"'), '1');
  assert.equal(idsOf('SecRule &ARGS:a "@eq 2" "id:1,phase:2,pass"', { target: '/?a=1&b=1&A=2' }), '1');
  assert.equal(idsOf('SecRule &TX:none "@eq 0" "id:1,phase:2,pass"'), '1');
  assert.equal(idsOf('SecRule &REQUEST_METHOD "@eq 1" "id:1,phase:2,pass"'), '1');
});

test('selectors ignore case, exclusions take members away again', () => {
  const rule = 'SecRule ARGS|!ARGS:Safe|!ARGS:/^ok_/ "@rx evil" "id:1,phase:2,pass"';
  assert.equal(idsOf(rule, { target: '/?safe=evil&OK_1=evil' }), '');
  assert.equal(idsOf(rule, { target: '/?safe=evil&other=evil' }), '1');
  assert.equal(
    idsOf('SecRule REQUEST_HEADERS:/^x-/ "@rx evil" "id:1,phase:1,pass"', { headers: [['X-A', 'evil']] }),
    '1',
  );
});

test('MATCHED_VAR is the value after its transformations, MATCHED_VAR_NAME its variable', () => {
  const rule =
    'SecRule ARGS "@rx evil" "id:1,phase:2,pass,t:lowercase,msg:\'%{MATCHED_VAR_NAME}=%{MATCHED_VAR}\'"';
  assert.deepEqual(messages(rule, { target: '/?Q=EVIL+2' }), ['ARGS:Q=evil 2']);
});

test('the last value that matched is the one that messages name', () => {
  const rule = 'SecRule ARGS "@rx evil" "id:1,phase:2,pass,msg:\'%{MATCHED_VAR}\'"';
  assert.deepEqual(messages(rule, { target: '/?a=evil1&b=evil2&c=good' }), ['evil2']);
});

test('MATCHED_VARS fills down the chain and begins empty with each rule', () => {
  const rules = `
    SecRule ARGS "@rx evil" "id:1,phase:2,pass,nolog"
    SecRule REQUEST_METHOD "@streq GET" "id:2,phase:2,pass,chain,msg:'%{MATCHED_VAR}'"
      SecRule MATCHED_VARS "@rx evil"
    SecRule ARGS "@rx evil" "id:3,phase:2,pass,chain,msg:'%{MATCHED_VAR}'"
      SecRule MATCHED_VARS "@rx 2$"`;
  assert.deepEqual(messages(rules, { target: '/?a=evil1&b=evil2&c=2' }), ['evil2']);
});

test('captures go to TX.0 to TX.9; a later capture takes the old ones away', () => {
  const rules = `
    SecRule ARGS:a "@rx (.)(.)" "id:1,phase:2,pass,capture,msg:'%{TX.0} %{tx.1} %{TX.2}'"
    SecRule ARGS:b "@rx z" "id:2,phase:2,pass,capture,msg:'%{TX.0}[%{TX.1}]'"`;
  assert.deepEqual(messages(rules, { target: '/?a=xy&b=z' }), ['xy x y', 'z[]']);
});

test('multiMatch looks at the value as it came and after every change', () => {
  const rules = `
    SecRule ARGS "@rx ^(?:a%20B|a B|a b)$" "id:1,phase:2,pass,nolog,multiMatch,t:urlDecode,t:lowercase,setvar:tx.sum=+1"
    ${TELL}`;
  assert.deepEqual(messages(rules, { target: '/?q=a%2520B' }), ['3']);
  assert.deepEqual(messages(rules, { target: '/?q=a+b' }), ['1']);
});

test('macros: either case, the first of several, nothing for what does not exist', () => {
  const rule =
    'SecAction "id:1,phase:2,pass,msg:\'%{ARGS.A}|%{request_headers.HOST}|%{tx.nope}|%{REMOTE_ADDR}|%{rule.id}\'"';
  const line = { target: '/?a=1&a=2', headers: [['Host', 'h']] as const };
  assert.deepEqual(messages(rule, line), ['1|h||192.0.2.7|1']);
});

test('an operator argument with macros is expanded for each request', () => {
  const rule = 'SecRule ARGS:host "!@endsWith .%{request_headers.host}" "id:1,phase:2,pass"';
  const headers = [['Host', 'example.com']] as const;
  assert.equal(idsOf(rule, { target: '/?host=a.example.com', headers }), '');
  assert.equal(idsOf(rule, { target: '/?host=a.example.net', headers }), '1');
});

test('the argument of a regular expression has no macros', () => {
  const rule = 'SecRule ARGS "@rx ^%{tx.a}$" "id:1,phase:2,pass"';
  assert.equal(idsOf(rule, { target: '/?q=%25%7Btx.a%7D' }), '1');
});

test('TX can be searched by pattern, names made at run time included', () => {
  const rules = `
    SecRule ARGS_NAMES "@rx ." "id:1,phase:2,pass,nolog,setvar:tx.seen_%{MATCHED_VAR}=+1"
    SecRule TX:/^seen_/ "@gt 1" "id:2,phase:2,pass,msg:'%{MATCHED_VAR_NAME}'"`;
  assert.deepEqual(messages(rules, { target: '/?a=1&b=1&a=2' }), ['TX:seen_a']);
});
