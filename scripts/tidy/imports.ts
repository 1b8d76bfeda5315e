/**
 * Imports point one way: the blocks of src/core know nothing, the folders in the middle know the core, the
 * programs know those, and the command line knows everything. One table says so; a new folder needs a row.
 *
 * Files inside a folder may import each other; tests and their helpers may import what they like.
 */
import { posix } from 'node:path';
import { errorAt, type Finding, isTest, isTestSupport, lineAt, type SourceFile } from './source.ts';

export interface FolderRule {
  /** Folders of src that this one may import from. */
  readonly folders: readonly string[];
  /** npm packages that this one may import. */
  readonly packages: readonly string[];
}

export type FolderRules = Readonly<Record<string, FolderRule>>;

export const FOLDER_RULES: FolderRules = {
  core: { folders: [], packages: [] },
  config: { folders: ['core'], packages: ['smol-toml', 'zod', 're2js'] },
  http: { folders: ['core'], packages: [] },
  tls: { folders: ['core'], packages: ['@peculiar/x509', 'jose', 'reflect-metadata'] },
  waf: { folders: ['core'], packages: ['re2js'] },
  messages: { folders: ['core'], packages: ['zod'] },
  export: { folders: ['core'], packages: [] },
  fleet: { folders: ['core', 'messages'], packages: [] },
  nats: { folders: ['core', 'config'], packages: ['@nats-io/transport-node'] },
  mitigation: {
    folders: ['core', 'config', 'http', 'tls', 'waf', 'messages', 'export', 'fleet', 'nats'],
    packages: ['@nats-io/transport-node', 'hono', '@hono/node-server', '@hono/zod-openapi', 'pino', 'zod'],
  },
  orchestrator: {
    folders: ['core', 'config', 'tls', 'messages', 'export', 'fleet', 'nats'],
    packages: [
      '@hono/node-server',
      '@hono/zod-openapi',
      '@nats-io/jetstream',
      '@nats-io/kv',
      '@nats-io/transport-node',
      'dns-packet',
      'hono',
      'pino',
      'zod',
    ],
  },
  origin: { folders: ['core'], packages: [] },
  cli: {
    folders: [
      'core',
      'config',
      'http',
      'tls',
      'waf',
      'messages',
      'export',
      'fleet',
      'nats',
      'mitigation',
      'orchestrator',
      'origin',
    ],
    packages: ['commander', 'pino'],
  },
};

const IMPORT = /^\s*(?:import|export)\s[^'";]*?\bfrom\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]/gm;
const DYNAMIC =
  /\bimport\(\s*['"]([^'"]+)['"]\s*\)|\bnew URL\(\s*['"](\.[^'"]+)['"]\s*,\s*import\.meta\.url\s*\)/g;

export interface ImportReference {
  readonly specifier: string;
  readonly line: number;
}

/** What a file names: static and dynamic imports, and files that it hands to a worker thread or a process. */
export function findImports(text: string): ImportReference[] {
  return [...text.matchAll(IMPORT), ...text.matchAll(DYNAMIC)].map((match) => ({
    specifier: match[1] ?? match[2] ?? '',
    line: lineAt(text, match.index + match[0].search(/\S/)),
  }));
}

/** The path, relative to the root, that a relative specifier names from within `path`. */
export function resolveSpecifier(path: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(path), specifier));
}

export function checkImports(file: SourceFile, rules: FolderRules = FOLDER_RULES): Finding[] {
  const folder = sourceFolder(file.path);
  if (folder === null || isTest(file.path) || isTestSupport(file.path)) return [];
  const rule = rules[folder];
  if (rule === undefined) {
    return [errorAt(file.path, 0, `src/${folder} has no row in the import table of scripts/tidy/imports.ts`)];
  }
  return findImports(file.text).flatMap(({ specifier, line }) => {
    const fault = importFault(file.path, folder, specifier, rule);
    return fault === null ? [] : [errorAt(file.path, line, fault)];
  });
}

function importFault(path: string, folder: string, specifier: string, rule: FolderRule): string | null {
  if (specifier.startsWith('node:')) return null;
  if (!specifier.startsWith('.')) {
    const name = packageName(specifier);
    return rule.packages.includes(name) ? null : `src/${folder} may not import the package ${name}`;
  }
  const target = resolveSpecifier(path, specifier);
  if (target === 'package.json') return null;
  const other = sourceFolder(target);
  if (other === null) return `src may not import ${target}`;
  return other === folder || rule.folders.includes(other)
    ? null
    : `src/${folder} may not import src/${other}`;
}

function sourceFolder(path: string): string | null {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? null;
}

function packageName(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
