/** Writes a configuration as TOML that loads to the same configuration. */
import { escapeReferences } from '../expand.ts';
import {
  CONFIG_SECTIONS,
  type ConfigKey,
  type ConfigSection,
  type ConfigTable,
  type ConfigValue,
  isTableList,
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
  return CONFIG_SECTIONS.map((section) => renderSection(config, section, comments))
    .filter((text) => text !== '')
    .join('\n');
}

function renderSection(config: Config, section: ConfigSection, comments: TomlComments): string {
  const keys = section.keys.flatMap((key) => {
    if (key.kind === 'tables') return [];
    const value = readKey(config, key);
    if (value === undefined) return comments.showAbsent ? [...comments.key(key), `# ${key.name} = ""`] : [];
    return [...comments.key(key), `${key.name} = ${renderValue(value, key.kind)}`];
  });
  const tables = section.keys.flatMap((key) => renderTables(config, key, comments));
  // The empty line in front of the first table already parts it from the section before.
  if (isTableList(section)) return tables.length === 0 ? '' : [...tables.slice(1), ''].join('\n');
  return [...comments.section(section), `[${section.path}]`, ...keys, ...tables, ''].join('\n');
}

/** A list of tables, behind the keys of its section; where comments are wanted, one table as an example besides. */
function renderTables(config: Config, key: ConfigKey, comments: TomlComments): string[] {
  if (key.kind !== 'tables') return [];
  const written = renderTable(key, readKey(config, key));
  return comments.showAbsent ? [...written, '', ...renderExample(key, comments)] : written;
}

/** The keys of a table or of each table of a list, those with one value first: they would belong to a header before. */
function renderTable(key: ConfigKey, value: ConfigValue | undefined): string[] {
  const tables = (value === undefined ? [] : [value].flat()) as readonly ConfigTable[];
  return tables.flatMap((table) => [
    '',
    headerOf(key),
    ...key.entries.flatMap((entry) => {
      const inner = table[entry.name];
      return hasHeader(entry) || inner === undefined
        ? []
        : [`${entry.name} = ${renderValue(inner, entry.kind)}`];
    }),
    ...key.entries.filter(hasHeader).flatMap((entry) => renderTable(entry, table[entry.name])),
  ]);
}

/** One table of a list with all its keys, in comments. */
function renderExample(key: ConfigKey, comments: TomlComments): string[] {
  const describe = (one: ConfigKey) => comments.key(one).filter((line) => line !== '');
  return [
    ...describe(key),
    `# ${headerOf(key)}`,
    ...key.entries
      .filter((entry) => !hasHeader(entry))
      .flatMap((entry) => {
        const value = entry.fallback === undefined ? '""' : renderValue(entry.fallback, entry.kind);
        return [...describe(entry), `# ${entry.name} = ${value}`];
      }),
    ...key.entries.filter(hasHeader).flatMap((entry) => ['#', ...renderExample(entry, comments)]),
  ];
}

function hasHeader({ kind }: ConfigKey): boolean {
  return kind === 'table' || kind === 'tables';
}

/** `[[sites]]`, `[sites.waf]` */
function headerOf({ kind, path }: ConfigKey): string {
  const name = path.replaceAll('[]', '');
  return kind === 'table' ? `[${name}]` : `[[${name}]]`;
}

/** One value; a number that may have a fraction always shows one. */
export function renderValue(value: ConfigValue, kind: ConfigKey['kind']): string {
  if (Array.isArray(value)) return `[${value.map((entry) => renderValue(entry, 'text')).join(', ')}]`;
  if (typeof value === 'string') return renderText(value);
  if (typeof value === 'object') return renderInline(value as ConfigTable);
  return kind === 'number' && Number.isInteger(value) ? `${value}.0` : String(value);
}

/** A table in one line. */
function renderInline(table: ConfigTable): string {
  const pairs = Object.entries(table).map(([name, value]) => `${name} = ${renderValue(value, 'text')}`);
  return `{ ${pairs.join(', ')} }`;
}

/** A basic string: TOML escapes as JSON does, and the delete character besides. */
function renderText(text: string): string {
  return JSON.stringify(escapeReferences(text)).replaceAll('\u007f', '\\u007f');
}
