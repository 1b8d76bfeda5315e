/**
 * Purpose: the operator's own patterns.
 * Input: every decoded text that is inspected, as UTF-8, and the target as received.
 * Result: `custom-pattern-n` with the label `CUSTOM_PATTERN: pattern_n`, counted from 1 in the order configured.
 * Example: `(?i)\bacme-internal\b`.
 * Known misses: in texts of more than 8 KiB a match longer than 1 KiB; there `^` and `$` also match at the edges
 *   of the windows.
 *
 * Patterns run on an engine whose time is linear in the text, whatever the pattern: they may come from somebody who
 * tests them less than they should. Long texts go through it in overlapping windows, so that its memory is bounded.
 */
import { RE2JS } from 're2js';
import { messageOf } from '../../../core/error-message.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { CRITICAL, type Family, type Findings, type Place, type Rule } from '../family.ts';
import { HIGH } from '../marks.ts';
import type { Reading } from '../reading.ts';

const WINDOW_CHARACTERS = 8192;
const OVERLAP_CHARACTERS = 1024;
/** What a character costs there. */
const CHARACTER_COST = 64;

/** One family a pattern; the faults name the pattern by its place in the list. */
export function compileCustomPatterns(
  sources: readonly string[],
): Result<readonly Family[], readonly string[]> {
  const families: Family[] = [];
  const faults: string[] = [];
  for (const [index, source] of sources.entries()) {
    const compiled = compilePattern(source, index + 1);
    if (compiled.ok) families.push(compiled.value);
    else faults.push(`pattern_${index + 1} ${compiled.fault}`);
  }
  return faults.length === 0 ? ok(families) : fail(faults);
}

function compilePattern(source: string, number: number): Result<Family, string> {
  try {
    const pattern = RE2JS.compile(source);
    if (pattern.test('')) return fail('matches the empty text, and so every request');
    return ok(
      toFamily(pattern, {
        id: `custom-pattern-${number}`,
        label: `CUSTOM_PATTERN: pattern_${number}`,
        message: `the operator's pattern ${number}`,
        score: CRITICAL,
      }),
    );
  } catch (error) {
    return fail(`does not compile: ${messageOf(error)}`);
  }
}

function toFamily(pattern: RE2JS, rule: Rule): Family {
  return {
    rules: [rule],
    readsWhole: true,
    mayMatch: () => true,
    find({ text, classes }: Reading, _place: Place, findings: Findings): void {
      // Patterns are written in characters, texts are kept as bytes.
      const characters = (classes & HIGH) === 0 ? text : Buffer.from(text, 'latin1').toString('utf8');
      const found = findInWindows(pattern, characters, findings);
      if (found === -1) return;
      const start = Buffer.byteLength(characters.slice(0, found), 'utf8');
      findings.add(rule, start, start + OVERLAP_CHARACTERS);
    },
  };
}

function findInWindows(pattern: RE2JS, text: string, findings: Findings): number {
  const step = WINDOW_CHARACTERS - OVERLAP_CHARACTERS;
  for (let start = 0; start === 0 || start + OVERLAP_CHARACTERS < text.length; start += step) {
    const window = text.slice(start, start + WINDOW_CHARACTERS);
    if (!findings.spend(window.length * CHARACTER_COST)) return -1;
    if (!pattern.test(window)) continue;
    const matcher = pattern.matcher(window);
    return matcher.find() ? start + matcher.start() : start;
  }
  return -1;
}
