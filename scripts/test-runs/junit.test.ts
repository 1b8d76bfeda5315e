import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseJunit } from './junit.ts';

const FROM_BUN = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="3" failures="1" skipped="1">
  <testsuite name="src/a.test.ts" file="src/a.test.ts">
    <testcase name="passes" classname="group" time="0.1" file="src/a.test.ts" line="4" assertions="0" />
    <testcase name="needs a tool" classname="group" time="0" file="src/a.test.ts" line="5" assertions="0">
      <skipped />
    </testcase>
    <testcase name="a &lt; b" classname="" time="0" file="src/a.test.ts" line="9" assertions="0">
      <failure type="AssertionError" message="1 !== 2">stack</failure>
    </testcase>
  </testsuite>
</testsuites>`;

const FROM_NODE = `<testsuites>
	<testcase name="says x > y" time="0.1" classname="test" file="/a/b.test.ts"/>
	<testcase name="needs &quot;tool&quot;" time="0.1" classname="test" file="/a/b.test.ts">
		<skipped type="skipped" message="no such tool"/>
	</testcase>
	<testcase name="fails" time="0.1" classname="test" file="/a/b.test.ts" failure="at <anonymous>">
		<failure type="testCodeFailure" message="x">text</failure>
	</testcase>
</testsuites>`;

it('counts the report of Bun and keeps where a skipped test stands', () => {
  assert.deepEqual(parseJunit(FROM_BUN), {
    passed: 1,
    failed: 1,
    skipped: [{ title: 'group: needs a tool', file: 'src/a.test.ts', line: 5, reason: '' }],
  });
});

it('counts the report of Node.js and keeps the reason of a skipped test', () => {
  assert.deepEqual(parseJunit(FROM_NODE), {
    passed: 1,
    failed: 1,
    skipped: [{ title: 'needs "tool"', file: '/a/b.test.ts', line: 0, reason: 'no such tool' }],
  });
});

it('counts nothing in an empty report', () => {
  assert.deepEqual(parseJunit(''), { passed: 0, failed: 0, skipped: [] });
});
