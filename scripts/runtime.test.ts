import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { findRuntime } from './runtime.mjs';

const PLATFORM_BUN = `node_modules/@oven/bun-linux-${process.arch === 'arm64' ? 'aarch64' : 'x64'}/bin/bun`;
const TEST_NODE = `tests/runtime/node_modules/node-linux-${process.arch}/bin/node`;

/** Programs that print a version; `padding` makes one as large as a true binary. */
function stage(
  t: TestContext,
  files: Readonly<Record<string, { version: string; padding?: number }>>,
): string {
  const root = mkdtempSync(join(tmpdir(), 'secbeat-runtime-'));
  t.after(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'package.json'), JSON.stringify({ dependencies: { bun: '9.8.7' } }));
  for (const [path, { version, padding = 0 }] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `#!/bin/sh\necho ${version}\nexit\n${'#'.repeat(padding)}`);
    chmodSync(join(root, path), 0o755);
  }
  return root;
}

function found(root: string, env: Record<string, string> = {}): string {
  const runtime = findRuntime({ root, env: { PATH: join(root, 'path'), ...env } });
  if (!runtime.ok) return runtime.fault;
  return `${runtime.value.name} ${runtime.value.version} ${runtime.value.path.slice(root.length + 1)}`;
}

const linux = { skip: process.platform === 'linux' ? false : 'the staged packages are those for Linux' };

it('takes the binary that the package linked into place', linux, (t) => {
  const root = stage(t, { 'node_modules/bun/bin/bun.exe': { version: 'x', padding: 1_000_000 } });
  assert.equal(found(root), 'bun 9.8.7 node_modules/bun/bin/bun.exe');
});

it('takes the binary of the platform package where only a placeholder is in place', linux, (t) => {
  const root = stage(t, {
    'node_modules/bun/bin/bun.exe': { version: 'x' },
    [PLATFORM_BUN]: { version: 'x', padding: 1_000_000 },
  });
  assert.equal(found(root), `bun 9.8.7 ${PLATFORM_BUN}`);
});

it('takes a Bun on PATH only in the pinned version', linux, (t) => {
  assert.equal(found(stage(t, { 'path/bun': { version: '9.8.7' } })), 'bun 9.8.7 path/bun');
  const other = stage(t, { 'path/bun': { version: '9.9.0' } });
  assert.doesNotMatch(found(other), /^bun/);
});

it('takes Node.js where it is asked for, and only one that is new enough', linux, (t) => {
  const root = stage(t, {
    'node_modules/bun/bin/bun.exe': { version: 'x', padding: 1_000_000 },
    'path/node': { version: 'v22.1.0' },
    [TEST_NODE]: { version: 'v99.0.0' },
  });
  const runtime = found(root, { SECBEAT_RUNTIME: 'node' });
  // Run on Node.js, the test finds the one that runs it.
  if (process.versions.bun !== undefined) assert.equal(runtime, `node 99.0.0 ${TEST_NODE}`);
  assert.match(runtime, /^node /);
});

it('says what to do where there is no Bun, and what SECBEAT_RUNTIME may be', linux, (t) => {
  const root = stage(t, {});
  assert.match(found(root, { SECBEAT_RUNTIME: 'bun' }), /Bun 9\.8\.7.*npm ci --omit=dev/s);
  assert.match(found(root, { SECBEAT_RUNTIME: 'other' }), /may be "bun" or "node"/);
});
