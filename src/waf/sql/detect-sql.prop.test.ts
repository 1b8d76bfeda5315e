/** What holds for every text: findings lie in it, marks open for them, padding hides none, and time grows with length. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import { gradeMarked, gradeSql } from './detect-sql.ts';
import { detectNoSql, detectNoSqlName } from './nosql.ts';
import { markSql, marksAllowSql } from './sql-marks.ts';
import { PIECES } from './testing/pieces.ts';
import { TECHNIQUES } from './testing/techniques.ts';

const ALL_MARKS = -1;
const PAYLOADS = Object.values(TECHNIQUES).flat();
const LONG_BYTES = 128 * 1024;
/** Of processor time, the fastest of a few tries; usual figures are a fifth of that. */
const BUDGET_MS = 100;
const TRIES = 5;
/** Each of these runs reads megabytes. */
const SLOW_RUNS_MAX = 300;

const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 80,
});
const pieced = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...PIECES, ' ', ' ', ' ') },
      fc.constantFrom(...PAYLOADS),
    ),
    {
      maxLength: 24,
    },
  )
  .map((pieces) => pieces.join(''));
const texts = fc.oneof(latin1, pieced);

describe('the SQL detector', () => {
  it('finds stretches of the text, with a score and a form', () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const finding of [gradeSql(text), detectNoSql(text), detectNoSqlName(text)]) {
          if (finding === null) continue;
          assert.ok(finding.start >= 0 && finding.start < finding.end && finding.end <= text.length);
          assert.ok(finding.score >= 2 && finding.score <= 5);
          assert.notEqual(finding.form, '');
        }
      }),
      { numRuns: runs(3000) },
    );
  });

  it('finds nothing in a text whose marks allow nothing', () => {
    fc.assert(
      fc.property(texts, (text) => {
        if (!marksAllowSql(markSql(text))) assert.equal(gradeMarked(text, ALL_MARKS), null);
      }),
      { numRuns: runs(3000) },
    );
  });

  it('answers the same for the same text', () => {
    fc.assert(
      fc.property(texts, (text) => assert.deepEqual(gradeSql(text), gradeSql(text))),
      { numRuns: runs(200) },
    );
  });

  it('is not led astray by the case of letters', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PAYLOADS.filter((one) => !/\\N|[$]/.test(one))), (payload) => {
        assert.equal(gradeSql(payload.toUpperCase())?.score, 5);
      }),
      { numRuns: runs(200) },
    );
  });

  it('is not led astray by padding inside the string that an injection closes', () => {
    const quoted = PAYLOADS.filter((payload) => /^' ?(?:or|and|union|;).*(?:=|\(|select)/i.test(payload));
    fc.assert(
      fc.property(fc.constantFrom(...quoted), fc.integer({ min: 0, max: 40_000 }), (payload, length) => {
        assert.equal(gradeSql('padding '.repeat(length / 8) + payload)?.score, 5);
      }),
      { numRuns: runs(60) },
    );
  });

  it('is not led astray by padding in a comment', () => {
    const spaced = PAYLOADS.filter((payload) => /^1 (?:or|and|union) [^+-]*$/.test(payload));
    fc.assert(
      fc.property(fc.constantFrom(...spaced), fc.integer({ min: 0, max: 40_000 }), (payload, length) => {
        assert.equal(gradeSql(payload.replace(' ', `/*${'x'.repeat(length)}*/`))?.score, 5);
      }),
      { numRuns: runs(60) },
    );
  });

  it('takes time in proportion to the length', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES, ' '), { minLength: 1, maxLength: 5 }), (pieces) => {
        const unit = pieces.join('');
        const text = unit.repeat(Math.ceil(LONG_BYTES / unit.length)).slice(0, LONG_BYTES);
        assert.ok(fastestMs(() => gradeSql(text)) < BUDGET_MS, `slow on ${JSON.stringify(unit)}`);
        assert.ok(fastestMs(() => detectNoSql(text)) < BUDGET_MS, `slow on ${JSON.stringify(unit)}`);
      }),
      { numRuns: Math.min(runs(60), SLOW_RUNS_MAX) },
    );
  });
});

/** No further tries once the budget is kept: others share the machine. */
function fastestMs(run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < TRIES && best >= BUDGET_MS; attempt += 1) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}
