import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRules, idsOf, inspect } from './testing/inspect.ts';

const when = (control: string, phase = 1): string =>
  `SecRule ARGS:switch "@rx on" "id:1,phase:${phase},pass,nolog,ctl:${control}"`;

const ON = { target: '/?switch=on&q=evil&r=evil' };
const OFF = { target: '/?switch=off&q=evil&r=evil' };

test('rules are removed by id, range, tag and message, for this request only', () => {
  const rules = (control: string) => `
    ${when(control)}
    SecRule ARGS "@rx evil" "id:10,phase:2,pass,tag:'a/b',msg:'first'"
    SecRule ARGS "@rx evil" "id:20,phase:2,pass,msg:'second'"`;
  assert.equal(idsOf(rules('ruleRemoveById=10'), ON), '20');
  assert.equal(idsOf(rules('ruleRemoveById=15-25'), ON), '10');
  assert.equal(idsOf(rules('ruleRemoveByTag=a/b'), ON), '20');
  assert.equal(idsOf(rules('ruleRemoveByMsg=second'), ON), '10');
  assert.equal(idsOf(rules('ruleRemoveById=10'), OFF), '10 20');
});

test('targets are removed from rules by id and by tag', () => {
  const rules = (control: string) => `
    ${when(control)}
    SecRule ARGS "@rx evil" "id:10,phase:2,pass,nolog,tag:x,setvar:tx.n=+1"
    SecAction "id:20,phase:2,pass,msg:'%{tx.n}'"`;
  const count = (control: string) => inspect(compileRules(rules(control)), ON).matches[0]?.message;
  assert.equal(count('ruleRemoveTargetById=10;ARGS:q'), '1');
  assert.equal(count('ruleRemoveTargetByTag=x;ARGS:/^[qr]$/'), '');
  assert.equal(count('ruleRemoveTargetByTag=x;ARGS'), '');
  assert.equal(count('ruleRemoveTargetByTag=y;ARGS'), '2');
});

test('the engine can be turned off or to detection for one request', () => {
  const rules = (mode: string) => `
    ${when(`ruleEngine=${mode}`)}
    SecRule ARGS "@rx evil" "id:10,phase:2,deny"
    SecAction "id:20,phase:5,pass"`;
  assert.equal(inspect(compileRules(rules('DetectionOnly')), ON).ruling.kind, 'pass');
  assert.equal(idsOf(rules('DetectionOnly'), ON), '10 20');
  assert.equal(idsOf(rules('Off'), ON), '');
  assert.equal(inspect(compileRules(rules('Off')), OFF).ruling.kind, 'refuse');
});

const form = (type: string, target: string) => ({
  method: 'POST',
  target,
  headers: [['Content-Type', type]] as const,
  body: 'a=evil',
});

test('the body processor can be chosen, and rules that wait for its name see it', () => {
  const rules = `
    ${when('requestBodyProcessor=URLENCODED')}
    SecRule REQBODY_PROCESSOR "@streq URLENCODED" "id:5,phase:1,pass"
    SecRule ARGS_POST:a "@rx evil" "id:10,phase:2,pass"`;
  assert.equal(idsOf(rules, form('text/plain', '/?switch=on')), '5 10');
  assert.equal(idsOf(rules, form('text/plain', '/?switch=off')), '');
});

test('REQUEST_BODY is filled for forms, and for others when a rule asks for it', () => {
  const rules = `
    ${when('forceRequestBodyVariable=On')}
    SecRule REQUEST_BODY "@rx evil" "id:10,phase:2,pass"`;
  assert.equal(idsOf(rules, form('text/plain', '/?switch=on')), '10');
  assert.equal(idsOf(rules, form('text/plain', '/?switch=off')), '');
  assert.equal(idsOf(rules, form('application/x-www-form-urlencoded', '/')), '10');
});

test('bodies can be left alone for one request', () => {
  const rules = `
    ${when('requestBodyAccess=Off')}
    SecRule ARGS:a "@rx evil" "id:10,phase:2,pass"`;
  assert.equal(idsOf(rules, form('application/x-www-form-urlencoded', '/?switch=on')), '');
  assert.equal(idsOf(rules, form('application/x-www-form-urlencoded', '/')), '10');
});
