import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { diskRuleFiles } from './disk-rule-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'secbeat-rules-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'plugins'));
for (const name of [
  'plugins/b-before.conf',
  'plugins/a-before.conf',
  'plugins/.c-before.conf',
  'plugins/x.data',
]) {
  writeFileSync(join(folder, name), Buffer.from([0xff, 0x0a]));
}

describe('rule files on the disk', () => {
  it('are found by wildcards in sorted order, hidden ones left out', () => {
    const found = diskRuleFiles.expand('plug*/?-before.conf', folder);
    assert.deepEqual(found, {
      ok: true,
      value: ['plugins/a-before.conf', 'plugins/b-before.conf'].map((name) => join(folder, name)),
    });
  });

  it('are named whether they are there or not, without wildcards', () => {
    assert.deepEqual(diskRuleFiles.expand('none.conf', folder), {
      ok: true,
      value: [join(folder, 'none.conf')],
    });
  });

  it('are read as latin-1', () => {
    assert.deepEqual(diskRuleFiles.readText(join(folder, 'plugins/x.data')), { ok: true, value: '\xff\n' });
  });

  it('fail with a sentence', () => {
    for (const path of [join(folder, 'none.conf'), folder]) {
      const read = diskRuleFiles.readText(path);
      assert.ok(!read.ok);
      assert.match(read.fault, /cannot be read \(E[A-Z]+\)/);
    }
  });
});
