import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

it('ends a part whose supervisor has vanished', async () => {
  const child = spawn(process.execPath, [MAIN, 'origin', '--listen', '127.0.0.1:0'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, SECBEAT_SUPERVISED: '1' },
  });
  await once(child.stdout, 'data');
  child.stdin.destroy();
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});
