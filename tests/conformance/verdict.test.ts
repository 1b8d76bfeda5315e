import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StageOutput } from './regression-suite.ts';
import { judgeStage, type StageOutcome } from './verdict.ts';

const NOTHING: StageOutput = {
  status: null,
  expectIds: [],
  noExpectIds: [],
  matchRegex: null,
  noMatchRegex: null,
  expectError: false,
  isolated: false,
};

const OUTCOME: StageOutcome = { status: 200, ids: ['1', '2'], lines: ['[id "1"] found x', '[id "2"]'] };

function reason(expected: Partial<StageOutput>, outcome: Partial<StageOutcome> = {}): string | null {
  return judgeStage({ ...NOTHING, ...expected }, { ...OUTCOME, ...outcome });
}

describe('a stage', () => {
  it('passes where everything is as expected', () => {
    assert.equal(
      reason({
        status: 200,
        expectIds: ['1'],
        noExpectIds: ['3'],
        matchRegex: 'found x',
        noMatchRegex: 'found y',
      }),
      null,
    );
    assert.equal(reason({ isolated: true }, { ids: ['1'] }), null);
    assert.equal(reason({ expectError: true, expectIds: ['9'] }, { status: 0 }), null);
  });

  it('fails for one difference', () => {
    assert.match(reason({ status: 400 }) ?? '', /status 200 instead of 400/);
    assert.match(reason({ expectIds: ['1', '3'] }) ?? '', /not logged: 3/);
    assert.match(reason({ noExpectIds: ['2'] }) ?? '', /logged: 2/);
    assert.match(reason({ matchRegex: 'found y' }) ?? '', /no line matches/);
    assert.match(reason({ noMatchRegex: 'id "\\d"' }) ?? '', /a line matches/);
    assert.match(reason({ isolated: true }) ?? '', /not alone/);
    assert.match(reason({}, { status: 0 }) ?? '', /no answer/);
  });
});
