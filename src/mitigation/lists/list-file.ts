/** Reading a list from disk: bounded, and as one text of octets. */
import type { Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { fail, ok, type Result } from '../../core/result.ts';

export interface ListFile {
  /** Null where the file is still that of the version asked about. */
  readonly text: string | null;
  /** Differs once the file has been replaced or written to. */
  readonly version: string;
}

/** Reads a file of at most `bytesMax` octets unless it still has `version`. */
export async function readListFile(
  path: string,
  bytesMax: number,
  version: string | null,
): Promise<Result<ListFile, string>> {
  try {
    const file = await open(path, 'r');
    try {
      const facts = await file.stat();
      if (!facts.isFile()) return fail(`${path} is no file`);
      if (facts.size > bytesMax) return fail(`${path} has ${facts.size} bytes, more than bytes_max`);
      const found = versionOf(facts);
      if (found === version) return ok({ text: null, version: found });
      const bytes = Buffer.allocUnsafe(facts.size);
      const length = await readInto(file, bytes);
      // Half of a list must not pass for all of it.
      if (length < bytes.length || versionOf(await file.stat()) !== found)
        return fail(`${path} was changed while it was read`);
      return ok({ text: textOf(bytes), version: found });
    } finally {
      await file.close();
    }
  } catch (error) {
    return fail(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}

/** Fills the buffer from the beginning of the file, which may take several steps; how far that went. */
async function readInto(file: FileHandle, bytes: Buffer): Promise<number> {
  let at = 0;
  while (at < bytes.length) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return at;
}

/** Octets as characters, without the mark that some editors put in front of UTF-8. */
export function textOf(bytes: Buffer): string {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.latin1Slice(marked ? 3 : 0, bytes.length);
}

/** The version that a file has now; null where there is none to be seen. */
export async function versionOfFile(path: string): Promise<string | null> {
  try {
    return versionOf(await stat(path));
  } catch {
    return null;
  }
}

function versionOf({ ino, size, mtimeMs }: Stats): string {
  return `${ino}-${size}-${mtimeMs}`;
}
