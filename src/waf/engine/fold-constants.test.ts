import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRules, idsOf } from './testing/inspect.ts';

/** What became of each rule: `1 live 2 dead`. */
function fates(rules: string): string {
  return compileRules(rules)
    .rules.map(({ id, fate }) => `${id} ${fate}`)
    .join(' ');
}

const GATED = (level: number) => `
  SecAction "id:1,phase:1,pass,nolog,setvar:tx.level=${level}"
  SecRule TX:level "@lt 2" "id:2,phase:2,pass,nolog,skipAfter:END"
  SecRule ARGS "@rx evil" "id:3,phase:2,pass"
  SecMarker END
  SecRule ARGS "@rx evil" "id:4,phase:2,pass"`;

test('setups and gates are decided at load, rules behind a closed gate are dead', () => {
  assert.equal(fates(GATED(1)), '1 folded 2 folded 3 dead 4 live');
  assert.equal(fates(GATED(2)), '1 folded 2 dead 3 live 4 live');
  assert.equal(idsOf(GATED(1), { target: '/?q=evil' }), '4');
  assert.equal(idsOf(GATED(2), { target: '/?q=evil' }), '3 4');
});

test('a default applies only where the setup says nothing', () => {
  const rules = (setup: string) => `
    ${setup}
    SecRule &TX:limit "@eq 0" "id:2,phase:1,pass,nolog,setvar:tx.limit=5"
    SecRule ARGS:n "@gt %{tx.limit}" "id:3,phase:2,pass"`;
  const own = 'SecAction "id:1,phase:1,pass,nolog,setvar:tx.limit=9"';
  assert.equal(fates(rules('')), '2 folded 3 live');
  assert.equal(fates(rules(own)), '1 folded 2 dead 3 live');
  assert.equal(idsOf(rules(''), { target: '/?n=7' }), '3');
  assert.equal(idsOf(rules(own), { target: '/?n=7' }), '');
});

test('what a request may have changed is no longer known', () => {
  const rules = `
    SecAction "id:1,phase:1,pass,nolog,setvar:tx.open=0"
    SecRule ARGS:q "@streq open" "id:2,phase:1,pass,nolog,setvar:tx.open=1"
    SecRule TX:open "@eq 1" "id:3,phase:2,pass"`;
  assert.equal(fates(rules), '1 folded 2 live 3 live');
  assert.equal(idsOf(rules, { target: '/?q=open' }), '3');
  assert.equal(idsOf(rules, { target: '/?q=shut' }), '');
});

test('behind a skip that may happen, what rules write is only possible', () => {
  const rules = `
    SecRule ARGS:q "@streq skip" "id:1,phase:1,pass,nolog,skipAfter:END"
    SecAction "id:2,phase:1,pass,nolog,setvar:tx.a=1"
    SecMarker END
    SecRule TX:a "@eq 1" "id:3,phase:1,pass"`;
  assert.equal(idsOf(rules, { target: '/?q=skip' }), '');
  assert.equal(idsOf(rules, { target: '/?q=stay' }), '3');
});

test('a gate that a ctl may remove stays, unless it removes what is behind it, too', () => {
  const rules = (tag: string) => `
    SecRule ARGS:q "@streq off" "id:1,phase:1,pass,nolog,ctl:ruleRemoveByTag=gate"
    SecAction "id:2,phase:2,pass,nolog,tag:gate,skipAfter:END"
    SecRule ARGS "@rx ." "id:3,phase:2,pass,tag:'${tag}'"
    SecMarker END`;
  assert.equal(idsOf(rules('other'), { target: '/?q=off' }), '3');
  assert.equal(idsOf(rules('other'), { target: '/?q=on' }), '');
  assert.match(fates(rules('gate')), /3 dead/);
  assert.equal(idsOf(rules('gate'), { target: '/?q=off' }), '');
});

test('a variable that a rule read before it was written is not there too early', () => {
  const rules = `
    SecRule ARGS "@rx ." "id:1,phase:1,pass,nolog,setvar:tx.b=%{tx.a}"
    SecAction "id:2,phase:1,pass,nolog,setvar:tx.a=1"
    SecRule TX:b "@eq 1" "id:3,phase:1,pass"
    SecRule TX:a "@eq 1" "id:4,phase:1,pass"`;
  assert.equal(idsOf(rules, { target: '/?q=x' }), '4');
});

test('a rule that tells or decides is never folded away', () => {
  assert.equal(fates('SecAction "id:1,phase:1,pass,msg:hello"'), '1 live');
  assert.equal(fates('SecAction "id:1,phase:1,deny,nolog"'), '1 live');
  assert.equal(
    idsOf('SecAction "id:1,phase:1,pass,nolog,ctl:ruleRemoveById=2"\nSecAction "id:2,phase:1,pass"'),
    '',
  );
});

test('a mode that the setup sets holds from the beginning', () => {
  const rules = `
    SecAction "id:1,phase:1,pass,nolog,ctl:ruleEngine=DetectionOnly"
    SecAction "id:2,phase:1,deny"`;
  assert.equal(fates(rules), '1 folded 2 live');
  assert.equal(idsOf(rules), '2');
});
