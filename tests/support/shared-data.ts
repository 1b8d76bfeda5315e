/**
 * Where rule sets and test suites of other projects lie: the folder that SECBEAT_SHARED names, `../shared` beside the
 * repository where it is not set. They are read by path and never copied; whoever lacks them skips the test.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The path of something in the shared folder, such as `data/crs`; null where it is not there. */
export function findShared(path: string): string | null {
  const folder = resolve(ROOT, process.env.SECBEAT_SHARED ?? '../shared');
  const found = join(folder, path);
  return existsSync(found) ? found : null;
}

/** For the option `skip` of a test that needs such data: false where it is there, else the reason. */
export function skipWithout(...paths: readonly string[]): string | false {
  const missing = paths.filter((path) => findShared(path) === null);
  return missing.length === 0 ? false : `no ${missing.join(', ')} below SECBEAT_SHARED`;
}
