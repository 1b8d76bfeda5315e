import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadWell } from '../../src/waf/seclang/testing/load-text.ts';
import { expectedAnswer, pointsByRule } from './blocking.ts';
import { readTestFile } from './regression-suite.ts';

const POINTS = pointsByRule(
  loadWell(
    [
      `SecRule ARGS a "id:1,phase:2,pass,chain"\nSecRule ARGS b "setvar:'tx.inbound_anomaly_score_pl1=+%{tx.critical_anomaly_score}'"`,
      `SecRule ARGS a "id:2,phase:2,pass,setvar:'tx.inbound_anomaly_score_pl1=+%{tx.notice_anomaly_score}'"`,
      `SecRule ARGS a "id:3,phase:4,pass,setvar:'tx.outbound_anomaly_score_pl1=+%{tx.error_anomaly_score}'"`,
      `SecRule ARGS a "id:4,phase:2,pass,setvar:'tx.inbound_anomaly_score_pl2=+%{tx.critical_anomaly_score}'"`,
    ].join('\n'),
  ),
);

function answer(output: string, detected: readonly string[] = []): string | null {
  const [test] = readTestFile(`tests:\n  - test_id: 1\n    stages:\n      - output: ${output}`);
  const expected = test?.stages[0]?.output;
  assert.ok(expected !== undefined);
  return expectedAnswer(expected, detected, POINTS);
}

describe('the answer at paranoia level 1', () => {
  it('is a refusal where the expected rules reach a threshold', () => {
    assert.equal(answer('{log: {expect_ids: [1]}}'), 'refuse');
    assert.equal(answer('{log: {expect_ids: [3]}}'), 'refuse');
  });

  it('is none where nothing scores', () => {
    assert.equal(answer('{log: {no_expect_ids: [1]}}'), 'pass');
    assert.equal(answer('{log: {expect_ids: [4]}}', ['4']), 'pass');
  });

  it('is uncertain where points stay below, or other rules score', () => {
    assert.equal(answer('{log: {expect_ids: [2]}}'), null);
    assert.equal(answer('{log: {no_expect_ids: [1]}}', ['2']), null);
    assert.equal(answer('{status: 400}'), null);
  });
});
