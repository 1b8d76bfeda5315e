import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

interface Run {
  readonly code: number | null;
  readonly output: string;
  readonly complaints: string;
}

function secbeat(...args: string[]): Run {
  const run = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
  return { code: run.status, output: run.stdout, complaints: run.stderr };
}

describe('secbeat', () => {
  it('prints its version and its help with exit code 0', () => {
    assert.match(secbeat('--version').output, /^\d+\.\d+\.\d+\n$/);
    const { code, output } = secbeat('--help');
    assert.equal(code, 0);
    for (const command of ['up', 'node', 'orchestrator', 'origin', 'check']) {
      assert.match(output, new RegExp(`^  ${command}\\b`, 'm'));
    }
  });

  for (const args of [
    ['nope'],
    ['up', '--nope'],
    ['origin', 'extra'],
    ['origin', '--listen', 'nowhere'],
    [],
  ]) {
    it(`ends with exit code 2 and a message: secbeat ${args.join(' ')}`, () => {
      const { code, output, complaints } = secbeat(...args);
      assert.equal(code, 2);
      assert.equal(output, '');
      assert.notEqual(complaints, '');
    });
  }

  it('ends with exit code 2 and names every fault of an unusable configuration', () => {
    const { code, complaints } = secbeat('up', '--config', 'does-not-exist.toml');
    assert.equal(code, 2);
    assert.match(complaints, /does-not-exist\.toml/);
  });
});
