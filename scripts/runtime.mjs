/**
 * Which runtime executes the TypeScript sources: the pinned Bun, or a Node.js that understands them.
 *
 * Order: the binary that Bun's npm package linked into place; the platform package it comes from (package
 * managers may skip the link); a `bun` on PATH of exactly the pinned version; a Node.js of at least NODE_MAJOR.
 * SECBEAT_RUNTIME=bun or =node narrows the choice. This file itself runs on Node.js 20, on Bun, and without
 * any dependency installed, because the launcher starts with it; its types stand in runtime.d.mts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The first Node.js release line that runs the TypeScript sources as they are. */
export const NODE_MAJOR = 24;

/** Bun's npm package holds a text file of a few hundred bytes where its binary was not linked into place. */
const BINARY_BYTES_MIN = 1_000_000;

const VERSION_TIMEOUT_MS = 10_000;

/**
 * Bun reads settings, variables and code to preload from files in the working directory, and installs what it
 * misses. A server started in somebody's folder must do none of that.
 */
const BUN_ARGS = ['--no-env-file', '--no-install', '--config=/dev/null'];

/** Some releases warn of features that others call stable. */
const NODE_ARGS = ['--disable-warning=ExperimentalWarning'];

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Finds the runtime to use; `fault` says what to do where there is none. */
export function findRuntime({ root = ROOT, env = process.env } = {}) {
  const wanted = env.SECBEAT_RUNTIME ?? '';
  switch (wanted) {
    case '':
      return findDefault(root, env);
    case 'bun':
      return success(findBun(root, env)) ?? failure(missingBun(root));
    case 'node':
      return success(findNode(root, env)) ?? failure(missingNode());
    default:
      return failure(`SECBEAT_RUNTIME is "${wanted}"; it may be "bun" or "node", or be left unset.`);
  }
}

function findDefault(root, env) {
  const bun = findBun(root, env);
  if (bun !== null) return success(bun);
  const node = findNode(root, env);
  if (node === null) return failure(missingBun(root));
  return success({
    ...node,
    note: `Bun ${pinnedBunVersion(root)} is not installed; running on Node.js ${node.version}.`,
  });
}

/** The pinned Bun, or null. */
export function findBun(root = ROOT, env = process.env) {
  const version = pinnedBunVersion(root);
  const linked = join(root, 'node_modules', 'bun', 'bin', 'bun.exe');
  for (const path of [linked, ...platformBinaries(root)]) {
    if (isBinary(path)) return asBun(path, version);
  }
  const path = findOnPath('bun', env);
  if (path !== null && readVersion(path) === version) return asBun(path, version);
  return null;
}

/** A Node.js of at least NODE_MAJOR: the one that runs this, one on PATH, the one pinned for the tests; or null. */
export function findNode(root = ROOT, env = process.env) {
  const running = process.versions.bun === undefined ? process.execPath : null;
  for (const path of [running, findOnPath('node', env), testNodePath(root)]) {
    const node = path === null ? null : asNode(path);
    if (node !== null) return node;
  }
  return null;
}

/** Where the Node.js that the tests pin is installed; the file may be absent. */
export function testNodePath(root = ROOT) {
  const name = `node-${process.platform}-${process.arch}`;
  return join(root, 'tests', 'runtime', 'node_modules', name, 'bin', 'node');
}

/** The Node.js at `path` when it starts and is new enough, or null. */
export function asNode(path) {
  if (!existsSync(path)) return null;
  const version = path === process.execPath ? process.versions.node : readVersion(path);
  if (version === null || Number.parseInt(version, 10) < NODE_MAJOR) return null;
  return { name: 'node', path, args: NODE_ARGS, version, note: null };
}

function asBun(path, version) {
  return { name: 'bun', path, args: BUN_ARGS, version, note: null };
}

/** The Bun version that package.json pins. */
export function pinnedBunVersion(root = ROOT) {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies.bun;
}

/** Binaries inside the installed platform packages, those for this C library first, builds for old processors last. */
function platformBinaries(root) {
  const scope = join(root, 'node_modules', '@oven');
  if (!existsSync(scope)) return [];
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
  const plain = `bun-${platform}-${arch}`;
  const base = usesMusl() ? `${plain}-musl` : plain;
  const file = platform === 'windows' ? 'bun.exe' : 'bun';
  const installed = new Set(readdirSync(scope));
  return [base, `${base}-baseline`]
    .filter((name) => installed.has(name))
    .map((name) => join(scope, name, 'bin', file));
}

/** Whether this Linux has musl as its C library, as Alpine has. */
export function usesMusl() {
  const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  return process.platform === 'linux' && existsSync(`/lib/ld-musl-${arch}.so.1`);
}

function isBinary(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && stats.size >= BINARY_BYTES_MIN;
}

function findOnPath(name, env) {
  const delimiter = process.platform === 'win32' ? ';' : ':';
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (folder !== '' && statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path;
  }
  return null;
}

/** What `path --version` prints, without a leading v; null where it does not start. */
function readVersion(path) {
  const run = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: VERSION_TIMEOUT_MS });
  return run.status === 0 ? run.stdout.trim().replace(/^v/, '') : null;
}

function missingBun(root) {
  return (
    `Found neither Bun ${pinnedBunVersion(root)} nor Node.js ${NODE_MAJOR} or newer.\n` +
    `Install the pinned Bun with \`npm ci --omit=dev\` in ${root}.`
  );
}

function missingNode() {
  return (
    `Found no Node.js ${NODE_MAJOR} or newer.\n` +
    'Put one on PATH, or install the one that the tests use with `npm ci --prefix tests/runtime`.'
  );
}

function success(value) {
  return value === null ? null : { ok: true, value };
}

function failure(fault) {
  return { ok: false, fault };
}
