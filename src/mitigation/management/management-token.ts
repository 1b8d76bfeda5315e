/**
 * The bearer token of the management API: configured, or kept in the state folder and made at the first
 * start.
 *
 * The file is written in full under another name and then linked to its own, which fails where one exists
 * already: two processes that start at once end with the same token, and a crash leaves no half of one. A
 * file that other users can read is refused instead of repaired, because the token may be known to them.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, link, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, messageOf } from '../../core/error-message.ts';
import { writeNewFile } from '../../core/owner-file.ts';
import { fail, ok, type Result } from '../../core/result.ts';

export interface ManagementToken {
  readonly token: string;
  /** The file that holds it; null where the token is configured. */
  readonly filePath: string | null;
}

export interface ManagementTokenOptions {
  /** The token of the configuration; null where it names none. */
  readonly configured: string | null;
  /** The state folder; made with mode 0700 where it is missing. */
  readonly stateDir: string;
}

export const MANAGEMENT_TOKEN_FILE = 'management.token';

const TOKEN_BYTES = 32;
const TOKEN_TEXT = /^[\x21-\x7e]{16,512}$/;
const FILE_BYTES_MAX = 1024;
const MODE_OTHERS = 0o077;

/** The token in force, made now if there is none; a fault is a sentence for the operator. */
export async function loadManagementToken(
  options: ManagementTokenOptions,
): Promise<Result<ManagementToken, string>> {
  if (options.configured !== null) return ok({ token: options.configured, filePath: null });
  const existing = await readManagementToken(options.stateDir);
  if (existing !== null) return existing;
  const filePath = join(options.stateDir, MANAGEMENT_TOKEN_FILE);
  try {
    await mkdir(options.stateDir, { recursive: true, mode: 0o700 });
    await createTokenFile(filePath);
  } catch (error) {
    return fail(`The management token ${filePath} cannot be made: ${messageOf(error)}`);
  }
  const made = await readManagementToken(options.stateDir);
  return made ?? fail(`The management token ${filePath} vanished while it was made`);
}

/** The token in a node's state folder, for programs on the same machine; null where it keeps none. */
export async function readManagementToken(stateDir: string): Promise<Result<ManagementToken, string> | null> {
  const filePath = join(stateDir, MANAGEMENT_TOKEN_FILE);
  try {
    const file = await openIfPresent(filePath);
    if (file === null) return null;
    try {
      return await readTokenFile(file, filePath);
    } finally {
      await file.close();
    }
  } catch (error) {
    return fail(`The management token ${filePath} cannot be read: ${messageOf(error)}`);
  }
}

/** The mode is read from the open file, so that nobody can swap the file in between. */
async function readTokenFile(file: FileHandle, filePath: string): Promise<Result<ManagementToken, string>> {
  const { mode, size } = await file.stat();
  if ((mode & MODE_OTHERS) !== 0) {
    return fail(`The management token ${filePath} is readable by others: remove it, or set its mode to 600`);
  }
  const token = size > FILE_BYTES_MAX ? '' : (await file.readFile('utf8')).trim();
  if (!TOKEN_TEXT.test(token)) {
    return fail(`The file ${filePath} holds no token of 16 to 512 visible characters: remove it`);
  }
  return ok({ token, filePath });
}

async function openIfPresent(filePath: string): Promise<FileHandle | null> {
  try {
    return await open(filePath, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

async function createTokenFile(filePath: string): Promise<void> {
  const draftPath = `${filePath}.${randomBytes(6).toString('hex')}`;
  await writeNewFile(draftPath, `${randomBytes(TOKEN_BYTES).toString('base64url')}\n`);
  try {
    await link(draftPath, filePath);
  } catch (error) {
    // Another process was first: its token counts.
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draftPath);
  }
}
