import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compilePattern } from './compile-pattern.ts';
import { LinearEngine } from './linear-engine.ts';
import { parsePattern } from './parse-pattern.ts';
import type { Pattern } from './pattern.ts';
import type { PatternFacts } from './pattern-facts.ts';
import { crsMissing, crsPatterns } from './testing/crs-patterns.ts';
import { seededNumbers } from './testing/hostile-text.ts';
import { likelyMatch } from './testing/likely-match.ts';
import { translate } from './translate.ts';

function compiled(source: string, facts?: PatternFacts): Pattern {
  const pattern = compilePattern(source, facts);
  assert.ok(pattern.ok, pattern.ok ? '' : pattern.fault);
  return pattern.value;
}

describe('a match', () => {
  const cases: readonly (readonly [string, string, number, readonly string[]])[] = [
    ['b(c)?(d)?', 'abcx', 1, ['bc', 'c', '']],
    ['a|ab', 'xab', 1, ['a']],
    ['ab|a', 'xab', 1, ['ab']],
    ['a+?', 'aaa', 0, ['a']],
    ['(?:(a)|b)*', 'ab', 0, ['ab', 'a']],
    ['(a*)*', 'b', 0, ['', '']],
    ['(?:|a)+', 'aa', 0, ['']],
    ['a.*z|b', 'xa b z', 1, ['a b z']],
    ['(\\w+)\\s\\1?'.replace('\\1?', '(\\w*)'), '- ab cd', 2, ['ab cd', 'ab', 'cd']],
  ];
  for (const [source, text, start, groups] of cases) {
    it(`of ${source} in ${text} is the leftmost and preferred one`, () => {
      assert.deepEqual(compiled(source).exec(text), { start, end: start + groups[0]!.length, groups });
    });
  }
});

describe('what runs a pattern', () => {
  it('is the RegExp of the runtime, up to a length, where every text takes linear time', () => {
    for (const source of ['union', '^[a-z]+$', '\\bselect\\s+\\w+', '(?i)<script[^>]', 'a{2,5}b', '^.*x']) {
      assert.equal(compiled(source).engine, 'capped', source);
    }
  });

  it('is the automaton where some text takes more, or nobody knows', () => {
    for (const source of [
      '(a+)+$',
      '(?:a|a)*b',
      '\\s+$',
      'a.*b',
      '(?:\\s|\\n)*x',
      '[a-z]+\\(',
      '(?:x*)*y',
      '.{900}y',
    ]) {
      assert.equal(compiled(source).engine, 'linear', source);
    }
  });
});

describe('facts about patterns', () => {
  const sources = ['(?i)union\\s+select', '(a+)+$', '\\d'];

  it('are found when they are first asked for, and serve whoever compiles the pattern again', () => {
    const facts: PatternFacts = new Map();
    const first = sources.map((source) => compiled(source, facts));
    assert.equal(facts.size, 0);
    const found = first.map(({ needed, engine }) => ({ needed, engine }));
    assert.equal(facts.size, sources.length);
    const sent = structuredClone(facts);
    const second = sources.map((source) => compiled(source, sent));
    assert.deepEqual(
      second.map(({ needed, engine }) => ({ needed, engine })),
      found,
    );
    assert.deepEqual(second[0]!.exec('x UNION select'), first[0]!.exec('x UNION select'));
    assert.equal(second[1]!.test('aab'), false);
  });

  it('are believed: a pattern with known facts is not looked into until it runs', () => {
    const facts: PatternFacts = new Map([['a', { needed: ['believed'], ways: 1 }]]);
    assert.deepEqual(compiled('a', facts).needed, ['believed']);
  });

  it('are not kept of what does not compile', () => {
    const facts: PatternFacts = new Map();
    assert.equal(compilePattern('(', facts).ok, false);
    assert.equal(facts.size, 0);
  });
});

describe('a search in a long text', () => {
  const long = 'b'.repeat(64 * 1024);

  function meterOf(answers: (question: number) => boolean) {
    let questions = 0;
    const spend = (): boolean => {
      questions += 1;
      return answers(questions);
    };
    return { spend, questions: () => questions };
  }

  for (const [source, text] of [
    ['(a+)+$', `${long}a`],
    ['(?:b|b)*$', long],
    ['(x|b+y)z', `${long}yz`],
  ] as const) {
    it(`for ${source} asks for leave every few thousand bytes, and finds the same`, () => {
      const pattern = compiled(source);
      const meter = meterOf(() => true);
      assert.deepEqual(pattern.exec(text, meter), pattern.exec(text));
      assert.equal(pattern.test(text, meter), pattern.test(text));
      assert.ok(meter.questions() > 20, `${meter.questions()}`);
    });

    it(`for ${source} ends where it is told to`, () => {
      const pattern = compiled(source);
      const meter = meterOf((question) => question < 5);
      pattern.test(text, meter);
      assert.equal(meter.questions(), 5);
    });
  }

  it('is not left to the runtime, which nobody can stop, even where it takes linear time', () => {
    const pattern = compiled('(?i)[a-z]?[a-z]?[a-z]?!');
    assert.equal(pattern.engine, 'capped');
    const meter = meterOf(() => true);
    const text = `${long.repeat(4)}!`;
    assert.equal(pattern.test(text, meter), true);
    assert.ok(meter.questions() > 20);
    assert.equal(pattern.exec(text)?.end, text.length);
  });
});

describe('the patterns of the CRS', { skip: crsMissing }, () => {
  it('all compile', () => {
    const faults = crsPatterns().filter((source) => !compilePattern(source).ok);
    assert.deepEqual(faults, []);
  });

  it('mostly need a text that a search for many can look for', () => {
    const patterns = crsPatterns().map((source) => compiled(source));
    const without = patterns.filter(({ needed }) => needed === null);
    assert.ok(without.length < patterns.length / 10, `${without.length} of ${patterns.length}`);
  });

  it('match the same texts in the same place on all engines, each with a text that it needs', () => {
    const random = seededNumbers(7);
    for (const source of crsPatterns()) {
      const parsed = parsePattern(source);
      assert.ok(parsed.ok);
      const linear = new LinearEngine(parsed.value);
      const native = translate(parsed.value.root);
      const pattern = compiled(source);
      for (let round = 0; round < 8; round += 1) {
        const text: string = `x ${likelyMatch(parsed.value.root, random).slice(0, 200)} y`;
        const match = pattern.exec(text);
        assert.deepEqual(linear.exec(text), match, JSON.stringify([source, text]));
        assert.equal(native.test(text), match !== null, JSON.stringify([source, text]));
        if (match === null || pattern.needed === null) continue;
        const lower = match.groups[0]!.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
        assert.ok(
          pattern.needed.some((literal) => lower.includes(literal)),
          JSON.stringify([source, text]),
        );
      }
    }
  });
});
