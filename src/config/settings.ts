/**
 * Settings: what was written for which key, before it is checked.
 *
 * The tables of the file become a flat map of known keys. A name that is not known is a finding with the name
 * that was probably meant; none is skipped.
 */
import type { Findings } from './fault.ts';
import { joinPath } from './key-path.ts';
import { CONFIG_KEYS, CONFIG_SECTIONS, type ConfigKey, type ConfigSection, KEYS_BY_PATH } from './keys.ts';
import { nearestName } from './suggest.ts';
import { isTomlTable, type TomlTable } from './toml-document.ts';

/** Where a setting was written, if not in the file. */
export interface WrittenText {
  /** As people call it: `policy 7 (fleet)`. */
  readonly name: string;
  readonly text: string;
}

export interface Setting {
  readonly key: ConfigKey;
  /** As written; of any type until it is checked. */
  readonly value: unknown;
  /** The environment variable that set it; null for a text. */
  readonly variable: string | null;
  /** The policy of the fleet that set it; null for the node's own file and the environment. */
  readonly policy: WrittenText | null;
}

/** By key path. */
export type Settings = ReadonlyMap<string, Setting>;

/** Names of other dialects and of parts that were left out, each with what to do instead. */
const RETIRED_NAMES: Readonly<Record<string, string>> = {
  syn_proxy: 'remove it; SYN floods are left to the kernel and its SYN cookies',
  platform: 'remove it; the node listens on network.listen_addr',
  public_interface: 'write network.listen_addr instead',
};

/** Sections that a suggestion names at most. */
const OWNERS_MAX = 4;

const SECTIONS_BY_PATH: ReadonlyMap<string, ConfigSection> = new Map(
  CONFIG_SECTIONS.map((section) => [section.path, section]),
);

/** Reads the tables of a file or of a policy; unknown names and sections that are no tables become findings. */
export function readSettings(
  root: TomlTable,
  findings: Findings,
  policy: WrittenText | null = null,
): Settings {
  const settings = new Map<string, Setting>();
  const keep = (key: ConfigKey, value: unknown): void => {
    settings.set(key.path, { key, value, variable: null, policy });
  };
  readTable('', root, keep, findings);
  return settings;
}

/** Follows known sections only, so it goes no deeper than the schema. */
function readTable(
  section: string,
  table: TomlTable,
  keep: (key: ConfigKey, value: unknown) => void,
  findings: Findings,
): void {
  for (const [name, value] of Object.entries(table)) {
    const path = joinPath(section, name);
    const key = KEYS_BY_PATH.get(path);
    if (key !== undefined) {
      keep(key, value);
    } else if (!SECTIONS_BY_PATH.has(path)) {
      findings.add(path, {
        message: isTomlTable(value) ? 'is not a known section' : 'is not a known key',
        suggestion: findings.hasRoom ? suggestName(section, name) : null,
      });
    } else if (isTomlTable(value)) {
      readTable(path, value, keep, findings);
    } else {
      findings.add(path, {
        message: 'is a section, not a key',
        suggestion: `write [${path}] and its keys below`,
      });
    }
  }
}

function suggestName(section: string, name: string): string | null {
  const retired = Object.hasOwn(RETIRED_NAMES, name) ? RETIRED_NAMES[name] : undefined;
  if (retired !== undefined) return retired;
  return suggestWithoutUnit(section, name) ?? suggestElsewhere(name) ?? suggestNear(section, name);
}

/** Older keys count seconds without saying so; files of another dialect add the unit to the name. */
function suggestWithoutUnit(section: string, name: string): string | null {
  const bare = name.replace(/_(seconds|secs|sec|s)$/, '');
  const known = KEYS_BY_PATH.get(joinPath(section, bare));
  return bare === name || known === undefined ? null : `write ${bare}, which counts seconds`;
}

/** The same name in other sections; one that stands almost everywhere says nothing. */
function suggestElsewhere(name: string): string | null {
  const owners = [
    ...CONFIG_KEYS.filter((key) => key.name === name).map((key) => `[${key.section}]`),
    ...CONFIG_SECTIONS.filter((section) => section.path.endsWith(`.${name}`)).map(
      (section) => `[${section.path.slice(0, -name.length - 1)}]`,
    ),
  ];
  return owners.length === 0 || owners.length > OWNERS_MAX
    ? null
    : `${name} belongs to ${owners.join(' or ')}`;
}

/** A slip of the pen: first among the neighbours, then anywhere. */
function suggestNear(section: string, name: string): string | null {
  const prefix = section === '' ? '' : `${section}.`;
  const siblings = [...KEYS_BY_PATH.keys(), ...SECTIONS_BY_PATH.keys()]
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length))
    .filter((rest) => !rest.includes('.'));
  const sibling = nearestName(name, siblings);
  if (sibling !== null) return `did you mean ${sibling}?`;
  const known = nearestName(
    name,
    CONFIG_KEYS.map((key) => key.name),
  );
  const owner = known === null ? null : suggestElsewhere(known);
  return owner === null ? null : `did you mean ${known}? ${owner}`;
}
