/** Files that must not be there yet: keys and what belongs to them, for the owner's eyes only. */
import { open, rm } from 'node:fs/promises';

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
