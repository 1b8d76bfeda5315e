import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRules, idsOf, inspect } from './testing/inspect.ts';

const EVIL = { target: '/?q=evil' };

test('rules run phase by phase, within a phase in load order', () => {
  const rules = `
    SecAction "id:1,phase:2,pass"
    SecAction "id:2,phase:1,pass"
    SecAction "id:3,phase:5,pass"
    SecAction "id:4,phase:2,pass"
    SecAction "id:5,phase:4,pass"
    SecAction "id:6,phase:3,pass"`;
  assert.equal(idsOf(rules), '2 1 4 6 5 3');
});

test('skipAfter goes on behind the marker, in its own phase only', () => {
  const rules = `
    SecRule ARGS "@rx evil" "id:1,phase:2,pass,nolog,skipAfter:END"
    SecAction "id:2,phase:2,pass"
    SecAction "id:3,phase:3,pass"
    SecMarker "END"
    SecAction "id:4,phase:2,pass"`;
  assert.equal(idsOf(rules, EVIL), '4 3');
  assert.equal(idsOf(rules), '2 4 3');
});

test('a chain decides only as a whole', () => {
  const rules = `
    SecRule ARGS "@rx evil" "id:1,phase:2,deny,chain"
      SecRule REQUEST_METHOD "@streq POST" "chain"
      SecRule REQUEST_PROTOCOL "@streq HTTP/1.1"`;
  const program = compileRules(rules);
  assert.equal(inspect(program, EVIL).ruling.kind, 'pass');
  assert.equal(inspect(program, { ...EVIL, method: 'POST' }).ruling.kind, 'refuse');
});

test('deny ends the phase with its status, and only phase 5 follows', () => {
  const rules = `
    SecRule ARGS "@rx evil" "id:1,phase:2,deny,status:418"
    SecAction "id:2,phase:2,pass"
    SecAction "id:3,phase:3,pass"
    SecAction "id:4,phase:5,pass"`;
  const { ids, ruling, ruledIn } = inspect(compileRules(rules), EVIL);
  assert.deepEqual(ruling, { kind: 'refuse', status: 418, location: null });
  assert.equal(ruledIn, 2);
  assert.deepEqual(ids, ['1', '4']);
});

test('deny without a status answers 403', () => {
  const { ruling } = inspect(compileRules('SecAction "id:1,phase:1,deny"'));
  assert.deepEqual(ruling, { kind: 'refuse', status: 403, location: null });
});

test('drop closes, redirect sends elsewhere with its macros expanded', () => {
  assert.deepEqual(inspect(compileRules('SecAction "id:1,phase:1,drop"')).ruling, { kind: 'drop' });
  const redirect = 'SecAction "id:1,phase:1,redirect:\'https://example.com/%{REQUEST_METHOD}\'"';
  const { ruling } = inspect(compileRules(redirect));
  assert.deepEqual(ruling, { kind: 'refuse', status: 302, location: 'https://example.com/GET' });
});

test('block does what SecDefaultAction of the phase says', () => {
  const rule = 'SecRule ARGS "@rx evil" "id:1,phase:2,block"';
  assert.equal(inspect(compileRules(rule), EVIL).ruling.kind, 'pass');
  const denying = `SecDefaultAction "phase:2,log,auditlog,deny,status:406"\n${rule}`;
  assert.deepEqual(inspect(compileRules(denying), EVIL).ruling, {
    kind: 'refuse',
    status: 406,
    location: null,
  });
});

test('transformations of SecDefaultAction are inherited until t:none', () => {
  const rules = `
    SecDefaultAction "phase:2,log,auditlog,pass,t:lowercase"
    SecRule ARGS "@rx evil" "id:1,phase:2"
    SecRule ARGS "@rx evil" "id:2,phase:2,t:none"`;
  assert.equal(idsOf(rules, { target: '/?q=EVIL' }), '1');
});

test('allow leaves all phases but the last; allow:phase and allow:request less', () => {
  const rules = (allow: string) => `
    SecRule ARGS "@rx evil" "id:1,phase:1,${allow},nolog"
    SecAction "id:2,phase:1,pass"
    SecAction "id:3,phase:2,deny"
    SecAction "id:4,phase:3,pass"
    SecAction "id:5,phase:5,pass"`;
  assert.equal(idsOf(rules('allow'), EVIL), '5');
  assert.equal(idsOf(rules('allow:request'), EVIL), '4 5');
  assert.equal(idsOf(rules('allow:phase'), EVIL), '3 5');
});

test('in detection only nothing is refused or let go by, but skips happen', () => {
  const rules = `
    SecRuleEngine DetectionOnly
    SecAction "id:1,phase:1,allow"
    SecRule ARGS "@rx evil" "id:2,phase:2,deny"
    SecAction "id:3,phase:2,pass,nolog,skipAfter:END"
    SecAction "id:4,phase:2,pass"
    SecMarker END
    SecAction "id:5,phase:2,deny"`;
  const { ids, ruling, matches } = inspect(compileRules(rules), EVIL);
  assert.deepEqual(ids, ['1', '2', '5']);
  assert.equal(ruling.kind, 'pass');
  assert.ok(matches.every(({ details }) => details?.disruptive === false));
});

test('an engine that is off does nothing', () => {
  assert.equal(idsOf('SecRuleEngine Off\nSecAction "id:1,phase:1,deny"\nSecAction "id:2,phase:5,pass"'), '');
});

test('phase 5 tells, but decides nothing', () => {
  const { ids, matches } = inspect(
    compileRules('SecAction "id:1,phase:5,deny"\nSecAction "id:2,phase:5,pass"'),
  );
  assert.deepEqual(ids, ['1', '2']);
  assert.equal(matches[0]?.details?.disruptive, false);
});

test('nolog keeps a match to itself; noauditlog only from the audit log', () => {
  const rules = `
    SecAction "id:1,phase:1,pass,nolog"
    SecAction "id:2,phase:1,pass,noauditlog"
    SecAction "id:3,phase:1,pass,nolog,auditlog"`;
  const logs = inspect(compileRules(rules)).matches.map(({ ruleId, details }) => [
    ruleId,
    details?.log,
    details?.auditLog,
  ]);
  assert.deepEqual(logs, [
    ['2', true, false],
    ['3', false, true],
  ]);
});
