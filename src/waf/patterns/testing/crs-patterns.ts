/** The regular expressions of the OWASP CRS, for tests: read where SECBEAT_SHARED says, not part of the project. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findShared, skipWithout } from '../../../../tests/support/shared-data.ts';

const FOLDER = findShared('data/crs/rules') ?? '';

/** Why the tests that need them are skipped; false where they are there. */
export const crsMissing: string | false = skipWithout('data/crs');

/** Each once, as written. */
export function crsPatterns(): readonly string[] {
  const patterns = new Set<string>();
  for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.conf'))) {
    const rules = readFileSync(join(FOLDER, name), 'latin1').replace(/\\\r?\n\s*/g, '');
    for (const [, argument] of rules.matchAll(/"!?@rx ((?:[^"\\]|\\.)*)"/gs)) {
      patterns.add(argument!.replaceAll('\\"', '"'));
    }
  }
  return [...patterns];
}
