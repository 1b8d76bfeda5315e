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
    for (const name of key.path.split('.').slice(0, -1)) {
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
  // What could not be filled in from the environment has been told already.
  const reported = new Set(findings.kept.map(({ path }) => path));
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
  let place: Setting = setting;
  let path = setting.key.path;
  for (const part of issue.path.slice(path.split('.').length)) {
    if (typeof part === 'number') {
      path = entryPath(path, part);
      place = entryOf(place, part);
      continue;
    }
    const key = place.key.entries.find((candidate) => candidate.name === part);
    if (key === undefined || !isTomlTable(place.value)) break;
    const value = place.value[key.name];
    if (value === undefined && issue.code !== 'custom') {
      return [{ path, fault: { message: `needs ${key.name}`, suggestion: null } }];
    }
    path = joinPath(path, key.name);
    place = { ...place, key, value };
  }
  if (issue.code !== 'unrecognized_keys') return [{ path, fault: toFault(issue, place, place.value) }];
  return issue.keys.map((unknown) => ({
    path: joinPath(path, unknown),
    fault: { message: 'is not a known key', suggestion: suggestKey(unknown, place.key.entries) },
  }));
}

/** One entry of a list is told by what an entry must be. */
function entryOf(list: Setting, index: number): Setting {
  const { key, value } = list;
  const entry: unknown = Array.isArray(value) ? value[index] : undefined;
  return { ...list, key: { ...key, kind: 'text', expected: key.expectedEntry }, value: entry };
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
  if (issue.code === 'too_small' && issue.origin === 'array') {
    const unit = issue.minimum === 1 ? 'entry' : 'entries';
    return { message: `must have at least ${issue.minimum} ${unit}`, suggestion: null };
  }
  const shown = key.secret ? '' : `, not ${describeValue(value)}`;
  const suggestion = suggestUnquoted(key, variable, value) ?? suggestBrackets(key, value);
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

/** One pair of brackets makes a table, two make an entry of a list of tables. */
function suggestBrackets({ kind, path }: ConfigKey, value: unknown): string | null {
  const header = path.replaceAll('[]', '');
  if (kind === 'tables' && isTomlTable(value)) return `write [[${header}]]`;
  return kind === 'table' && Array.isArray(value) ? `write [${header}]` : null;
}

/** Numbers and switches in quotes are a common slip, above all with references to the environment. */
function suggestUnquoted(key: ConfigKey, variable: string | null, value: unknown): string | null {
  const scalar = key.kind === 'integer' || key.kind === 'number' || key.kind === 'boolean';
  if (!scalar || typeof value !== 'string' || variable !== null) return null;
  return /^(true|false|-?[0-9.]{1,20})$/.test(value)
    ? `write it without quotes, or set ${key.environmentName}`
    : null;
}
