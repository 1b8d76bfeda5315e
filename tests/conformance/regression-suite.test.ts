import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTestFile } from './regression-suite.ts';

describe('a file of regression tests', () => {
  it('keeps every text as written, and headers in order', () => {
    const [test] = readTestFile(`
rule_id: 942100
tests:
  - test_id: 7
    stages:
      - input:
          headers: {X-Second: 010, Host: "localhost", Accept: }
          data: "a\\xe9"
          autocomplete_headers: false
        output:
          status: 400
          log: {expect_ids: [1, 2]}
`);
    assert.equal(test?.name, '942100-7');
    const stage = test?.stages[0];
    assert.deepEqual(stage?.input.headers, [
      ['X-Second', '010'],
      ['Host', 'localhost'],
      ['Accept', ''],
    ]);
    assert.equal(stage?.input.data, 'aé');
    assert.equal(stage?.input.autocompleteHeaders, false);
    assert.equal(stage?.input.method, 'GET');
    assert.equal(stage?.output.status, 400);
    assert.deepEqual(stage?.output.expectIds, ['1', '2']);
  });
});
