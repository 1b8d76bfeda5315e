import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { digestOf, readCopy, readValidators, writeCopy } from './stored-copy.ts';

const URL = 'https://lists.example/feed';
const BYTES = Buffer.from('192.0.2.1\n');
const VALIDATORS = { etag: '"v1"', lastModified: null };

let folder: string;
let path: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'secbeat-copy-'));
  path = join(folder, 'lists', 'feed.list');
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('the copy of an answer', () => {
  it('is not there before the first answer', async () => {
    assert.ok(!(await readCopy(path, URL)).ok);
    assert.equal((await readValidators(path, URL, null)).etag, null);
  });

  it('is read back with what names its version, by the node alone', async () => {
    assert.ok((await writeCopy(path, URL, BYTES, VALIDATORS)).ok);
    const copy = await readCopy(path, URL);
    assert.ok(copy.ok);
    assert.deepEqual(copy.value.bytes, BYTES);
    assert.equal((await readValidators(path, URL, copy.value.version)).etag, '"v1"');
    assert.equal(statSync(path).mode & 0o077, 0);
  });

  it('does not pass for the answer of another URL, nor for a version that is not in force', async () => {
    assert.ok(!(await readCopy(path, `${URL}2`)).ok);
    assert.equal((await readValidators(path, `${URL}2`, digestOf(BYTES))).etag, null);
    assert.equal((await readValidators(path, URL, null)).etag, null);
  });

  it('is not used when it is damaged', async () => {
    writeFileSync(path, '192.0.2.');
    const copy = await readCopy(path, URL);
    assert.ok(!copy.ok && /damaged/.test(copy.fault));
    writeFileSync(`${path}.json`, '{');
    assert.ok(!(await readCopy(path, URL)).ok);
  });

  it('that cannot be written is told', async () => {
    writeFileSync(join(folder, 'file'), '');
    const written = await writeCopy(join(folder, 'file', 'feed.list'), URL, BYTES, VALIDATORS);
    assert.ok(!written.ok && /ENOTDIR|EEXIST/.test(written.fault));
  });
});
