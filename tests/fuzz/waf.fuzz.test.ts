import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('./waf.fuzz.ts', import.meta.url));

/** With rules of its own, so that it is quick and the same everywhere. */
function run(env: Readonly<Record<string, string>>): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY], {
    env: { ...process.env, SECBEAT_SHARED: '/nonexistent', ...env },
  });
  return { status, output: `${stdout}${stderr}` };
}

describe('the fuzzer of the firewall', () => {
  it('runs for its time, says its seed, and finds nothing', () => {
    const { status, output } = run({ SECBEAT_FUZZ_MINUTES: '0.0001', SECBEAT_FUZZ_SEED: '42' });
    assert.match(output, /^seed 42, own rules\n(?:.*a second\n)*no failure in \d+ inputs\n$/);
    assert.equal(status, 0);
  });

  it('refuses settings that are no numbers', () => {
    for (const env of [{ SECBEAT_FUZZ_MINUTES: 'x' }, { SECBEAT_FUZZ_INDEX: '1.5' }]) {
      assert.equal(run(env).status, 2);
    }
  });
});
