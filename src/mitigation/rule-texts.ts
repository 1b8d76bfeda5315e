/**
 * The rule files as the main thread read them, for all workers: a file that changes between two reads, or a worker
 * that starts an hour later, must not give one node two policies.
 */
import { fail, type Result } from '../core/result.ts';
import type { PatternFacts } from '../waf/patterns/pattern-facts.ts';
import type { RuleFiles } from '../waf/seclang/rule-files.ts';

/** What every read answered, by what was asked for; plain data that can be sent to a worker. */
export interface RuleTexts extends ReadTexts {
  /** What compiling them found out about their patterns. */
  readonly patternFacts: PatternFacts;
}

export interface ReadTexts {
  readonly texts: ReadonlyMap<string, Result<string, string>>;
  readonly expansions: ReadonlyMap<string, Result<readonly string[], string>>;
}

export const NO_RULE_TEXTS: RuleTexts = { texts: new Map(), expansions: new Map(), patternFacts: new Map() };

/** Reads through `files` and keeps what was read. */
export class RecordingRuleFiles implements RuleFiles {
  readonly #files: RuleFiles;
  readonly #texts = new Map<string, Result<string, string>>();
  readonly #expansions = new Map<string, Result<readonly string[], string>>();

  constructor(files: RuleFiles) {
    this.#files = files;
  }

  get recorded(): ReadTexts {
    return { texts: this.#texts, expansions: this.#expansions };
  }

  readText(path: string): Result<string, string> {
    const known = this.#texts.get(path);
    if (known !== undefined) return known;
    const text = this.#files.readText(path);
    this.#texts.set(path, text);
    return text;
  }

  expand(pattern: string, folder: string): Result<readonly string[], string> {
    const key = expansionKey(pattern, folder);
    const known = this.#expansions.get(key);
    if (known !== undefined) return known;
    const paths = this.#files.expand(pattern, folder);
    this.#expansions.set(key, paths);
    return paths;
  }
}

/** Answers what was recorded, and nothing else. */
export class RecordedRuleFiles implements RuleFiles {
  readonly #texts: ReadTexts;

  constructor(texts: ReadTexts) {
    this.#texts = texts;
  }

  readText(path: string): Result<string, string> {
    return this.#texts.texts.get(path) ?? fail('was not read when the policy was made');
  }

  expand(pattern: string, folder: string): Result<readonly string[], string> {
    const paths = this.#texts.expansions.get(expansionKey(pattern, folder));
    return paths ?? fail('was not read when the policy was made');
  }
}

function expansionKey(pattern: string, folder: string): string {
  return `${folder}\0${pattern}`;
}
