/**
 * House rules that neither the compiler nor the linter knows. `node scripts/run.mjs check` runs them; alone:
 * `node_modules/.bin/bun scripts/tidy.ts`. Each rule stands in a file of its own below tidy/.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from './files.ts';
import { ROOT } from './runtime.mjs';
import { checkImports } from './tidy/imports.ts';
import { checkLockFile } from './tidy/lock-file.ts';
import { checkReferences } from './tidy/references.ts';
import { type Finding, isSource, type SourceFile } from './tidy/source.ts';
import { checkBannedText, checkHead, checkLength } from './tidy/text.ts';

const TEXT_FILE = /\.(?:ts|mjs|mts|json|toml|md|sh|ya?ml|html|css|tsv)$|^bin\/|^\.ci\/|\/run$/;

const files = listFiles(ROOT, '', (path) => TEXT_FILE.test(path)).map(readSource);
const findings = checkAll(files);
for (const { path, line, message, severity } of findings) {
  console.log(
    `${severity === 'warning' ? 'warning: ' : ''}${path}${line === 0 ? '' : `:${line}`}: ${message}`,
  );
}
process.exitCode = findings.some((finding) => finding.severity === 'error') ? 1 : 0;

function checkAll(all: readonly SourceFile[]): Finding[] {
  const sources = all.filter((file) => isSource(file.path));
  return [
    ...sources.flatMap((file) => [...checkHead(file), ...checkLength(file), ...checkImports(file)]),
    ...checkReferences(sources),
    ...all.flatMap((file) => checkBannedText(file)),
    ...all.filter((file) => file.path.endsWith('package-lock.json')).flatMap((file) => checkLockFile(file)),
  ];
}

function readSource(path: string): SourceFile {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}
