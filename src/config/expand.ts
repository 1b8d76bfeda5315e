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

/** Lists and tables within one key: more than any schema nests, and far less than the stack bears. */
const DEPTH_MAX = 12;

/** An escape, a reference, or a `${` that is neither. */
const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]{0,63})(:-[^}]*)?\}|\$\{/g;

export interface Expansion {
  readonly settings: Settings;
  /** Paths of the settings in which something could not be filled in; what could not stands there as it was written. */
  readonly failed: ReadonlySet<string>;
}

/** Fills in all settings of the file; whatever cannot be is a finding. */
export function expandSettings(settings: Settings, environment: Environment, findings: Findings): Expansion {
  const expander = new Expander(environment, findings);
  const expanded = new Map<string, Setting>();
  const failed = new Set<string>();
  for (const [path, setting] of settings) {
    const value = setting.variable === null ? expander.value(path, setting.value, 0) : setting.value;
    if (expander.takeFailed()) failed.add(path);
    expanded.set(path, { ...setting, value });
  }
  return { settings: expanded, failed };
}

/** A literal text as a file must write it so that it is not taken for a reference. */
export function escapeReferences(text: string): string {
  return text.replaceAll('${', '$$${');
}

class Expander {
  readonly #environment: Environment;
  readonly #findings: Findings;
  #charactersLeft = EXPANDED_CHARACTERS_MAX;
  #failed = false;

  constructor(environment: Environment, findings: Findings) {
    this.#environment = environment;
    this.#findings = findings;
  }

  /** Texts, and those in lists and tables down to where no schema goes; whatever lies deeper is refused later. */
  value(path: string, value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.#text(path, value);
    if (depth === DEPTH_MAX) return value;
    if (Array.isArray(value)) {
      return value.map((entry: unknown, index) => this.value(entryPath(path, index), entry, depth + 1));
    }
    if (!isTomlTable(value)) return value;
    // Without a prototype, as the parser makes them: `__proto__` is a name like any other.
    const expanded = Object.create(null) as Record<string, unknown>;
    for (const [name, inner] of Object.entries(value)) {
      expanded[name] = this.value(joinPath(path, name), inner, depth + 1);
    }
    return expanded;
  }

  /** Whether anything failed since this was last asked. */
  takeFailed(): boolean {
    const failed = this.#failed;
    this.#failed = false;
    return failed;
  }

  #text(path: string, text: string): string {
    const expanded = this.#expand(text);
    if (expanded.ok) return expanded.value;
    this.#failed = true;
    this.#findings.add(path, expanded.fault);
    return text;
  }

  #expand(text: string): Result<string, ValueFault> {
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
