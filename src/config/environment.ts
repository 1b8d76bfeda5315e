/**
 * Settings from environment variables: `SECBEAT__SECTION__KEY`, two underscores a level.
 *
 * A value is read by the type of its key. Text that does not read stays text, and the schema refuses it with the
 * same words as in a file. An unknown name with the prefix is a finding: a mistyped override must not be silent.
 */
import type { Findings } from './fault.ts';
import { joinPath } from './key-path.ts';
import { CONFIG_KEYS, type ConfigKey, ENVIRONMENT_PREFIX } from './keys.ts';
import type { Setting, Settings } from './settings.ts';
import { nearestName } from './suggest.ts';
import { parseTomlText } from './toml-document.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const KEYS_BY_VARIABLE: ReadonlyMap<string, ConfigKey> = new Map(
  CONFIG_KEYS.map((key) => [key.environmentName, key]),
);

export function readEnvironment(environment: Environment, findings: Findings): Settings {
  const settings = new Map<string, Setting>();
  for (const [variable, text] of Object.entries(environment)) {
    if (text === undefined || !variable.startsWith(ENVIRONMENT_PREFIX)) continue;
    const key = KEYS_BY_VARIABLE.get(variable);
    if (key === undefined) {
      findings.addVariable(joinPath('', variable), {
        message: 'is set in the environment but names no key',
        suggestion: findings.hasRoom ? suggestVariable(variable) : null,
      });
    } else {
      settings.set(key.path, { key, value: readValue(key, text), variable, policy: null });
    }
  }
  return settings;
}

function readValue(key: ConfigKey, text: string): unknown {
  switch (key.kind) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'integer':
    case 'number':
      return readNumber(text);
    case 'list':
    case 'tables':
      return readList(text, key.listsNumbers);
    case 'table':
    case 'text':
      return text;
  }
}

function readNumber(text: string): unknown {
  return /^-?[0-9]{1,15}(\.[0-9]{1,15})?$/.test(text) ? Number(text) : text;
}

/** `a, b` or a list as in JSON or TOML, which may hold commas and quotes inside its entries. */
function readList(text: string, ofNumbers: boolean): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  if (!trimmed.startsWith('[')) {
    const entries = trimmed.split(',').map((entry) => entry.trim());
    return ofNumbers ? entries.map(readNumber) : entries;
  }
  try {
    return JSON.parse(trimmed);
  } catch {
    const document = parseTomlText(`list = ${trimmed}`);
    return document.ok ? document.value.root.list : text;
  }
}

function suggestVariable(variable: string): string | null {
  const meant = nearestName(variable, KEYS_BY_VARIABLE.keys());
  return meant === null ? null : `did you mean ${meant}?`;
}
