/**
 * From settings to a configuration: the schema checks every value, and each one it refuses becomes a finding.
 *
 * Refused settings are replaced by their defaults, so that the relations between the others can still be checked
 * and all faults appear at once. Such a configuration is never handed out: see load.ts.
 */
import type { z } from 'zod';
import { type Findings, quote, type ValueFault } from './fault.ts';
import { entryPath } from './key-path.ts';
import type { ConfigKey } from './keys.ts';
import { type Config, configSchema, deepFreeze } from './schema.ts';
import type { Setting, Settings } from './settings.ts';

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
    const names = issue.path.filter((part) => typeof part === 'string');
    const index = issue.path.find((part) => typeof part === 'number');
    const setting = settings.get(names.join('.'));
    if (setting === undefined) continue;
    const path = index === undefined ? setting.key.path : entryPath(setting.key.path, index);
    refused.add(setting.key.path);
    if (!reported.has(path)) {
      reported.add(path);
      findings.add(path, toFault(issue, setting, index));
    }
  }
  return refused;
}

function toFault(issue: z.core.$ZodIssue, setting: Setting, index: number | undefined): ValueFault {
  const { key, value } = setting;
  if (issue.code === 'custom') {
    const suggestion: unknown = issue.params?.suggestion;
    return { message: issue.message, suggestion: typeof suggestion === 'string' ? suggestion : null };
  }
  if (issue.code === 'too_big' && (issue.origin === 'array' || issue.origin === 'string')) {
    const unit = issue.origin === 'array' ? 'entries' : 'characters';
    return { message: `must have at most ${issue.maximum} ${unit}`, suggestion: null };
  }
  const entry: unknown = index === undefined || !Array.isArray(value) ? value : value[index];
  const expected = index === undefined ? key.expected : key.expectedEntry;
  const shown = key.secret ? '' : `, not ${describeValue(entry)}`;
  return { message: `must be ${expected}${shown}`, suggestion: suggestUnquoted(key, setting, entry) };
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
function suggestUnquoted(key: ConfigKey, setting: Setting, value: unknown): string | null {
  const scalar = key.kind === 'integer' || key.kind === 'number' || key.kind === 'boolean';
  if (!scalar || typeof value !== 'string' || setting.variable !== null) return null;
  return /^(true|false|-?[0-9.]{1,20})$/.test(value)
    ? `write it without quotes, or set ${key.environmentName}`
    : null;
}
