import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { ROOT } from './runtime.mjs';

const SECBEAT = join(ROOT, 'bin', 'secbeat');

it('runs from any folder and takes nothing from it that it was not told to', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'secbeat-bin-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, '.env'), 'SECBEAT__NETWORK__WORKERS=nonsense\n');
  writeFileSync(join(folder, 'bunfig.toml'), 'preload = ["./preload.ts"]\n');
  writeFileSync(join(folder, 'preload.ts'), 'process.exit(99);\n');
  const run = spawnSync(SECBEAT, ['check'], { cwd: folder, encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  assert.match(run.stdout, /valid/);
});

it('hands on arguments and exit code', () => {
  const run = spawnSync(SECBEAT, ['check', '--config', 'does not exist.toml'], { encoding: 'utf8' });
  assert.equal(run.status, 1);
  assert.match(run.stderr, /does not exist\.toml/);
});
