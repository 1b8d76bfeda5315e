/** Files for the owner's eyes only: keys and what belongs to them, and what a node keeps of its own. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file that only its owner can read, and waits until it is on the disk. Rejects where there is one already, and
 * where there is no room; half a file is not left behind.
 */
export async function writeNewFile(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/**
 * Puts a file in the place of another, or where there was none, and makes the folder where it is missing. A crash leaves
 * the old one or the new one. Rejects where that cannot be done.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const draftPath = `${path}.${randomBytes(6).toString('hex')}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await writeNewFile(draftPath, text);
    await rename(draftPath, path);
  } catch (error) {
    await rm(draftPath, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Waits until the names in a folder are on the disk: a file that was renamed has its old name there until then. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
