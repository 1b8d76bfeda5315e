/**
 * Every source file is reached from a place where something starts: the command line, a script, a benchmark. What
 * only its own tests reach is dead code with a good conscience; helpers of tests are the exception, which scripts may
 * use as well, and those in turn are kept out of the programs.
 */
import { findImports, resolveSpecifier } from './imports.ts';
import { errorAt, type Finding, isTest, isTestSupport, type SourceFile } from './source.ts';

const ENTRY_POINTS = [
  'src/cli/main.ts',
  'bin/secbeat',
  'bench/run.ts',
  'bench/fleet/run.ts',
  'deploy/webhook-receiver/receiver.mjs',
];
/** Long test runs that are commands of their own. */
const TEST_PROGRAMS = [
  'tests/conformance/conformance.ts',
  'tests/bypass/bypass.ts',
  'tests/trials/trials.ts',
];

export function checkReferences(files: readonly SourceFile[]): Finding[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = reach(files.filter(isProgram), byPath);
  const shipped = reach(
    files.filter(({ path }) => ENTRY_POINTS.includes(path)),
    byPath,
  );
  const tested = reach(
    files.filter((file) => isTest(file.path)),
    byPath,
  );
  return files.flatMap(({ path }) => {
    if (isTest(path) || isTypesOf(path, byPath)) return [];
    if (!isTestSupport(path))
      return reached.has(path) ? [] : [errorAt(path, 0, 'is not used by any program')];
    if (shipped.has(path)) return [errorAt(path, 0, 'is for tests, but a program uses it')];
    return tested.has(path) || reached.has(path) ? [] : [errorAt(path, 0, 'is not used by any test')];
  });
}

/** Scripts are started by name, benchmarks of single functions by hand; both stand directly in their folder. */
function isProgram({ path }: SourceFile): boolean {
  return (
    ENTRY_POINTS.includes(path) ||
    TEST_PROGRAMS.includes(path) ||
    (/^scripts\/[^/]+$/.test(path) && !isTest(path)) ||
    (/^bench\/micro\//.test(path) && !isTest(path))
  );
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
