/** Rule files in memory, for tests: by absolute path. */
import { join } from 'node:path';
import { fail, ok } from '../../../core/result.ts';
import type { RuleFiles } from '../rule-files.ts';
import { hasWildcard, matchesWildcard } from '../wildcard.ts';

export function memoryFiles(texts: Readonly<Record<string, string>>): RuleFiles {
  const known = new Map(Object.entries(texts));
  return {
    readText: (path) => {
      const text = known.get(path);
      return text === undefined ? fail(`The file ${path} is not there: correct the path.`) : ok(text);
    },
    expand: (pattern, folder) => {
      const path = pattern.startsWith('/') ? pattern : join(folder, pattern);
      if (!hasWildcard(path)) return ok([path]);
      const depth = path.split('/').length;
      const isMeant = (name: string) => name.split('/').length === depth && matchesWildcard(path, name);
      return ok([...known.keys()].filter(isMeant).sort());
    },
  };
}
