/**
 * Every source file is reached from a place where something starts: the command line, a script, a benchmark, a
 * test. A file of src that only its own tests reach is dead code with a good conscience, so tests count as a
 * start for helpers under tests/ alone.
 */
import { findImports, resolveSpecifier } from './imports.ts';
import { errorAt, type Finding, isTest, type SourceFile } from './source.ts';

const ENTRY_POINTS = ['src/cli/main.ts', 'bin/secbeat', 'bench/run.ts'];

export function checkReferences(files: readonly SourceFile[]): Finding[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const programs = files.filter((file) => ENTRY_POINTS.includes(file.path) || isScriptEntry(file.path));
  const reached = reach(programs, byPath);
  const reachedByTests = reach(
    files.filter((file) => isTest(file.path)),
    byPath,
  );
  return files
    .filter((file) => !isTest(file.path) && !reached.has(file.path) && !isTypesOf(file.path, byPath))
    .filter((file) => !(isTestHelper(file.path) && reachedByTests.has(file.path)))
    .map((file) => errorAt(file.path, 0, 'is not used by any program'));
}

/** Scripts are started by name, benchmarks of single functions by hand; both stand directly in their folder. */
function isScriptEntry(path: string): boolean {
  return /^scripts\/[^/]+$/.test(path) || /^bench\/micro\//.test(path);
}

function isTestHelper(path: string): boolean {
  return path.startsWith('tests/');
}

/** A .d.mts file describes the .mjs file beside it. */
function isTypesOf(path: string, byPath: ReadonlyMap<string, SourceFile>): boolean {
  return path.endsWith('.d.mts') && byPath.has(path.replace(/\.d\.mts$/, '.mjs'));
}

function reach(start: readonly SourceFile[], byPath: ReadonlyMap<string, SourceFile>): Set<string> {
  const seen = new Set<string>();
  const pending = [...start];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (seen.has(file.path)) continue;
    seen.add(file.path);
    for (const { specifier } of findImports(file.text)) {
      const target = specifier.startsWith('.')
        ? byPath.get(resolveSpecifier(file.path, specifier))
        : undefined;
      if (target !== undefined) pending.push(target);
    }
  }
  return seen;
}
