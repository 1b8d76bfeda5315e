/** Writes a configuration as TOML that loads to the same configuration. */
import { escapeReferences } from '../expand.ts';
import {
  CONFIG_SECTIONS,
  type ConfigKey,
  type ConfigSection,
  type ConfigTable,
  type ConfigValue,
  readKey,
} from '../keys.ts';
import type { Config } from '../schema.ts';

/** The lines to write before a section or key: comments, or nothing. */
export interface TomlComments {
  readonly section: (section: ConfigSection) => readonly string[];
  readonly key: (key: ConfigKey) => readonly string[];
  /** Whether a key without a value is named in a comment. */
  readonly showAbsent: boolean;
}

export const NO_COMMENTS: TomlComments = { section: () => [], key: () => [], showAbsent: false };

/** All sections with all keys, separated by empty lines. */
export function renderToml(config: Config, comments: TomlComments = NO_COMMENTS): string {
  return CONFIG_SECTIONS.map((section) => renderSection(config, section, comments)).join('\n');
}

function renderSection(config: Config, section: ConfigSection, comments: TomlComments): string {
  const keys = section.keys.flatMap((key) => {
    if (key.kind === 'tables') return [];
    const value = readKey(config, key);
    if (value === undefined) return comments.showAbsent ? [...comments.key(key), `# ${key.name} = ""`] : [];
    return [...comments.key(key), `${key.name} = ${renderValue(value, key.kind)}`];
  });
  const tables = section.keys.flatMap((key) => renderTables(config, key, comments));
  return [...comments.section(section), `[${section.path}]`, ...keys, ...tables, ''].join('\n');
}

/** A list of tables, behind the keys of its section; without any, one in a comment where those are wanted. */
function renderTables(config: Config, key: ConfigKey, comments: TomlComments): string[] {
  if (key.kind !== 'tables') return [];
  const tables = (readKey(config, key) ?? []) as readonly ConfigTable[];
  const written = tables.flatMap((table) => [
    '',
    `[[${key.path}]]`,
    ...key.entries.flatMap(({ name, kind }) => {
      const value = table[name];
      return value === undefined ? [] : [`${name} = ${renderValue(value, kind)}`];
    }),
  ]);
  if (!comments.showAbsent) return written;
  const example = key.entries.flatMap((entry) => {
    const value = entry.fallback === undefined ? '""' : renderValue(entry.fallback, entry.kind);
    return [...comments.key(entry).filter((line) => line !== ''), `# ${entry.name} = ${value}`];
  });
  return [...written, ...comments.key(key), `# [[${key.path}]]`, ...example];
}

/** One value; a number that may have a fraction always shows one. */
export function renderValue(value: ConfigValue, kind: ConfigKey['kind']): string {
  if (typeof value === 'object') return `[${value.map(renderEntry).join(', ')}]`;
  if (typeof value === 'string') return renderText(value);
  return kind === 'number' && Number.isInteger(value) ? `${value}.0` : String(value);
}

/** An entry of a list; a table in one line. */
function renderEntry(entry: string | ConfigTable): string {
  if (typeof entry === 'string') return renderText(entry);
  const pairs = Object.entries(entry).map(([name, value]) => `${name} = ${renderValue(value, 'text')}`);
  return `{ ${pairs.join(', ')} }`;
}

/** A basic string: TOML escapes as JSON does, and the delete character besides. */
function renderText(text: string): string {
  return JSON.stringify(escapeReferences(text)).replaceAll('\u007f', '\\u007f');
}
