/**
 * `${NAME}` and `${NAME:-default}` in the texts of a file, filled in from the environment.
 *
 * `$${` stands for a literal `${`. A name that is not set and has no default is a finding, never an empty text.
 * Values that come from the environment themselves are taken as they are.
 */
import { fail, ok, type Result } from '../core/result.ts';
import type { Environment } from './environment.ts';
import type { Findings, ValueFault } from './fault.ts';
import { entryPath, joinPath } from './key-path.ts';
import type { Setting, Settings } from './settings.ts';
import { isTomlTable } from './toml-document.ts';

/** All expanded texts together; a small file that names one large variable often must not fill the memory. */
const EXPANDED_CHARACTERS_MAX = 1_048_576;

/** An escape, a reference, or a `${` that is neither. */
const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]{0,63})(:-[^}]*)?\}|\$\{/g;

/** Fills in all settings of the file; one that cannot be is a finding and left out. */
export function expandSettings(settings: Settings, environment: Environment, findings: Findings): Settings {
  const expander = new Expander(environment);
  const expanded = new Map<string, Setting>();
  for (const [path, setting] of settings) {
    const value =
      setting.variable === null ? expandValue(path, setting.value, expander, findings) : ok(setting.value);
    if (value.ok) {
      expanded.set(path, { ...setting, value: value.value });
    }
  }
  return expanded;
}

/** A literal text as a file must write it so that it is not taken for a reference. */
export function escapeReferences(text: string): string {
  return text.replaceAll('${', '$$${');
}

function expandValue(
  path: string,
  value: unknown,
  expander: Expander,
  findings: Findings,
): Result<unknown, null> {
  if (typeof value === 'string') {
    const text = expander.expand(value);
    if (!text.ok) {
      findings.add(path, text.fault);
      return fail(null);
    }
    return text;
  }
  if (!Array.isArray(value)) return ok(value);
  const entries = value.map((entry: unknown, index) =>
    expandEntry(entryPath(path, index), entry, expander, findings),
  );
  return entries.every((entry) => entry.ok) ? ok(entries.map((entry) => entry.value)) : fail(null);
}

/** A text, or a table of a list of tables with its own texts; the schema knows nothing deeper. */
function expandEntry(
  path: string,
  entry: unknown,
  expander: Expander,
  findings: Findings,
): Result<unknown, null> {
  if (typeof entry === 'string') return expandValue(path, entry, expander, findings);
  if (!isTomlTable(entry)) return ok(entry);
  const pairs = Object.entries(entry).map(([name, value]) => {
    const flat = typeof value === 'string' || (Array.isArray(value) && value.every(isText));
    const expanded = flat ? expandValue(joinPath(path, name), value, expander, findings) : ok(value);
    return [name, expanded] as const;
  });
  if (pairs.some(([, value]) => !value.ok)) return fail(null);
  const table: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of pairs) table[name] = value.ok ? value.value : null;
  return ok(table);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

class Expander {
  readonly #environment: Environment;
  #charactersLeft = EXPANDED_CHARACTERS_MAX;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  expand(text: string): Result<string, ValueFault> {
    let expanded = '';
    let copiedTo = 0;
    for (const match of text.matchAll(REFERENCE)) {
      const piece = this.#lookUp(match);
      if (!piece.ok) return piece;
      this.#charactersLeft -= piece.value.length;
      if (this.#charactersLeft < 0) return fail({ message: 'expands to too much text', suggestion: null });
      expanded += text.slice(copiedTo, match.index) + piece.value;
      copiedTo = match.index + match[0].length;
    }
    return ok(expanded + text.slice(copiedTo));
  }

  #lookUp(match: RegExpExecArray): Result<string, ValueFault> {
    const [whole, name, fallback] = match;
    if (whole === '$${') return ok('${');
    if (name === undefined) {
      return fail({
        message: `has a \${ that is not \${NAME} or \${NAME:-default}`,
        suggestion: `write $\${ for a literal \${`,
      });
    }
    const value = Object.hasOwn(this.#environment, name) ? this.#environment[name] : undefined;
    if (fallback !== undefined) return ok(value === undefined || value === '' ? fallback.slice(2) : value);
    if (value === undefined) {
      return fail({
        message: `needs the environment variable ${name}, which is not set`,
        suggestion: `set it, or write \${${name}:-default}`,
      });
    }
    return ok(value);
  }
}
