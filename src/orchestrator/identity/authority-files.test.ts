import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openAuthority } from './authority-files.ts';

const NOW_MS = 1_700_000_000_000;

describe('the authority of a fleet', () => {
  let parent: string;
  let folder: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'authority-'));
    folder = join(parent, 'state', 'authority');
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  async function fingerprint(): Promise<string> {
    const opened = await openAuthority(folder, NOW_MS);
    assert.ok(opened.ok, opened.ok ? '' : opened.fault);
    return opened.value.fingerprint;
  }

  it('is made once, for its owner only', async () => {
    const first = await fingerprint();
    assert.equal(await fingerprint(), first);
    const modes = ['.', 'ca.pem', 'ca-key.pem'].map((name) => statSync(join(folder, name)).mode & 0o777);
    assert.deepEqual(modes, [0o700, 0o600, 0o600]);
  });

  it('is one, also where two begin at the same time', async () => {
    const both = await Promise.all([fingerprint(), fingerprint(), fingerprint()]);
    assert.equal(new Set([...both, await fingerprint()]).size, 1);
    assert.deepEqual(readdirSync(join(parent, 'state')), ['authority']);
  });

  it('is not used where others could have its key, or half of it is missing', async () => {
    await fingerprint();
    chmodSync(join(folder, 'ca-key.pem'), 0o644);
    const open = await openAuthority(folder, NOW_MS);
    assert.ok(!open.ok && /readable by others/.test(open.fault));
    rmSync(join(folder, 'ca-key.pem'));
    const half = await openAuthority(folder, NOW_MS);
    assert.ok(!half.ok && /lacks ca\.pem or ca-key\.pem/.test(half.fault));
    assert.ok(readFileSync(join(folder, 'ca.pem'), 'utf8').includes('BEGIN CERTIFICATE'));
  });
});
