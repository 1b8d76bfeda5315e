/**
 * The identity of the node: a UUID that stays the same over restarts, in the file `node_id` of the state folder.
 *
 * A configured identity wins and is not written anywhere. The file is replaced as a whole, so a crash leaves the old
 * one or the new one.
 */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isUuid } from '../../core/ids.ts';
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
    return isMissing(error) ? ok(null) : fail(`${path} cannot be read: ${messageOf(error)}`);
  }
}

/** Keeps an identity durably, readable by its owner only. */
export async function writeNodeId(stateDir: string, nodeId: string): Promise<Result<void, string>> {
  const path = join(stateDir, FILE_NAME);
  const draftPath = `${path}.${process.pid}.new`;
  try {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    const draft = await open(draftPath, 'w', 0o600);
    try {
      await draft.writeFile(`${nodeId}\n`);
      await draft.sync();
    } finally {
      await draft.close();
    }
    await rename(draftPath, path);
    return ok(undefined);
  } catch (error) {
    await rm(draftPath, { force: true }).catch(() => undefined);
    return fail(`${path} cannot be written: ${messageOf(error)}`);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
