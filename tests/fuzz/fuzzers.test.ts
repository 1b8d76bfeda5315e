/** Each fuzzer as a program, for a moment. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const HTTP1 = new URL('./http1.fuzz.ts', import.meta.url);

/** How long each searches; with some it is the time to start that counts. */
const FUZZERS: readonly (readonly [title: string, entry: URL, minutes: number])[] = [
  ['the HTTP/1.1 codec', HTTP1, 0.005],
  ['HPACK and the heads of HTTP/2', new URL('./http2.fuzz.ts', import.meta.url), 0.01],
  ['the first octets of a connection', new URL('./greeting.fuzz.ts', import.meta.url), 0.005],
  ['lists, sites and keys of limits', new URL('./policy.fuzz.ts', import.meta.url), 0.005],
  ['the firewall', new URL('./waf.fuzz.ts', import.meta.url), 0.0001],
  ['a node as it runs', new URL('./live.fuzz.ts', import.meta.url), 0.02],
];

/** With rules of its own, so that it is quick and the same everywhere. */
function run(entry: URL, env: Readonly<Record<string, string>>): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(entry)], {
    env: { ...process.env, SECBEAT_SHARED: '/nonexistent', ...env },
  });
  return { status, output: `${stdout}${stderr}` };
}

for (const [title, entry, minutes] of FUZZERS) {
  describe(`the fuzzer of ${title}`, () => {
    it('runs for its time, says its seed, and finds nothing', () => {
      const settings = { SECBEAT_FUZZ_MINUTES: String(minutes), SECBEAT_FUZZ_SEED: '42' };
      const { status, output } = run(entry, settings);
      assert.match(output, /^seed 42.*\n(?:.*a second\n)*no failure in \d+ inputs\n$/);
      assert.equal(status, 0);
    });
  });
}

describe('the settings of a fuzzer', () => {
  it('are refused where they are no numbers', () => {
    for (const env of [
      { SECBEAT_FUZZ_MINUTES: 'x' },
      { SECBEAT_FUZZ_MINUTES: '0' },
      { SECBEAT_FUZZ_SEED: '1.5' },
      { SECBEAT_FUZZ_INDEX: 'x' },
    ]) {
      assert.equal(run(HTTP1, env).status, 2);
    }
  });
});
