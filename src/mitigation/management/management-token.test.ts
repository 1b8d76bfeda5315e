import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadManagementToken, MANAGEMENT_TOKEN_FILE, readManagementToken } from './management-token.ts';

describe('management token', () => {
  let folder = '';
  let count = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secbeat-token-'));
  });
  after(() => rm(folder, { recursive: true }));

  function nextStateDir(): string {
    count += 1;
    return join(folder, `state-${count}`);
  }

  async function tokenOf(stateDir: string): Promise<string> {
    const result = await loadManagementToken({ configured: null, stateDir });
    assert.ok(result.ok, result.ok ? '' : result.fault);
    return result.value.token;
  }

  async function faultOf(stateDir: string): Promise<string> {
    const result = await loadManagementToken({ configured: null, stateDir });
    assert.ok(!result.ok);
    return result.fault;
  }

  it('is the configured one where there is one, and no file is made', async () => {
    const stateDir = nextStateDir();
    const result = await loadManagementToken({ configured: 'from-the-configuration', stateDir });
    assert.deepEqual(result, { ok: true, value: { token: 'from-the-configuration', filePath: null } });
    await assert.rejects(stat(stateDir), { code: 'ENOENT' });
  });

  it('is made once, for the owner alone, and kept', async () => {
    const stateDir = nextStateDir();
    const token = await tokenOf(stateDir);
    assert.match(token, /^[A-Za-z0-9_-]{43}$/);
    const path = join(stateDir, MANAGEMENT_TOKEN_FILE);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal((await readFile(path, 'utf8')).trim(), token);
    assert.equal(await tokenOf(stateDir), token);
    assert.notEqual(await tokenOf(nextStateDir()), token);
    assert.deepEqual(await readdir(stateDir), [MANAGEMENT_TOKEN_FILE]);
  });

  it('is the same for all processes that start at once', async () => {
    const stateDir = nextStateDir();
    const tokens = await Promise.all(Array.from({ length: 8 }, () => tokenOf(stateDir)));
    assert.equal(new Set(tokens).size, 1);
    assert.deepEqual(await readdir(stateDir), [MANAGEMENT_TOKEN_FILE]);
  });

  it('is refused when others can read it', async () => {
    const stateDir = nextStateDir();
    await tokenOf(stateDir);
    for (const mode of [0o644, 0o640, 0o604, 0o620]) {
      await chmod(join(stateDir, MANAGEMENT_TOKEN_FILE), mode);
      assert.match(await faultOf(stateDir), /is readable by others: .*600/);
    }
  });

  it('is refused when the file holds no token', async () => {
    const stateDir = nextStateDir();
    await tokenOf(stateDir);
    for (const content of [
      '',
      'short\n',
      'two words of some length',
      'x'.repeat(2000),
      'ünvisible-characters',
    ]) {
      await writeFile(join(stateDir, MANAGEMENT_TOKEN_FILE), content);
      assert.match(await faultOf(stateDir), /holds no token/);
    }
  });

  it('is a fault, not a crash, where nothing can be written', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    assert.match(await faultOf(join(file, 'state')), /cannot be/);
  });

  it('is read by other programs without being made', async () => {
    const stateDir = nextStateDir();
    assert.equal(await readManagementToken(stateDir), null);
    const token = await tokenOf(stateDir);
    const read = await readManagementToken(stateDir);
    assert.ok(read?.ok);
    assert.equal(read.value.token, token);
  });
});
