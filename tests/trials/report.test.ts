import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatReport, isMet, skippedRow, type TrialReport } from './report.ts';

const REPORT: TrialReport = {
  title: 'attacks',
  notes: ['one core'],
  rows: [
    { name: 'ping', cells: { asked: 500, ratio: 1.234 }, misses: [], skipped: null },
    { name: 'settings', cells: { asked: 20, errors: null }, misses: ['too slow'], skipped: null },
    skippedRow('slow-reads', 'no tool'),
  ],
};

describe('a report of trials', () => {
  it('is a table of all columns, with what was missed and left out below', () => {
    assert.deepEqual(formatReport(REPORT), [
      'attacks',
      '  one core',
      '',
      'trial       asked  ratio  errors   verdict',
      'ping          500   1.23       -       met',
      'settings       20      -       -    MISSED',
      'slow-reads      -      -       -  left out',
      'left out slow-reads: no tool',
      'MISSED settings: too slow',
    ]);
  });

  it('is met where no row missed a goal; what was left out misses none', () => {
    assert.equal(isMet(REPORT), false);
    assert.equal(isMet({ ...REPORT, rows: REPORT.rows.filter(({ name }) => name !== 'settings') }), true);
  });
});
