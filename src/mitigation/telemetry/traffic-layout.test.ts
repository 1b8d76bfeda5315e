import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { METRICS, TRAFFIC_METRIC_NAMES } from './metric-definitions.ts';
import { TEST_RULES } from './telemetry-fixtures.ts';
import { cellOf, createTrafficLayout, RULE_SERIES_MAX } from './traffic-layout.ts';

describe('traffic layout', () => {
  it('gives every series cells of its own, without gap or overlap', () => {
    const layout = createTrafficLayout(TEST_RULES);
    let next = 0;
    for (const name of TRAFFIC_METRIC_NAMES) {
      const { offset, stride, series } = layout.spans[name];
      assert.equal(offset, next, name);
      next += stride * series.length;
      for (const values of series) assert.equal(values.length, METRICS[name].labels.length, name);
      assert.equal(new Set(series.map((values) => values.join('\n'))).size, series.length, name);
    }
    assert.equal(layout.cells, next);
  });

  it('is the same in every thread that knows the same rules', () => {
    const [left, right] = [createTrafficLayout(TEST_RULES), createTrafficLayout(TEST_RULES)];
    assert.deepEqual(left.spans, right.spans);
  });

  it('finds the cells of a rule by its id and its family', () => {
    const layout = createTrafficLayout(TEST_RULES);
    assert.deepEqual(layout.ruleCells('sqli-union'), {
      matches: cellOf(layout, 'secbeat_waf_rule_matches_total', ['sqli-union']),
      blocks: cellOf(layout, 'secbeat_waf_blocks_total', ['sql_injection']),
      inspection: cellOf(layout, 'secbeat_waf_inspection_duration_seconds', ['block', 'sql_injection']),
    });
  });

  it('counts an unknown rule as other, also one named like a property of objects', () => {
    const layout = createTrafficLayout(TEST_RULES);
    for (const ruleId of ['added-later', '__proto__', 'constructor']) {
      assert.equal(
        layout.ruleCells(ruleId).matches,
        cellOf(layout, 'secbeat_waf_rule_matches_total', ['other']),
      );
    }
  });

  it('bounds the number of rules with a series of their own', () => {
    const rules = Array.from({ length: 5000 }, (_, index) => ({ id: `rule-${index}`, label: 'XSS_ATTEMPT' }));
    const { series } = createTrafficLayout(rules).spans.secbeat_waf_rule_matches_total;
    assert.equal(series.length, RULE_SERIES_MAX);
    assert.deepEqual(series.at(-1), ['other']);
  });

  it('throws for a series that does not exist', () => {
    assert.throws(
      () => cellOf(createTrafficLayout([]), 'secbeat_waf_blocks_total', ['nonsense']),
      RangeError,
    );
  });
});
