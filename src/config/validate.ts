/**
 * From settings to a configuration: the schema checks every value, and each one it refuses becomes a finding.
 *
 * Refused settings are replaced by their defaults, so that the relations between the others can still be checked
 * and all faults appear at once. Such a configuration is never handed out: see load.ts.
 */
import type { z } from 'zod';
import { type Findings, quote, type ValueFault } from './fault.ts';
import { entryPath, joinPath } from './key-path.ts';
import type { ConfigKey } from './keys.ts';
import { type Config, configSchema, deepFreeze } from './schema.ts';
import type { Setting, Settings } from './settings.ts';
import { nearestName } from './suggest.ts';
import { isTomlTable } from './toml-document.ts';

export interface Validated {
  readonly config: Config;
  /** The settings that were refused. */
  readonly refused: ReadonlySet<string>;
}

export function validateSettings(settings: Settings, findings: Findings): Validated {
  const checked = configSchema.safeParse(toTree(settings.values()));
  if (checked.success) return { config: deepFreeze(checked.data), refused: new Set() };
  const refused = collectRefused(checked.error.issues, settings, findings);
  const sound = [...settings.values()].filter((setting) => !refused.has(setting.key.path));
  return { config: deepFreeze(configSchema.parse(toTree(sound))), refused };
}

/** Nested as the schema wants it; only names of the schema occur, so no name is special. */
function toTree(settings: Iterable<Setting>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { key, value } of settings) {
    let table = root;
    for (const name of key.section.split('.')) {
      table[name] ??= {};
      table = table[name] as Record<string, unknown>;
    }
    table[key.name] = value;
  }
  return root;
}

/** One finding for each value, however many checks refused it. */
function collectRefused(
  issues: readonly z.core.$ZodIssue[],
  settings: Settings,
  findings: Findings,
): ReadonlySet<string> {
  const refused = new Set<string>();
  const reported = new Set<string>();
  for (const issue of issues) {
    const setting = settings.get(keyPathOf(issue.path));
    if (setting === undefined) continue;
    refused.add(setting.key.path);
    for (const { path, fault } of faultsOf(issue, setting)) {
      if (reported.has(path)) continue;
      reported.add(path);
      findings.add(path, fault);
    }
  }
  return refused;
}

/** The path of the key in front of the first index. */
function keyPathOf(path: readonly PropertyKey[]): string {
  const index = path.findIndex((part) => typeof part === 'number');
  return path.slice(0, index === -1 ? path.length : index).join('.');
}

interface PlacedFault {
  readonly path: string;
  readonly fault: ValueFault;
}

/** Usually one; a table with several unknown keys has one for each. */
function faultsOf(issue: z.core.$ZodIssue, setting: Setting): readonly PlacedFault[] {
  const [index, name, entry] = issue.path.slice(setting.key.path.split('.').length);
  const list = setting.key.path;
  if (typeof index !== 'number') return [{ path: list, fault: toFault(issue, setting, setting.value) }];
  const table = entryPath(list, index);
  const value: unknown = Array.isArray(setting.value) ? setting.value[index] : undefined;
  const inTable = setting.key.kind === 'tables' && isTomlTable(value);
  if (!inTable) return [{ path: table, fault: toFault(issue, toEntrySetting(setting), value) }];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((unknown) => ({
      path: joinPath(table, unknown),
      fault: { message: 'is not a known key', suggestion: suggestKey(unknown, setting.key.entries) },
    }));
  }
  const key = setting.key.entries.find((candidate) => candidate.name === name);
  if (key === undefined) return [{ path: table, fault: toFault(issue, toEntrySetting(setting), value) }];
  const path = joinPath(table, key.name);
  const inner = { key, value: value[key.name], variable: setting.variable };
  if (inner.value === undefined)
    return [{ path: table, fault: { message: `needs ${key.name}`, suggestion: null } }];
  if (typeof entry !== 'number') return [{ path, fault: toFault(issue, inner, inner.value) }];
  const element: unknown = Array.isArray(inner.value) ? inner.value[entry] : undefined;
  return [{ path: entryPath(path, entry), fault: toFault(issue, toEntrySetting(inner), element) }];
}

/** An entry of a list is told by what an entry must be. */
function toEntrySetting(setting: Setting): Setting {
  return { ...setting, key: { ...setting.key, expected: setting.key.expectedEntry } };
}

function suggestKey(name: string, keys: readonly ConfigKey[]): string | null {
  const meant = nearestName(
    name,
    keys.map((key) => key.name),
  );
  return meant === null ? null : `did you mean ${meant}?`;
}

function toFault(issue: z.core.$ZodIssue, { key, variable }: Setting, value: unknown): ValueFault {
  if (issue.code === 'custom') {
    const suggestion: unknown = issue.params?.suggestion;
    return { message: issue.message, suggestion: typeof suggestion === 'string' ? suggestion : null };
  }
  if (issue.code === 'too_big' && (issue.origin === 'array' || issue.origin === 'string')) {
    const unit = issue.origin === 'array' ? 'entries' : 'characters';
    return { message: `must have at most ${issue.maximum} ${unit}`, suggestion: null };
  }
  const shown = key.secret ? '' : `, not ${describeValue(value)}`;
  const suggestion = suggestUnquoted(key, variable, value);
  return { message: `must be ${key.expected}${shown}`, suggestion };
}

function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
    case 'boolean':
      return String(value);
    case 'bigint':
      return 'a number beyond 9007199254740991';
    default:
      return Array.isArray(value) ? 'a list' : value instanceof Date ? 'a date' : 'a table';
  }
}

/** Numbers and switches in quotes are a common slip, above all with references to the environment. */
function suggestUnquoted(key: ConfigKey, variable: string | null, value: unknown): string | null {
  const scalar = key.kind === 'integer' || key.kind === 'number' || key.kind === 'boolean';
  if (!scalar || typeof value !== 'string' || variable !== null) return null;
  return /^(true|false|-?[0-9.]{1,20})$/.test(value)
    ? `write it without quotes, or set ${key.environmentName}`
    : null;
}
