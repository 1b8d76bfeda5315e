import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('./http1.fuzz.ts', import.meta.url));

function run(env: Readonly<Record<string, string>>): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY], {
    env: { ...process.env, ...env },
  });
  return { status, output: `${stdout}${stderr}` };
}

describe('the fuzzer of the HTTP/1.1 codec', () => {
  it('runs for its time, says its seed, and finds nothing', () => {
    const { status, output } = run({ SECBEAT_FUZZ_MINUTES: '0.005', SECBEAT_FUZZ_SEED: '42' });
    assert.match(output, /^seed 42\nno failure in \d+ inputs\n$/);
    assert.equal(status, 0);
  });

  it('refuses settings that are no numbers', () => {
    for (const env of [
      { SECBEAT_FUZZ_MINUTES: 'x' },
      { SECBEAT_FUZZ_MINUTES: '0' },
      { SECBEAT_FUZZ_SEED: '1.5' },
    ]) {
      assert.equal(run(env).status, 2);
    }
  });
});
