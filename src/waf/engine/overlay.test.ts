import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Overlay } from './overlay.ts';
import { compileRules, inspect } from './testing/inspect.ts';

const BASE = compileRules(`
  SecAction "id:1,phase:1,pass,nolog,setvar:tx.level=1,setvar:tx.other=1"
  SecRule &TX:threshold "@eq 0" "id:2,phase:1,pass,nolog,setvar:tx.threshold=5"
  SecRule TX:level "@lt 2" "id:3,phase:2,pass,nolog,skipAfter:END"
  SecRule ARGS "@rx strict" "id:20,phase:2,pass,tag:'level/2'"
  SecMarker END
  SecRule ARGS "@rx evil" "id:10,phase:2,pass,nolog,setvar:tx.score=+5"
  SecRule TX:score "@ge %{tx.threshold}" "id:30,phase:2,deny"`);

function inspectWith(overlay: Overlay, target: string) {
  const program = BASE.overlay(overlay);
  assert.ok(program.ok);
  return inspect(program.value, { target });
}

test('variables hold whatever the setup says, and defaults keep off', () => {
  const strict: Overlay = { variables: new Map([['LEVEL', '2']]) };
  assert.deepEqual(inspectWith({}, '/?q=strict').ids, []);
  assert.deepEqual(inspectWith(strict, '/?q=strict').ids, ['20']);
  assert.equal(inspectWith({}, '/?q=evil').ruling.kind, 'refuse');
  const lenient: Overlay = { variables: new Map([['threshold', '9']]) };
  assert.equal(inspectWith(lenient, '/?q=evil').ruling.kind, 'pass');
});

test("the mode is the overlay's", () => {
  const { ruling, ids } = inspectWith({ engine: 'detection-only' }, '/?q=evil');
  assert.equal(ruling.kind, 'pass');
  assert.deepEqual(ids, ['30']);
  assert.deepEqual(inspectWith({ engine: 'off' }, '/?q=evil').ids, []);
});

test('rules and targets are left out by id, range and tag', () => {
  const without = (rules: NonNullable<Overlay['exclusions']>[number]['rules'], targets: string | null) =>
    inspectWith({ exclusions: [{ rules, targets }], variables: new Map([['level', '2']]) }, '/?q=evil+strict')
      .ids;
  assert.deepEqual(without({ kind: 'ids', first: 10, last: 10 }, null), ['20']);
  assert.deepEqual(without({ kind: 'ids', first: 1, last: 29 }, 'ARGS:q'), []);
  assert.deepEqual(without({ kind: 'ids', first: 1, last: 29 }, 'ARGS:r'), ['20', '30']);
  assert.deepEqual(without({ kind: 'tag', tag: 'level/2' }, null), ['30']);
});

test('overlays add up, and leave their base as it was', () => {
  const first = BASE.overlay({ variables: new Map([['level', '2']]) });
  assert.ok(first.ok);
  const second = first.value.overlay({ engine: 'detection-only' });
  assert.ok(second.ok);
  assert.deepEqual(inspect(second.value, { target: '/?q=strict+evil' }).ids, ['20', '30']);
  assert.deepEqual(inspect(BASE, { target: '/?q=strict' }).ids, []);
});

test('a target that makes no sense is a fault', () => {
  const rules = { kind: 'ids', first: 10, last: 10 } as const;
  assert.equal(BASE.overlay({ exclusions: [{ rules, targets: 'NOPE:a' }] }).ok, false);
});

test('exclusions from rules that wait for values share what is compiled, others are compiled', () => {
  const compilationWith = (
    rules: NonNullable<Overlay['exclusions']>[number]['rules'],
    targets: string | null,
  ) => {
    const program = BASE.overlay({ exclusions: [{ rules, targets }] });
    assert.ok(program.ok);
    return program.value.compilation;
  };
  assert.equal(compilationWith({ kind: 'ids', first: 10, last: 10 }, null), BASE.compilation);
  assert.equal(compilationWith({ kind: 'ids', first: 10, last: 20 }, 'ARGS:q'), BASE.compilation);
  assert.equal(compilationWith({ kind: 'ids', first: 77, last: 77 }, null), BASE.compilation);
  // The set-up and what sums up are decided at load.
  assert.notEqual(compilationWith({ kind: 'ids', first: 1, last: 1 }, null), BASE.compilation);
  assert.notEqual(compilationWith({ kind: 'ids', first: 30, last: 30 }, null), BASE.compilation);
});

test('a chained rule keeps its targets where an exclusion is about the chain', () => {
  const program = compileRules(`
    SecRule ARGS "@rx a" "id:1,phase:2,deny,chain"
      SecRule ARGS "@rx b"`).overlay({
    exclusions: [{ rules: { kind: 'ids', first: 1, last: 1 }, targets: 'ARGS:q' }],
  });
  assert.ok(program.ok);
  assert.equal(inspect(program.value, { target: '/?q=b&r=a' }).ruling.kind, 'refuse');
  assert.equal(inspect(program.value, { target: '/?q=a&r=b' }).ruling.kind, 'pass');
});
