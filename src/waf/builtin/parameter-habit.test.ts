import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParameterHabits, pageKey, parameterKey } from './parameter-habit.ts';
import { builtinOf, judgeHead, requestOf } from './testing/judging.ts';

const KEY = parameterKey(pageKey('example.com', '/items/1'), 'query:id');

function taught(value: (index: number) => string, clients: number, count = 200): ParameterHabits {
  const habits = new ParameterHabits();
  for (let index = 0; index < count; index += 1)
    habits.observe(KEY, value(index), `192.0.2.${index % clients}`);
  return habits;
}

describe('ParameterHabits', () => {
  it('knows a parameter of numbers', () => {
    const habits = taught(String, 20);
    assert.ok(habits.isBrokenBy(KEY, "1'"));
    assert.ok(habits.isBrokenBy(KEY, '1 or 2'));
    assert.ok(!habits.isBrokenBy(KEY, '4711'));
  });

  it('lets the same page with another number be the same', () => {
    assert.equal(pageKey('example.com', '/items/1'), pageKey('example.com', '/items/4711'));
    assert.notEqual(pageKey('example.com', '/items/1'), pageKey('example.org', '/items/1'));
    assert.notEqual(parameterKey(1, 'query:a'), parameterKey(1, 'query:b'));
  });

  it('has no habit of one client, of one value, or of few', () => {
    assert.ok(!taught(String, 1).isBrokenBy(KEY, "1'"));
    assert.ok(!taught(() => '1', 20).isBrokenBy(KEY, "1'"));
    assert.ok(!taught(String, 20, 30).isBrokenBy(KEY, "1'"));
  });

  it('has no habit of text', () => {
    assert.ok(!taught((index) => `some words ${index}`, 20).isBrokenBy(KEY, "1'"));
    assert.ok(
      !taught((index) => (index % 2 === 0 ? String(index) : `word ${index}`), 20).isBrokenBy(KEY, "1'"),
    );
  });

  it('keeps busy parameters against a stream of made-up ones', () => {
    const habits = taught(String, 20, 2000);
    for (let index = 0; index < 100_000; index += 1)
      habits.observe(parameterKey(index, 'x'), '1', '192.0.2.1');
    assert.ok(habits.isBrokenBy(KEY, "1'"));
  });

  it('counts on and on', () => {
    assert.ok(taught(String, 20, 200_000).isBrokenBy(KEY, "1'"));
  });
});

describe('rules that learn', () => {
  it('add to a weak finding in a parameter that never held its like', () => {
    const rules = builtinOf({ learnsHabits: true });
    const weak = '/list?page=..%2fx';
    const before = judgeHead(rules, weak).score;
    for (let index = 0; index < 300; index += 1) {
      const request = { ...requestOf(`/list?page=${index}`), clientAddress: `198.51.100.${index % 40}` };
      const run = rules.begin(request);
      run.inspectRequestHead();
      run.finish();
    }
    const { score, matches } = judgeHead(rules, weak);
    assert.ok(score > before);
    assert.ok(
      matches.some(({ ruleId, part }) => ruleId === 'parameter-unlike-habit' && part === 'query:page'),
    );
    assert.equal(judgeHead(rules, '/list?page=new').score, 0);
  });
});
