/** The OWASP Core Rule Set as released, read from where the operator keeps it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findShared, skipWithout } from '../../../tests/support/shared-data.ts';
import { diskRuleFiles } from './disk-rule-files.ts';
import { loadRules } from './load-rules.ts';
import { TEST_VOCABULARY } from './testing/load-text.ts';

const folder = findShared('data/crs');

describe('the Core Rule Set', { skip: skipWithout('data/crs') }, () => {
  it('loads whole and without a fault', () => {
    const patterns = ['crs-setup.conf.example', 'rules/*.conf'].map((pattern) => `${folder}/${pattern}`);
    const loaded = loadRules(patterns, TEST_VOCABULARY, diskRuleFiles);
    assert.deepEqual(loaded.ok ? [] : loaded.fault, []);
    assert.ok(loaded.ok);
    const rules = loaded.value.items.filter((item) => item.kind === 'rule');
    const inRules = rules.filter((rule) => rule.folder.endsWith('/rules'));
    const links = rules.flatMap((rule) => rule.links);
    assert.equal(inRules.length, 629);
    assert.equal(inRules.filter((rule) => rule.operator !== null).length + links.length, 695);
    assert.equal(links.length, 73);
    assert.equal(loaded.value.items.length - rules.length, 30);
    assert.equal(loaded.value.defaultActions.size, 5);
  });
});
