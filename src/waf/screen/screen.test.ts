import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Budget } from '../budget/budget.ts';
import type { CompiledOperator } from '../operators/operator.ts';
import { lowercase } from '../transformations/lowercase.ts';
import { createScreen } from './screen.ts';
import { NO_CANDIDATES, type ValueRule } from './value-rule.ts';

interface Counted {
  readonly operator: CompiledOperator;
  readonly seen: string[];
}

/** An operator that looks for a word and remembers what it was asked. */
function contains(word: string, needed: readonly string[] | null): Counted {
  const seen: string[] = [];
  const test = (value: string): boolean => {
    seen.push(value);
    return value.includes(word);
  };
  return { seen, operator: { needed, test, match: () => null } };
}

function ruleOf(index: number, operator: CompiledOperator, changes: Partial<ValueRule> = {}): ValueRule {
  return { index, chain: [], operator, negated: false, multiMatch: false, ...changes };
}

const OPTIONS = { prefilter: true, cacheEntries: 0 };

describe('a screen', () => {
  it('asks only operators of whose literals the value has one', () => {
    const union = contains('union', ['union']);
    const script = contains('script', ['script']);
    const rules = [ruleOf(4, script.operator), ruleOf(2, union.operator)];
    const screen = createScreen(rules, [[2, 4]], OPTIONS);
    assert.deepEqual(screen.candidates(0, 'a union b', null), [2]);
    assert.deepEqual(union.seen, ['a union b']);
    assert.deepEqual(script.seen, []);
  });

  it('answers for values without a match with one and the same list', () => {
    const screen = createScreen([ruleOf(0, contains('x', ['x']).operator)], [[0]], OPTIONS);
    assert.equal(screen.candidates(0, 'harmless', null), NO_CANDIDATES);
  });

  it('asks a rule that does not apply to the class never', () => {
    const first = contains('a', ['a']);
    const second = contains('a', null);
    const screen = createScreen(
      [ruleOf(0, first.operator), ruleOf(1, second.operator)],
      [[0], [1], [0, 1]],
      OPTIONS,
    );
    assert.deepEqual(screen.candidates(0, 'a', null), [0]);
    assert.deepEqual(second.seen, []);
    assert.deepEqual(screen.candidates(2, 'a', null), [0, 1]);
  });

  it('does not ask an operator that can never match, unless it is negated', () => {
    const never = contains('x', []);
    const rules = [ruleOf(0, never.operator), ruleOf(1, never.operator, { negated: true })];
    const screen = createScreen(rules, [[0, 1]], OPTIONS);
    assert.deepEqual(screen.candidates(0, 'a', null), [1]);
    assert.deepEqual(never.seen, ['a']);
  });

  it('changes a value once for all rules, and not at all where nothing would change', () => {
    let calls = 0;
    const step = {
      name: 'lowercase',
      apply: (text: string): string => {
        calls += 1;
        return lowercase(text);
      },
    };
    const rules = [0, 1, 2].map((index) =>
      ruleOf(index, contains('abc', ['abc']).operator, { chain: [step] }),
    );
    const screen = createScreen(rules, [[0, 1, 2]], OPTIONS);
    assert.deepEqual(screen.candidates(0, 'xABC', null), [0, 1, 2]);
    assert.equal(calls, 1);
    assert.deepEqual(screen.candidates(0, 'xabc', null), [0, 1, 2]);
    assert.equal(calls, 1);
  });

  it('looks at every stage of a chain where that is asked for', () => {
    const step = { name: 'lowercase', apply: lowercase };
    const rules = [
      ruleOf(0, contains('ABC', ['abc']).operator, { chain: [step], multiMatch: true }),
      ruleOf(1, contains('ABC', ['abc']).operator, { chain: [step] }),
    ];
    assert.deepEqual(createScreen(rules, [[0, 1]], OPTIONS).candidates(0, 'ABC', null), [0]);
  });

  it('remembers values that keep coming, up to 1 KiB', () => {
    const word = contains('a', null);
    const screen = createScreen([ruleOf(0, word.operator)], [[0]], { prefilter: true, cacheEntries: 16 });
    const long = 'a'.repeat(1025);
    for (let time = 0; time < 5; time += 1) assert.deepEqual(screen.candidates(0, 'abc', null), [0]);
    assert.equal(word.seen.length, 2);
    for (let time = 0; time < 5; time += 1) assert.deepEqual(screen.candidates(0, long, null), [0]);
    assert.equal(word.seen.length, 7);
  });

  it('stops when the budget ends, says so, and does not remember what it did not find', () => {
    let now = 0;
    const budget = new Budget(() => now, 20);
    const rules = [ruleOf(0, contains('a', null).operator), ruleOf(1, contains('a', null).operator)];
    const screen = createScreen(rules, [[0, 1]], { prefilter: true, cacheEntries: 16 });
    const long = 'a'.repeat(70_000);
    now = 21;
    assert.deepEqual(screen.candidates(0, long, budget), []);
    assert.equal(budget.exceeded, true);
    screen.candidates(0, 'a', budget);
    screen.candidates(0, 'a', budget);
    budget.restart();
    assert.equal(budget.exceeded, false);
    assert.deepEqual(screen.candidates(0, 'a', budget), [0, 1]);
  });
});

describe('a budget', () => {
  it('reads the clock only now and then', () => {
    let readings = 0;
    const clock = (): number => {
      readings += 1;
      return 0;
    };
    const budget = new Budget(clock, 1);
    for (let work = 0; work < 1000; work += 1) assert.equal(budget.spend(100), true);
    assert.ok(readings <= 3);
  });

  it('lets operators ask for time themselves, and takes no answer of one that was stopped', () => {
    let now = 0;
    const budget = new Budget(() => now, 20);
    const slow: CompiledOperator = {
      needed: null,
      match: () => null,
      test(_, meter) {
        while (meter?.spend(1 << 16) === true) now += 1;
        return false;
      },
    };
    const rules = [ruleOf(0, slow, { negated: true }), ruleOf(1, contains('a', null).operator)];
    const screen = createScreen(rules, [[0, 1]], OPTIONS);
    assert.deepEqual(screen.candidates(0, 'a', budget), []);
    assert.equal(budget.exceeded, true);
    assert.ok(now <= 22);
  });
});
