/**
 * The identity of the node: a UUID that stays the same over restarts, in the file `node_id` of the state folder.
 *
 * A configured identity wins and is not written anywhere. The file is replaced as a whole, so a crash leaves the old
 * one or the new one.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, messageOf } from '../../core/error-message.ts';
import { isUuid } from '../../core/ids.ts';
import { replaceFile } from '../../core/owner-file.ts';
import { fail, ok, type Result } from '../../core/result.ts';

const FILE_NAME = 'node_id';

export interface IdentityPlace {
  /** From the configuration; null where it says nothing. */
  readonly configured: string | null;
  readonly stateDir: string;
}

/** The identity that the node has; null when it has none yet. The fault says why the file cannot be used. */
export async function readNodeId({
  configured,
  stateDir,
}: IdentityPlace): Promise<Result<string | null, string>> {
  if (configured !== null) return ok(configured.toLowerCase());
  const path = join(stateDir, FILE_NAME);
  try {
    const text = (await readFile(path, 'utf8')).trim();
    return isUuid(text) ? ok(text.toLowerCase()) : fail(`${path} does not hold a UUID; repair or remove it`);
  } catch (error) {
    return hasCode(error, 'ENOENT') ? ok(null) : fail(`${path} cannot be read: ${messageOf(error)}`);
  }
}

/** Keeps an identity durably, readable by its owner only. */
export async function writeNodeId(stateDir: string, nodeId: string): Promise<Result<void, string>> {
  const path = join(stateDir, FILE_NAME);
  try {
    await replaceFile(path, `${nodeId}\n`);
    return ok(undefined);
  } catch (error) {
    return fail(`${path} cannot be written: ${messageOf(error)}`);
  }
}
