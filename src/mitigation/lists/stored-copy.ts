/**
 * The last good answer for a list, kept on disk so that a node that starts without a network has it.
 *
 * Two files: the octets as they came, and what is needed to ask whether they are still current. The first is put in
 * place before the second, and the second names the first by its digest: after a crash in between, the copy counts as
 * unverified and is fetched again, but never mistaken for another.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Validators } from './fetch-list.ts';

const noteSchema = z.object({
  url: z.string(),
  digest: z.string(),
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
});

const NO_VALIDATORS: Validators = { etag: null, lastModified: null };

/** What the server called the version that is on disk; nothing where the copy is of another URL or not `version`. */
export async function readValidators(path: string, url: string, version: string | null): Promise<Validators> {
  const note = await readNote(path);
  return note?.url === url && note.digest === version ? note : NO_VALIDATORS;
}

/** The copy that is on disk for this URL: its octets and its version, the digest. */
export async function readCopy(
  path: string,
  url: string,
): Promise<Result<{ readonly bytes: Buffer; readonly version: string }, string>> {
  const note = await readNote(path);
  if (note === null || note.url !== url) return fail('there is no copy of an earlier answer');
  try {
    const bytes = await readFile(path);
    if (digestOf(bytes) !== note.digest) return fail('the copy of an earlier answer is damaged');
    return ok({ bytes, version: note.digest });
  } catch {
    return fail('the copy of an earlier answer cannot be read');
  }
}

/** Keeps an answer; the fault says why it could not be kept. */
export async function writeCopy(
  path: string,
  url: string,
  bytes: Buffer,
  validators: Validators,
): Promise<Result<void, string>> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await replace(path, bytes);
    const note = { url, digest: digestOf(bytes), ...validators };
    await replace(notePath(path), JSON.stringify(note));
    return ok(undefined);
  } catch (error) {
    return fail(`the answer could not be kept in ${path} (${(error as NodeJS.ErrnoException).code})`);
  }
}

export function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function readNote(path: string): Promise<z.output<typeof noteSchema> | null> {
  try {
    const note = noteSchema.safeParse(JSON.parse(await readFile(notePath(path), 'utf8')));
    return note.success ? note.data : null;
  } catch {
    return null;
  }
}

function notePath(path: string): string {
  return `${path}.json`;
}

async function replace(path: string, content: Buffer | string): Promise<void> {
  await writeFile(`${path}.new`, content, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
