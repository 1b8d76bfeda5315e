/** Rule files on the disk. Bounded: octets of a file, paths of a pattern. */
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { fail, ok, type Result } from '../../core/result.ts';
import type { RuleFiles } from './rule-files.ts';
import { hasWildcard, matchesWildcard } from './wildcard.ts';

/** Octets of one file at most: the largest of CRS has 90 KB. */
export const FILE_BYTES_MAX = 8 * 1024 * 1024;

/** Paths that one pattern may stand for. */
export const PATHS_MAX = 4096;

export const diskRuleFiles: RuleFiles = { readText, expand };

function readText(path: string): Result<string, string> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    return fail(`The file ${path} cannot be read (${reasonOf(error)}): correct the path or the permissions.`);
  }
  try {
    return readOpen(file, path);
  } catch (error) {
    return fail(`The file ${path} cannot be read (${reasonOf(error)}): name a regular file.`);
  } finally {
    closeSync(file);
  }
}

function readOpen(file: number, path: string): Result<string, string> {
  const { size } = fstatSync(file);
  if (size > FILE_BYTES_MAX) {
    return fail(`The file ${path} has more than ${FILE_BYTES_MAX} octets: split it.`);
  }
  const buffer = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const count = readSync(file, buffer, filled, size - filled, filled);
    if (count === 0) break;
    filled += count;
  }
  return ok(buffer.latin1Slice(0, filled));
}

function expand(pattern: string, folder: string): Result<readonly string[], string> {
  const absolute = resolve(folder, pattern);
  if (!hasWildcard(pattern)) return ok([absolute]);
  let paths: string[] = [sep];
  for (const segment of absolute.split(sep).filter((part) => part !== '')) {
    paths = hasWildcard(segment)
      ? paths.flatMap((path) => matchingEntries(path, segment))
      : paths.map((path) => join(path, segment));
    if (paths.length > PATHS_MAX)
      return fail(`"${pattern}" means more than ${PATHS_MAX} files: be more exact.`);
  }
  return ok(paths.sort(byCodeUnits));
}

/** Entries of a folder that the pattern means; of one that cannot be read, none. */
function matchingEntries(folder: string, pattern: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => (pattern.startsWith('.') || !name.startsWith('.')) && matchesWildcard(pattern, name))
      .map((name) => join(folder, name));
  } catch {
    // Not a folder, or not ours to read: the pattern means nothing there.
    return [];
  }
}

function byCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'unknown error';
}
