/**
 * What is wrong with a configuration, as data.
 *
 * Checks know key paths only: they leave findings in a bounded list. Where a value was written, in which line
 * of which file or in which environment variable, is added once at the end and makes a finding a fault.
 */

/** Why one value cannot be used. */
export interface ValueFault {
  /** Reads on after the key path: "must be ...". */
  readonly message: string;
  readonly suggestion: string | null;
}

export interface Finding extends ValueFault {
  /** Key path; an entry of a list carries its index: `ddos.blacklist.whitelist[2]`. */
  readonly path: string;
  /** Further keys that take part, for a combination that cannot be. */
  readonly related: readonly string[];
  /** The environment variable that is meant, where the finding is about its name; else null. */
  readonly variable: string | null;
}

export interface ConfigFault extends ValueFault {
  /** The file, or the name of the environment variable, in which the value was written. */
  readonly file: string;
  /** Counted from 1; null where it is not known. */
  readonly line: number | null;
  readonly column: number | null;
  /** Key path such as `ddos.rate_limiting.burst_size`; empty for a fault of the whole file. */
  readonly path: string;
}

/** Nobody reads more, and a hostile file must not fill the memory with them. */
export const FINDINGS_MAX = 100;

/** Characters of a foreign text that a message repeats. */
const QUOTED_CHARACTERS_MAX = 60;

/** A list of findings that keeps the first ones and counts the rest. */
export class Findings {
  readonly #kept: Finding[] = [];
  #dropped = 0;

  add(path: string, fault: ValueFault, related: readonly string[] = []): void {
    this.#keep({ path, message: fault.message, suggestion: fault.suggestion, related, variable: null });
  }

  addVariable(variable: string, fault: ValueFault): void {
    this.#keep({ path: '', message: fault.message, suggestion: fault.suggestion, related: [], variable });
  }

  get kept(): readonly Finding[] {
    return this.#kept;
  }

  /** How many came after the list was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** False once nothing more is kept, which spares the work of wording it. */
  get hasRoom(): boolean {
    return this.#kept.length < FINDINGS_MAX;
  }

  #keep(finding: Finding): void {
    if (this.hasRoom) {
      this.#kept.push(finding);
    } else {
      this.#dropped++;
    }
  }
}

/** `file:line:column: key.path: message (suggestion)`, leaving out what is not known. */
export function formatFault(fault: ConfigFault): string {
  const place = [fault.file, fault.line, fault.column].filter((part) => part !== null).join(':');
  const path = fault.path === '' ? '' : `${fault.path}: `;
  const suggestion = fault.suggestion === null ? '' : ` (${fault.suggestion})`;
  return `${place}: ${path}${fault.message}${suggestion}`;
}

/** A foreign text in quotes: capped, and escaped so that it cannot steer a terminal or start a new line. */
export function quote(text: string): string {
  const shown = text.length > QUOTED_CHARACTERS_MAX ? `${text.slice(0, QUOTED_CHARACTERS_MAX)}...` : text;
  return JSON.stringify(shown).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
