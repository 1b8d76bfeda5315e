/** Walks the working copy for the scripts: paths relative to the root, with forward slashes, in a stable order. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders that hold nothing written by hand. */
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['node_modules', '.git', 'state', 'certs', 'out']);

/** All files below `folder` that `accept` takes, sorted by path. */
export function listFiles(root: string, folder: string, accept: (path: string) => boolean): string[] {
  const found: string[] = [];
  const pending = [folder];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const entry of readdirSync(join(root, next), { withFileTypes: true })) {
      const path = next === '' ? entry.name : `${next}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED_FOLDERS.has(entry.name)) pending.push(path);
      } else if (entry.isFile() && accept(path)) {
        found.push(path);
      }
    }
  }
  return found.sort();
}
