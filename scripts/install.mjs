/**
 * Installs what a command needs and the working copy lacks, with one line about it.
 *
 * npm leaves a copy of the lock file inside node_modules; comparing the two tells what is missing without
 * starting npm, so that the usual start costs nothing. Optional packages belong to other platforms or carry the
 * platform's binary, hence one that is absent counts as missing only for packages of this very platform.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { usesMusl } from './runtime.mjs';

const INSTALL_TIMEOUT_MS = 10 * 60_000;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Makes sure that the packages of the lock file in `folder` are installed.
 * Returns null, or what went wrong with the advice that npm gave.
 * @param {{ folder: string, what: string, development: boolean }} request
 * @returns {string | null}
 */
export function ensureInstalled({ folder, what, development }) {
  const lock = readPackages(join(folder, 'package-lock.json'));
  const installed = readPackages(join(folder, 'node_modules', '.package-lock.json'));
  if (lock === null) return `${folder} has no package-lock.json`;
  if (installed !== null && isComplete(lock, installed, development)) return null;
  // A working copy that has the development packages keeps them.
  const all = development || Object.values(installed ?? {}).some((entry) => entry.dev === true);
  console.error(`secbeat: installing ${what} (needed once, some seconds)`);
  return runNpmCi(folder, all);
}

function isComplete(lock, installed, development) {
  return Object.entries(lock).every(([name, entry]) => {
    if (name === '' || (entry.dev === true && !development)) return true;
    const present = installed[name];
    if (present === undefined) return entry.optional === true && !isForThisPlatform(entry);
    return present.version === entry.version && present.integrity === entry.integrity;
  });
}

/** Entries without a platform are reported as foreign: an optional package may be absent everywhere. */
function isForThisPlatform(entry) {
  const os = entry.os?.includes(process.platform) === true;
  const cpu = entry.cpu?.includes(process.arch) === true;
  return os && cpu && (entry.libc === undefined || entry.libc.includes(usesMusl() ? 'musl' : 'glibc'));
}

function readPackages(path) {
  if (!existsSync(path)) return null;
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? null;
  } catch {
    // A half-written file after an interrupted install is as good as none.
    return null;
  }
}

function runNpmCi(folder, development) {
  // `error` keeps npm from warning of engines: some packages want a newer Node.js than the one that installs
  // them, but they run on Bun.
  const args = ['ci', '--loglevel=error', '--no-audit', '--no-fund', '--no-progress'];
  if (!development) args.push('--omit=dev');
  const run = spawnSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: OUTPUT_BYTES_MAX,
    timeout: INSTALL_TIMEOUT_MS,
  });
  if (run.status === 0) return null;
  const said = `${run.stdout ?? ''}${run.stderr ?? ''}`.trim();
  return `\`npm ci\` in ${folder} failed:\n${said === '' ? (run.error?.message ?? `status ${run.status}`) : said}`;
}
