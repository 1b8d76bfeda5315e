import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ok } from '../core/result.ts';
import type { RuleFiles } from '../waf/seclang/rule-files.ts';
import { RecordedRuleFiles, RecordingRuleFiles } from './rule-texts.ts';

describe('rule texts', () => {
  it('stay what they were when the policy was made, on every thread', () => {
    let reads = 0;
    const disk: RuleFiles = {
      readText: (path) => ok(`${path} ${++reads}`),
      expand: (pattern) => ok([pattern, `${pattern}.${++reads}`]),
    };
    const recording = new RecordingRuleFiles(disk);
    const text = recording.readText('/a.conf');
    const paths = recording.expand('*.conf', '/');
    assert.deepEqual(recording.readText('/a.conf'), text);
    const worker = new RecordedRuleFiles(structuredClone(recording.recorded));
    assert.deepEqual(worker.readText('/a.conf'), text);
    assert.deepEqual(worker.expand('*.conf', '/'), paths);
    assert.equal(reads, 2);
  });

  it('hold nothing that was not read', () => {
    const worker = new RecordedRuleFiles(
      new RecordingRuleFiles({ readText: ok, expand: () => ok([]) }).recorded,
    );
    assert.equal(worker.readText('/other.conf').ok, false);
    assert.equal(worker.expand('*', '/').ok, false);
  });
});
