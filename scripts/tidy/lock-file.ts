/**
 * A lock file installs everywhere: with `npm ci`, from any registry.
 *
 * npm leaves an optional package out of the lock file when the registry in use does not have it, and then refuses
 * to install from the lock file it has just written. Such packages need entries too.
 */
import { errorAt, type Finding, type SourceFile } from './source.ts';

interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export function checkLockFile(file: SourceFile): Finding[] {
  const packages = (JSON.parse(file.text) as { packages: Readonly<Record<string, LockEntry>> }).packages;
  const findings: Finding[] = [];
  for (const [name, entry] of Object.entries(packages)) {
    if (entry.resolved?.startsWith('http') === true) {
      findings.push(
        errorAt(file.path, 0, `${name} is bound to one registry (omit-lockfile-registry-resolved)`),
      );
    }
    for (const wanted of Object.keys(entry.optionalDependencies ?? {})) {
      if (
        packages[`node_modules/${wanted}`] === undefined &&
        packages[`${name}/node_modules/${wanted}`] === undefined
      ) {
        findings.push(
          errorAt(file.path, 0, `lacks ${wanted}, an optional dependency of ${name}: npm ci fails`),
        );
      }
    }
  }
  return findings;
}
