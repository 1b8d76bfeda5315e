import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readConfigFile } from './config-file.ts';
import { FILE_BYTES_MAX } from './toml-document.ts';

describe('readConfigFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'secbeat-config-'));
  after(() => rmSync(folder, { recursive: true }));

  it('reads the bytes of a file', () => {
    const path = join(folder, 'plain.toml');
    writeFileSync(path, 'a = 1\n');
    const read = readConfigFile(path);
    assert.ok(read.ok);
    assert.equal(Buffer.from(read.value).toString(), 'a = 1\n');
  });

  it('tells a missing file from one that cannot be read', () => {
    const missing = readConfigFile(join(folder, 'absent.toml'));
    assert.ok(!missing.ok && missing.fault.kind === 'missing');
    for (const path of [folder, 'a\0b']) {
      const unreadable = readConfigFile(path);
      assert.ok(!unreadable.ok && unreadable.fault.kind === 'unreadable', path);
    }
  });

  it('stops at one byte more than is permitted', () => {
    const read = readConfigFile('/dev/zero');
    assert.ok(read.ok);
    assert.equal(read.value.length, FILE_BYTES_MAX + 1);
  });
});
