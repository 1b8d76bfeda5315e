/**
 * Rule files into a rule set: files in the order given, statements in the order written, Include in place. All or
 * nothing: a statement that is not understood in full is a fault that names its file and line, and all faults found
 * are returned together, up to a cap. Linear in the text. Bounds: files, depth of Include, rules (`RuleList`), octets
 * of a file (`RuleFiles`).
 */
import { dirname } from 'node:path';
import { fail, ok, type Result } from '../../core/result.ts';
import { type Load, runStatement } from './directives.ts';
import { FaultList } from './fault-list.ts';
import { readLogicalLines } from './logical-lines.ts';
import type { RuleSource } from './rule.ts';
import type { RuleFiles } from './rule-files.ts';
import { RuleList } from './rule-list.ts';
import { createSettings } from './settings.ts';
import type { LoadFault, Place, RuleSet } from './syntax.ts';
import type { Vocabulary } from './vocabulary.ts';
import { hasWildcard } from './wildcard.ts';

/** Files of one load, each time that one is read counted. */
export const FILES_MAX = 1024;

/** Include within Include. */
export const INCLUDE_DEPTH_MAX = 16;

/**
 * Loads the files that the patterns mean, in that order.
 *
 * @param patterns paths, relative to the working folder unless absolute; `*` and `?` within names
 */
export function loadRules(
  patterns: readonly string[],
  vocabulary: Vocabulary,
  files: RuleFiles,
): Result<RuleSet, readonly LoadFault[]> {
  const loader = new Loader(vocabulary, files);
  for (const pattern of patterns) loader.loadPattern(pattern);
  return loader.finish();
}

class Loader {
  readonly #vocabulary: Vocabulary;
  readonly #files: RuleFiles;
  readonly #faults = new FaultList();
  readonly #load: Load;
  #depth = 0;
  #fileCount = 0;

  constructor(vocabulary: Vocabulary, files: RuleFiles) {
    this.#vocabulary = vocabulary;
    this.#files = files;
    this.#load = {
      rules: new RuleList(this.#faults),
      settings: createSettings(),
      defaultActions: new Map(),
      components: [],
      faults: this.#faults,
      include: (pattern, source) => this.#include(pattern, source),
    };
  }

  /** A pattern of the configuration: it has to mean at least one file. */
  loadPattern(pattern: string): void {
    const place: Place = { file: pattern, line: 1 };
    const count = this.#loadAll(pattern, '.', place);
    if (count === 0)
      this.#faults.add(place, `No file matches "${pattern}": correct the path or take it out.`);
  }

  finish(): Result<RuleSet, readonly LoadFault[]> {
    const { rules, defaultActions, settings, components } = this.#load;
    const items = rules.finish();
    if (this.#faults.all.length > 0) return fail(this.#faults.all);
    return ok({ items, defaultActions, settings, components });
  }

  #include(pattern: string, source: RuleSource): void {
    if (this.#depth === INCLUDE_DEPTH_MAX) {
      this.#faults.add(
        source.place,
        `Include is nested more than ${INCLUDE_DEPTH_MAX} times: does a file include itself?`,
      );
      return;
    }
    this.#load.rules.closeChain();
    // A pattern with wildcards may mean no file: folders of plugins start out empty.
    const count = this.#loadAll(pattern, source.folder, source.place);
    if (count === 0 && !hasWildcard(pattern)) {
      this.#faults.add(source.place, `No file matches "${pattern}": correct the path or take it out.`);
    }
  }

  /** Answers how many files the pattern means; 1 where that could not be told. */
  #loadAll(pattern: string, folder: string, place: Place): number {
    const paths = this.#files.expand(pattern, folder);
    if (!paths.ok) {
      this.#faults.add(place, paths.fault);
      return 1;
    }
    for (const path of paths.value) this.#loadFile(path, place);
    return paths.value.length;
  }

  #loadFile(path: string, from: Place): void {
    if (this.#faults.isFull || this.#fileCount > FILES_MAX) return;
    this.#fileCount += 1;
    if (this.#fileCount > FILES_MAX) {
      this.#faults.add(from, `More than ${FILES_MAX} files: load fewer.`);
      return;
    }
    const text = this.#files.readText(path);
    if (!text.ok) {
      this.#faults.add(from, text.fault);
      return;
    }
    this.#depth += 1;
    this.#runFile(text.value, path);
    this.#depth -= 1;
  }

  #runFile(text: string, file: string): void {
    const folder = dirname(file);
    readLogicalLines(text, (statement) => {
      const place: Place = { file, line: statement.line };
      const source = { place, folder, vocabulary: this.#vocabulary, faults: this.#faults };
      runStatement(statement.text, source, this.#load);
      return !this.#faults.isFull;
    });
    this.#load.rules.closeChain();
  }
}
