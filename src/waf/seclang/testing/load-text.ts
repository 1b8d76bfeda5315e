/** Loads rules from a text, for tests. */
import assert from 'node:assert/strict';
import type { Result } from '../../../core/result.ts';
import { loadRules } from '../load-rules.ts';
import type { LoadFault, RuleSet, RuleSyntax } from '../syntax.ts';
import type { Vocabulary } from '../vocabulary.ts';
import { memoryFiles } from './memory-files.ts';

/** The names that CRS uses, and one other spelling. */
export const TEST_VOCABULARY: Vocabulary = {
  operators: namesOf(`
    beginswith contains detectsqli detectxss endswith eq ge gt ipmatch lt pm pmfromfile rx streq
    unconditionalmatch validatebyterange validateurlencoding validateutf8encoding within
  `),
  refusedOperators: new Map([['rbl', 'A request does not wait for name servers.']]),
  transformations: new Map([
    ...namesOf(`
      base64decode cmdline compresswhitespace cssdecode escapeseqdecode hexencode htmlentitydecode jsdecode length
      lowercase normalizepath normalizepathwin removecommentschar removenulls removewhitespace replacecomments sha1
      urldecodeuni utf8tounicode
    `),
    ['normalisepath', 'normalizepath'],
  ]),
};

export function loadText(
  text: string,
  others: Readonly<Record<string, string>> = {},
): Result<RuleSet, readonly LoadFault[]> {
  return loadRules(['/rules.conf'], TEST_VOCABULARY, memoryFiles({ '/rules.conf': text, ...others }));
}

/** The rule set of a text without faults. */
export function loadWell(text: string, others: Readonly<Record<string, string>> = {}): RuleSet {
  const loaded = loadText(text, others);
  assert.deepEqual(loaded.ok ? [] : loaded.fault, []);
  assert.ok(loaded.ok);
  return loaded.value;
}

/** The rules of a text without faults. */
export function rulesOf(text: string): RuleSyntax[] {
  return loadWell(text).items.filter((item) => item.kind === 'rule');
}

/** The faults of a text as `line: message`. */
export function faultsOf(text: string, others: Readonly<Record<string, string>> = {}): string[] {
  const loaded = loadText(text, others);
  return loaded.ok ? [] : loaded.fault.map(({ place, message }) => `${place.line}: ${message}`);
}

function namesOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .trim()
      .split(/\s+/)
      .map((name) => [name, name] as const),
  );
}
