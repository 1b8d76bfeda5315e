/** Random patterns and texts that have something to do with each other. */
import fc from 'fast-check';

const ATOMS = [
  'a',
  'b',
  'A',
  '.',
  '[ab]',
  '[^a]',
  '\\b',
  '\\B',
  '^',
  '$',
  '\\w',
  '\\s',
  '\\W',
  '[a-c]',
  '\\x41',
  '\\n',
];
const RARE_ATOMS = [
  '(?m:^)',
  '(?m:$)',
  '(?i:a)',
  '1',
  '\\xe9',
  '[\\xe0-\\xff]',
  '(?i:\\xe9b)',
  '(?-s:.)',
  '[[:upper:]]',
];
const COUNTS = ['*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?', '{2,}', '{0}'];

/** Patterns of all constructs, groups numbered as they come. */
export const anyPattern: fc.Arbitrary<string> = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    fc.constantFrom(...ATOMS, ...RARE_ATOMS),
    fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => one + other),
    fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => `(?:${one}|${other})`),
    fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => `(${one}|${other})`),
    tie('pattern').map((body) => `(${body})`),
    fc.tuple(tie('pattern'), fc.constantFrom(...COUNTS)).map(([body, count]) => `(?:${body})${count}`),
    fc.tuple(tie('pattern'), fc.constantFrom(...COUNTS)).map(([body, count]) => `(${body})${count}`),
  ),
})).pattern;

export const anyText: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', 'c', ' ', '\n', '1', '_', '\xe9', '\xc9', '\v', '\xa0'),
  maxLength: 12,
});
