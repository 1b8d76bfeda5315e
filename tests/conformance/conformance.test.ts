import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { skipWithout } from '../support/shared-data.ts';

const PROGRAM = fileURLToPath(new URL('./conformance.ts', import.meta.url));

/** Strictly, overrides counted as failed; in per cent. */
const STRICT_RATE_MIN = 99.6;

describe('the rule engine', {
  skip: skipWithout('data/crs', 'data/seclang-vectors'),
}, () => {
  it('agrees with the regression suite of the Core Rule Set', () => {
    const [rate = 0] = strictRates(['ids']);
    assert.ok(rate >= STRICT_RATE_MIN, `${rate} %`);
  });

  it('agrees in a real node as it does alone', () => {
    const [alone, inNode] = strictRates(['ids', 'tcp', '--every', '50']);
    assert.equal(inNode, alone);
  });

  it('refuses what the suite expects to be refused and nothing else, with and without its screen', () => {
    assert.deepEqual(strictRates(['answers', 'screen', '--every', '10']), [100, 100]);
  });
});

function strictRates(args: readonly string[]): number[] {
  const { stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' });
  const rates = [...stdout.matchAll(/strict .*\((\d+\.\d+) %\)/g)].map((match) => Number(match[1]));
  assert.ok(rates.length > 0, stdout + stderr);
  return rates;
}
