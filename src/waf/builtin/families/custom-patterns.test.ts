import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Rule } from '../family.ts';
import { Reading } from '../reading.ts';
import { compileCustomPatterns } from './custom-patterns.ts';

interface Found {
  readonly label: string;
  readonly start: number;
}

function find(patterns: readonly string[], text: string): Found[] {
  const compiled = compileCustomPatterns(patterns);
  assert.ok(compiled.ok);
  const found: Found[] = [];
  const findings = {
    add: ({ label }: Rule, start: number) => found.push({ label, start }),
    spend: () => true,
  };
  for (const family of compiled.value) family.find(new Reading(text, []), 'value', findings);
  return found;
}

function labelsOf(patterns: readonly string[], text: string): string[] {
  return find(patterns, text).map(({ label }) => label);
}

describe('compileCustomPatterns', () => {
  it('counts patterns from 1', () => {
    assert.deepEqual(labelsOf(['one', '(?i)TWO', 'three'], 'two, three'), [
      'CUSTOM_PATTERN: pattern_2',
      'CUSTOM_PATTERN: pattern_3',
    ]);
  });

  it('reads texts as UTF-8', () => {
    const bytes = Buffer.from('a café', 'utf8').toString('latin1');
    assert.deepEqual(labelsOf(['caf[é]$'], bytes), ['CUSTOM_PATTERN: pattern_1']);
  });

  it('tells where the bytes of a match begin', () => {
    const bytes = Buffer.from('éé needle', 'utf8').toString('latin1');
    assert.equal(find(['needle'], bytes)[0]?.start, 5);
  });

  it('finds a match wherever it lies in a long text', () => {
    for (const before of [0, 7000, 7168, 8190, 8192, 20_000, 100_000]) {
      const text = `${'x'.repeat(before)}needle${'y'.repeat(3000)}`;
      assert.equal(labelsOf(['needle'], text).length, 1, String(before));
    }
    assert.equal(labelsOf(['needle'], 'x'.repeat(100_000)).length, 0);
  });

  it('names every pattern that cannot be used', () => {
    const compiled = compileCustomPatterns(['ok', '(', 'a*', '(?=x)']);
    assert.ok(!compiled.ok);
    assert.deepEqual(
      compiled.fault.map((fault) => fault.slice(0, 'pattern_n does not compile'.length)),
      ['pattern_2 does not compile', 'pattern_3 matches the empty', 'pattern_4 does not compile'].map(
        (fault) => fault.slice(0, 'pattern_n does not compile'.length),
      ),
    );
  });
});
