/**
 * The configuration as a flat list of keys, for everything that treats all keys alike: reading the file and the
 * environment, wording faults, printing, comparing, documenting.
 *
 * The list is read off the JSON Schema that zod derives from the schema, so it holds nothing of its own.
 */
import { z } from 'zod';
import { type Config, configSchema } from './schema.ts';

export type ConfigValue =
  | string
  | number
  | boolean
  | readonly (string | number)[]
  | readonly ConfigTable[]
  | ConfigTable;

/** One table of a list of tables, `[[sites]]`, or a table within one, `[sites.waf]`. */
export type ConfigTable = { readonly [name: string]: ConfigValue };

export interface ConfigKey {
  /** `ddos.rate_limiting.burst_size`; within the tables of a list `sites[].origins[].url`. */
  readonly path: string;
  /** Path of its section: `ddos.rate_limiting`; empty for a list of tables at the top. */
  readonly section: string;
  readonly name: string;
  /** `SECBEAT__DDOS__RATE_LIMITING__BURST_SIZE` */
  readonly environmentName: string;
  /** A `table` stands only within the tables of a list; elsewhere tables are sections. */
  readonly kind: 'boolean' | 'integer' | 'number' | 'text' | 'list' | 'table' | 'tables';
  /** The keys of a table or of each table of a list; of any other key none. */
  readonly entries: readonly ConfigKey[];
  /** What a value must be, for people: `a whole number from 1 to 3600`. */
  readonly expected: string;
  /** What an entry of a list must be; equal to `expected` elsewhere. */
  readonly expectedEntry: string;
  readonly description: string;
  /** Whether the entries of a list are numbers. */
  readonly listsNumbers: boolean;
  /** Undefined where the key has no default and may be absent, and for a table, whose keys have their own. */
  readonly fallback: ConfigValue | undefined;
  /** A change takes effect at the next start only. */
  readonly restart: boolean;
  /** The value is never shown. */
  readonly secret: boolean;
  /** The value, or each entry of it, names a file on the machine. */
  readonly file: boolean;
}

export interface ConfigSection {
  readonly path: string;
  readonly description: string;
  /** Its own keys; those of its sub-sections stand with them. A list of tables at the top is its own one key. */
  readonly keys: readonly ConfigKey[];
}

/** Whether a section is a list of tables at the top: `[[sites]]`. */
export function isTableList(section: ConfigSection): boolean {
  return section.keys[0]?.path === section.path;
}

/** Begins the name of every environment variable that sets a key. */
export const ENVIRONMENT_PREFIX = 'SECBEAT__';

/** What is used of the JSON Schema, with our own marks. */
interface SchemaNode {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
  readonly default?: ConfigValue;
  readonly form?: string;
  readonly restart?: boolean;
  readonly secret?: boolean;
  readonly file?: boolean;
}

/** All sections in the order of the file; a section stands before its sub-sections. */
export const CONFIG_SECTIONS: readonly ConfigSection[] = listSections();

/** All keys in the order of the file. */
export const CONFIG_KEYS: readonly ConfigKey[] = CONFIG_SECTIONS.flatMap((section) => section.keys);

export const KEYS_BY_PATH: ReadonlyMap<string, ConfigKey> = new Map(
  CONFIG_KEYS.map((key) => [key.path, key]),
);

/** The value of a key; undefined where an optional one is absent. */
export function readKey(config: Config, key: ConfigKey): ConfigValue | undefined {
  let value: unknown = config;
  for (const name of key.path.split('.')) {
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value as ConfigValue | undefined;
}

function listSections(): readonly ConfigSection[] {
  const root = z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode;
  return Object.entries(root.properties ?? {}).flatMap(([name, node]) =>
    node.type === 'object'
      ? sectionsAt(name, node, false)
      : [{ path: name, description: node.description ?? '', keys: [toKey('', name, node, false)] }],
  );
}

function sectionsAt(path: string, node: SchemaNode, restartOfParent: boolean): readonly ConfigSection[] {
  const restart = restartOfParent || node.restart === true;
  const children = Object.entries(node.properties ?? {});
  const keys = children
    .filter(([, child]) => child.type !== 'object')
    .map(([name, child]) => toKey(path, name, child, restart));
  const sections = children
    .filter(([, child]) => child.type === 'object')
    .flatMap(([name, child]) => sectionsAt(`${path}.${name}`, child, restart));
  return [{ path, description: node.description ?? '', keys }, ...sections];
}

function toKey(section: string, name: string, node: SchemaNode, restart: boolean): ConfigKey {
  const path = section === '' ? name : `${section}.${name}`;
  const kind = toKind(node);
  return {
    path,
    section,
    name,
    environmentName: `${ENVIRONMENT_PREFIX}${path.toUpperCase().replaceAll('.', '__')}`,
    kind,
    entries: toEntries(path, node, restart || node.restart === true),
    expected: describe(node),
    expectedEntry: describe(node.items ?? node),
    listsNumbers: node.items?.type === 'integer' || node.items?.type === 'number',
    description: node.description ?? '',
    fallback: kind === 'table' ? undefined : node.default,
    restart: restart || node.restart === true,
    secret: node.secret === true,
    file: node.file === true || node.items?.file === true,
  };
}

function toEntries(path: string, node: SchemaNode, restart: boolean): readonly ConfigKey[] {
  const [table, inner] = node.type === 'array' ? [node.items, `${path}[]`] : [node, path];
  return Object.entries(table?.properties ?? {}).map(([name, entry]) => toKey(inner, name, entry, restart));
}

function toKind(node: SchemaNode): ConfigKey['kind'] {
  switch (node.type) {
    case 'boolean':
    case 'integer':
    case 'number':
      return node.type;
    case 'array':
      return node.items?.type === 'object' ? 'tables' : 'list';
    case 'object':
      return 'table';
    default:
      return 'text';
  }
}

function describe(node: SchemaNode): string {
  switch (node.type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number from ${node.minimum} to ${node.maximum}`;
    case 'number':
      return `a number from ${node.minimum} to ${node.maximum}`;
    case 'object':
      return 'a table';
    case 'array':
      if (node.items?.type === 'object') return 'a list of tables';
      return `a list, each entry ${describe(node.items ?? {})}`;
    default:
      return describeChoices(node.enum) ?? node.form ?? 'a text';
  }
}

/** `"a", "b" or "c"` */
function describeChoices(choices: readonly string[] | undefined): string | null {
  if (choices === undefined) return null;
  const quoted = choices.map((choice) => JSON.stringify(choice));
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
}
