import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { readNodeId, writeNodeId } from './node-identity.ts';

const NODE_ID = '50000000-0000-4000-8000-000000000001';

async function inFolder(check: (stateDir: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'node-identity-'));
  try {
    await check(join(folder, 'state'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('has none at the first start, and the same one ever after', async () => {
  await inFolder(async (stateDir) => {
    assert.deepEqual(await readNodeId({ configured: null, stateDir }), { ok: true, value: null });
    assert.ok((await writeNodeId(stateDir, NODE_ID)).ok);
    assert.deepEqual(await readNodeId({ configured: null, stateDir }), { ok: true, value: NODE_ID });
    assert.equal(statSync(join(stateDir, 'node_id')).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(stateDir), ['node_id']);
  });
});

it('is the configured one where there is one', async () => {
  await inFolder(async (stateDir) => {
    await writeNodeId(stateDir, NODE_ID);
    const configured = 'ABCDEFAB-0000-4000-8000-000000000002';
    const read = await readNodeId({ configured, stateDir });
    assert.deepEqual(read, { ok: true, value: configured.toLowerCase() });
  });
});

it('is replaced as a whole', async () => {
  await inFolder(async (stateDir) => {
    await writeNodeId(stateDir, 'x'.repeat(1000));
    await writeNodeId(stateDir, NODE_ID);
    assert.deepEqual(await readNodeId({ configured: null, stateDir }), { ok: true, value: NODE_ID });
  });
});

it('is not guessed from a broken file', async () => {
  await inFolder(async (stateDir) => {
    await writeNodeId(stateDir, 'not a UUID');
    const read = await readNodeId({ configured: null, stateDir });
    assert.ok(!read.ok && read.fault.includes('does not hold a UUID'));
  });
});

it('says why it could not be kept', async () => {
  await inFolder(async (stateDir) => {
    writeFileSync(stateDir, 'a file where the folder should be');
    const written = await writeNodeId(stateDir, NODE_ID);
    assert.ok(!written.ok && written.fault.includes('cannot be written'));
    const read = await readNodeId({ configured: null, stateDir });
    assert.equal(read.ok, false);
  });
});
