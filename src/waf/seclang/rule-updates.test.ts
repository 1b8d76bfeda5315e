import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { idOf } from './rule.ts';
import type { RuleSyntax } from './syntax.ts';
import { faultsOf, rulesOf } from './testing/load-text.ts';

const RULES = [1, 2, 3]
  .map((id) => `SecRule ARGS "@rx a" "id:${id},phase:2,block,log,t:none,msg:'m${id}',tag:'t${id % 2}'"`)
  .join('\n');

function after(directive: string): RuleSyntax[] {
  return rulesOf(`${RULES}\n${directive}`);
}

function idsAfter(directive: string): (number | null)[] {
  return after(directive).map(idOf);
}

function actionsAfter(directive: string): string[] {
  return (after(directive)[0]?.actions ?? []).map(({ name, value }) =>
    value === null ? name : `${name}:${value}`,
  );
}

describe('directives that change rules above them', () => {
  it('remove rules by id, range, tag and message', () => {
    assert.deepEqual(idsAfter('SecRuleRemoveById 2'), [1, 3]);
    assert.deepEqual(idsAfter('SecRuleRemoveById 1 "2-9"'), []);
    assert.deepEqual(idsAfter('SecRuleRemoveByTag t1'), [2]);
    assert.deepEqual(idsAfter('SecRuleRemoveByMsg "m3"'), [1, 2]);
  });

  it('find a rule that was removed before', () => {
    assert.deepEqual(idsAfter('SecRuleRemoveById 2\nSecRuleRemoveById 2'), [1, 3]);
  });

  it('free the id of a removed rule', () => {
    assert.deepEqual(idsAfter('SecRuleRemoveById 2\nSecAction id:2,phase:1,pass'), [1, 3, 2]);
  });

  it('add targets by id, tag and message', () => {
    const exclusion = { use: 'exclude', collection: 'ARGS', selector: { kind: 'name', name: 'a' } };
    const changes = ['ById 1-3', 'ByTag t1', 'ByMsg m1'].map((which) =>
      after(`SecRuleUpdateTarget${which} "!ARGS:A"`).map((rule) => rule.targets.length - 1),
    );
    assert.deepEqual(changes, [
      [1, 1, 1],
      [1, 0, 1],
      [1, 0, 0],
    ]);
    assert.deepEqual(after('SecRuleUpdateTargetById 1 "!ARGS:A"')[0]?.targets[1], exclusion);
  });

  it('let new actions take the place of those they contradict', () => {
    assert.deepEqual(actionsAfter('SecRuleUpdateActionById 1 "pass,nolog,msg:\'new\',tag:x,t:lowercase"'), [
      ...['id:1', 'phase:2', 't:none', 'tag:t1', 'pass', 'nolog', 'msg:new', 'tag:x', 't:lowercase'],
    ]);
  });

  it('do not change what a rule is', () => {
    assert.match(faultsOf(`${RULES}\nSecRuleUpdateActionById 1 id:9`)[0] ?? '', /^4: "id" cannot be changed/);
  });

  it('take a chain away as a whole', () => {
    const chain = 'SecRule ARGS a "id:9,phase:2,pass,chain"\nSecRule ARGS b\n';
    assert.deepEqual(rulesOf(`${chain}SecRuleRemoveById 9`), []);
  });
});
