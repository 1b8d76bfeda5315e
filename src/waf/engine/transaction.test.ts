import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok } from '../../core/result.ts';
import type { OperatorDefinition } from '../operators/operator.ts';
import { OPERATORS } from '../operators/operators.ts';
import { compileRules, inspect, requestView } from './testing/inspect.ts';

const json = (body: string, bodyComplete = true) => ({
  method: 'POST',
  headers: [['Content-Type', 'application/json']] as const,
  body,
  bodyComplete,
});

const RULE = 'SecRule ARGS "@rx evil" "id:1,phase:2,deny"';

test('a body that its parser cannot read is refused, and told about', () => {
  const { ruling, ids } = inspect(compileRules(RULE), json('{"a": '));
  assert.deepEqual(ruling, { kind: 'refuse', status: 400, location: null });
  assert.deepEqual(ids, ['waf-body']);
});

test('where rules ask about faults of bodies themselves, they decide', () => {
  const rules = `${RULE}\nSecRule REQBODY_ERROR "!@eq 0" "id:2,phase:2,pass,msg:'%{REQBODY_ERROR_MSG}'"`;
  const { ruling, ids, matches } = inspect(compileRules(rules), json('{"a": '));
  assert.equal(ruling.kind, 'pass');
  assert.deepEqual(ids, ['2']);
  assert.notEqual(matches[0]?.message, '');
});

test('faults of bodies pass where the policy says so, and in detection only, but never unseen', () => {
  const lenient = compileRules(RULE, { policy: { onBodyFault: 'pass' } });
  const detecting = compileRules(`SecRuleEngine DetectionOnly\n${RULE}`);
  for (const program of [lenient, detecting]) {
    const { ruling, ids } = inspect(program, json('{"a": '));
    assert.equal(ruling.kind, 'pass');
    assert.deepEqual(ids, ['waf-body']);
  }
});

test('what a rule allows is not refused for its faults', () => {
  const rules = `SecRule ARGS:pass "@streq yes" "id:5,phase:1,allow,nolog"\n${RULE}`;
  const many = `/?pass=yes&${'a=1&'.repeat(20)}`;
  const { ruling, ids } = inspect(compileRules(`SecArgumentsLimit 10\n${rules}`), { target: many });
  assert.equal(ruling.kind, 'pass');
  assert.deepEqual(ids, ['waf-limit']);
});

test('what was read before a fault is looked at', () => {
  assert.deepEqual(inspect(compileRules(RULE), json('{"a": "evil", ')).ids, ['1']);
});

test('more than may be looked at is refused with 413', () => {
  const limited = compileRules(`SecRequestBodyLimitAction Reject\nSecRequestBodyNoFilesLimit 10\n${RULE}`);
  const { ruling, ids } = inspect(limited, json('{"a": "a long text"}'));
  assert.deepEqual(ruling, { kind: 'refuse', status: 413, location: null });
  assert.deepEqual(ids, ['waf-limit']);
  const many = `/?${'a=1&'.repeat(20)}`;
  assert.deepEqual(inspect(compileRules(`SecArgumentsLimit 10\n${RULE}`), { target: many }).ids, [
    'waf-limit',
  ]);
});

test('of a body cut short the beginning is enough where the rules say ProcessPartial', () => {
  const partial = compileRules(`SecRequestBodyLimitAction ProcessPartial\n${RULE}`);
  const passed = inspect(partial, json('{"a": "good", "b": "go', false));
  assert.equal(passed.ruling.kind, 'pass');
  assert.deepEqual(passed.ids, ['waf-limit']);
  assert.deepEqual(inspect(partial, json('{"a": "evil", "b": "go', false)).ids, ['1']);
  const whole = compileRules(`SecRequestBodyLimitAction Reject\n${RULE}`);
  assert.equal(inspect(whole, json('{"a": "good"', false)).ruling.kind, 'refuse');
});

test('bodies are left alone where the rules do not ask for them', () => {
  const program = compileRules(`SecRequestBodyAccess Off\n${RULE}`);
  assert.deepEqual(inspect(program, json('{"a": "evil"')).ids, []);
});

test('the body of an answer is asked for where rules look at it and its media type is listed', () => {
  const rules = 'SecResponseBodyLimit 1000\nSecRule RESPONSE_BODY "@rx secret" "id:1,phase:4,deny"';
  const answer = (type: string) => ({
    answer: { headers: [['content-type', type]] as const, body: 'a secret' },
  });
  assert.equal(inspect(compileRules(rules), answer('text/html; charset=utf-8')).responseBytesWanted, 1000);
  assert.equal(inspect(compileRules(rules), answer('text/html')).ruledIn, 4);
  assert.equal(inspect(compileRules(rules), answer('image/png')).responseBytesWanted, 0);
  assert.equal(inspect(compileRules(RULE), answer('text/html')).responseBytesWanted, 0);
});

test('a request that uses up its time is refused, or passes flagged', () => {
  let now = 0;
  const clock = { nowMs: () => (now += 5), wallMs: () => 0 };
  const long = { target: `/?${`q=${'x'.repeat(70_000)}&`.repeat(8)}` };
  const refusing = inspect(compileRules(RULE, { clock, budgetMs: 1 }), long);
  assert.deepEqual(refusing.ruling, { kind: 'refuse', status: 503, location: null });
  assert.ok(refusing.ids.includes('waf-budget'));
  const passing = compileRules(RULE, { clock, budgetMs: 1, policy: { onOverrun: 'pass' } });
  const { ruling, ids } = inspect(passing, long);
  assert.equal(ruling.kind, 'pass');
  assert.ok(ids.includes('waf-budget'));
  assert.deepEqual(inspect(compileRules(RULE, { clock, budgetMs: 1 }), { target: '/?q=x' }).ids, []);
});

test('evaluation that fails refuses the request and is reported', () => {
  const broken: OperatorDefinition = {
    name: 'streq',
    compile: () =>
      ok({
        needed: null,
        test() {
          throw new RangeError('broken');
        },
        match: () => null,
      }),
  };
  const errors: unknown[] = [];
  const program = compileRules('SecRule ARGS "@streq x" "id:1,phase:2,pass"', {
    operators: new Map([...OPERATORS, ['streq', broken]]),
    policy: { onError: (error) => errors.push(error) },
  });
  const { ruling, ids } = inspect(program, { target: '/?q=x' });
  assert.deepEqual(ruling, { kind: 'refuse', status: 500, location: null });
  assert.ok(ids.includes('waf-fault'));
  assert.ok(errors[0] instanceof RangeError);
});

test('phases may be left out, and the last one still runs', () => {
  const rules = `
    SecRule ARGS "@rx evil" "id:1,phase:1,pass"
    SecRule RESPONSE_STATUS "@rx ^$" "id:2,phase:5,pass"`;
  const run = compileRules(rules).begin(requestView({ target: '/?q=evil' }));
  run.inspectRequestHead();
  run.finish();
  assert.deepEqual(
    run.matches.map(({ ruleId }) => ruleId),
    ['1', '2'],
  );
});
