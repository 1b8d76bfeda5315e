/** What the screen must never do: lose a rule that matches. All ways through it come to the same as asking every rule. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import type { CompiledOperator } from '../operators/operator.ts';
import { compilePattern } from '../patterns/compile-pattern.ts';
import { TRANSFORMATIONS } from '../transformations/transformations.ts';
import { createScreen } from './screen.ts';
import type { ValueRule } from './value-rule.ts';

const STEPS = [
  'lowercase',
  'urldecodeuni',
  'htmlentitydecode',
  'jsdecode',
  'removewhitespace',
  'cmdline',
  'length',
];
const MORE_STEPS = [
  'base64decode',
  'replacecomments',
  'normalizepath',
  'utf8tounicode',
  'removenulls',
  'uppercase',
];
const PATTERNS = [
  'union',
  '(?i)select\\s',
  '<script',
  '^a+$',
  '[<>]',
  '\\W{3}',
  'or',
  'A',
  '\\xe9',
  '/\\.\\.',
  '1$',
  '^$',
];
const PIECES = [
  'union',
  'SELECT ',
  '<scr',
  'ipt',
  '%3C',
  '&lt;',
  '\\x41',
  '+',
  'a',
  'A',
  ' ',
  '/*',
  '*/',
  '../',
  '\xe9',
  '\xc3\xa9',
  'YW9y',
  '1',
  "'",
  '"',
  '\0',
];

function operatorOf(source: string): CompiledOperator {
  const pattern = compilePattern(source);
  assert.ok(pattern.ok);
  const { needed, test } = pattern.value;
  return { needed, test, match: (value) => (test(value) ? { start: 0, end: 0, captures: [] } : null) };
}

const OPERATORS = PATTERNS.map(operatorOf);

const anyRule = fc.record({
  chain: fc
    .array(fc.constantFrom(...STEPS, ...MORE_STEPS), { maxLength: 4 })
    .map((names) => names.map((name) => ({ name, apply: TRANSFORMATIONS.get(name)! }))),
  operator: fc.constantFrom(...OPERATORS),
  negated: fc.boolean(),
  multiMatch: fc.boolean(),
});

const anyRules = fc
  .array(anyRule, { minLength: 1, maxLength: 70 })
  .map((rules) => rules.map((rule, at): ValueRule => ({ ...rule, index: at * 3 })));

const anyValue = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.string({ unit: fc.nat(255).map((byte) => String.fromCharCode(byte)), maxLength: 20 }),
);

/** By the book: one stage after the other, one rule after the other. */
function matches({ chain, operator, negated, multiMatch }: ValueRule, value: string): boolean {
  const stages = [value];
  for (const { apply } of chain) stages.push(apply(stages[stages.length - 1]!));
  return (multiMatch ? stages : stages.slice(-1)).some((text) => operator.test(text) !== negated);
}

describe('a screen', () => {
  it('finds the rules that match, with and without literals and cache', () => {
    fc.assert(
      fc.property(
        anyRules,
        fc.array(anyValue, { minLength: 1, maxLength: 8 }),
        fc.nat(),
        (rules, values, seed) => {
          const indexes = rules.map(({ index }) => index);
          const some = indexes.filter((_, at) => ((seed >> (at % 30)) & 1) === 1);
          const classes = [indexes, some, some.slice(0, 1)];
          const screens = [
            createScreen(rules, classes, { prefilter: true, cacheEntries: 0 }),
            createScreen(rules, classes, { prefilter: false, cacheEntries: 0 }),
            createScreen(rules, classes, { prefilter: true, cacheEntries: 4 }),
          ];
          for (const value of [...values, ...values, ...values]) {
            for (const [id, members] of classes.entries()) {
              const expected = rules.filter((rule) => members.includes(rule.index) && matches(rule, value));
              for (const screen of screens) {
                const found = screen.candidates(id, value, null);
                assert.deepEqual(
                  found,
                  expected.map(({ index }) => index),
                  JSON.stringify([value, id]),
                );
              }
            }
          }
        },
      ),
      { numRuns: runs(120) },
    );
  });
});
