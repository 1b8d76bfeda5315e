import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ROOT } from './runtime.mjs';

const MODULE = pathToFileURL(join(ROOT, 'scripts', 'launch.mjs')).href;

/** A launcher without a terminal, whose child runs `code`. */
function launch(code: string): ChildProcess {
  const launcher = `
    const { become } = await import(${JSON.stringify(MODULE)});
    become(process.execPath, ['-e', ${JSON.stringify(code)}]);
  `;
  return spawn(process.execPath, ['--input-type=module', '-e', launcher], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

it('ends with the exit code of the child', async () => {
  assert.deepEqual(await once(launch('process.exit(7)'), 'exit'), [7, null]);
});

it('ends by the signal that ended the child', async () => {
  assert.deepEqual(await once(launch("process.kill(process.pid, 'SIGKILL')"), 'exit'), [null, 'SIGKILL']);
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  it(`passes ${signal} on once and waits for the child to end by itself`, async () => {
    const child = launch(`
      let count = 0;
      process.on('${signal}', () => { count += 1; setTimeout(() => process.exit(10 + count), 50); });
      console.log('listening');
      setInterval(() => {}, 1000);
    `);
    const { stdout } = child;
    assert.ok(stdout);
    await once(stdout, 'data');
    child.kill(signal);
    assert.deepEqual(await once(child, 'exit'), [11, null]);
  });
}
