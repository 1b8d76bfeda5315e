import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRules, inspect } from './testing/inspect.ts';

/** What TX:a is after these setvars, each in a rule of its own that depends on the request. */
function valueAfter(...assignments: readonly string[]): string | undefined {
  const rules = assignments.map(
    (text, index) => `SecRule ARGS:q "@rx ." "id:${index + 1},phase:2,pass,nolog,setvar:'${text}'"`,
  );
  const tell = 'SecRule &TX:a "@ge 0" "id:99,phase:2,pass,msg:\'%{tx.a}/%{MATCHED_VAR}\'"';
  return inspect(compileRules([...rules, tell].join('\n')), { target: '/?q=7' }).matches[0]?.message;
}

test('setvar writes, adds, subtracts and removes', () => {
  assert.equal(valueAfter('tx.a=x'), 'x/1');
  assert.equal(valueAfter('tx.a'), '1/1');
  assert.equal(valueAfter('tx.a=+5', 'tx.a=+5'), '10/1');
  assert.equal(valueAfter('tx.a=3', 'tx.a=-5'), '-2/1');
  assert.equal(valueAfter('tx.a=3', '!tx.a'), '/0');
});

test('a sum starts from zero where the variable is no number', () => {
  assert.equal(valueAfter('tx.a=abc', 'tx.a=+2'), '2/1');
  assert.equal(valueAfter('tx.a=12abc', 'tx.a=+2'), '14/1');
});

test('names and values may have macros, and names are alike in any case', () => {
  assert.equal(valueAfter('tx.B=a', 'tx.%{tx.b}=%{ARGS.q}'), '7/1');
  assert.equal(valueAfter('TX.A=1', 'tx.a=+%{args.q}'), '8/1');
});

test('names made by requests never reach what objects have by nature', () => {
  const rules = `
    SecRule ARGS_NAMES "@rx ." "id:1,phase:2,pass,nolog,setvar:tx.%{MATCHED_VAR}=1"
    SecRule &TX:/./ "@eq 2" "id:2,phase:2,pass"`;
  const { ids } = inspect(compileRules(rules), { target: '/?__proto__=1&constructor=2' });
  assert.deepEqual(ids, ['2']);
});
