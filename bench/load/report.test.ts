import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compareRow, type Row, renderTable } from './report.ts';

const ROW: Row = {
  scenario: 'small',
  measure: 'CPU us/request',
  values: new Map([
    ['node', [10, 12, 30]],
    ['nginx', [10, 10, 20]],
  ]),
  goal: { kind: 'ratio', to: 'nginx', max: 1 },
  digits: 1,
};

it('compares round by round and leaves out programs that did not run', () => {
  assert.deepEqual(compareRow(ROW), [{ to: 'nginx', ratio: { median: 1.2, min: 1, max: 1.5 } }]);
});

it('renders medians, ratios, the goal and whether it is met', () => {
  const [, line = ''] = renderTable([ROW], ['node', 'nginx', 'haproxy']).split('\n');
  assert.deepEqual(line.split(/\s{2,}/), [
    'small',
    'CPU us/request',
    '12.0',
    '10.0',
    '-',
    '1.20 (1.00-1.50)',
    '-',
    '<= 1.00 nginx',
    'missed',
  ]);
});
