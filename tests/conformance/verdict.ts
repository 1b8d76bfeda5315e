/**
 * When a stage of a regression test passes:
 *
 *   a. the request was answered, or an error was expected;
 *   b. the status is the one named, if one is;
 *   c. every expected id is among the logged ones, and none of the unexpected;
 *   d. a regular expression for log lines matches one of them, or none, as it says;
 *   e. an isolated test logs one id and no other.
 */
import type { StageOutput } from './regression-suite.ts';

/** What became of a request. */
export interface StageOutcome {
  /** Of the answer; 0 where the connection ended without one. */
  readonly status: number;
  /** Of the rules logged for the request, each once. */
  readonly ids: readonly string[];
  /** What an error log says about them, a line for each. */
  readonly lines: readonly string[];
}

/** Why a stage fails, in a few words; null where it passes. */
export function judgeStage(expected: StageOutput, outcome: StageOutcome): string | null {
  if (outcome.status === 0) return expected.expectError ? null : 'no answer';
  if (expected.status !== null && expected.status !== outcome.status) {
    return `status ${outcome.status} instead of ${expected.status}`;
  }
  // A test that allows an error still has to log what it names where there was none.
  const missing = expected.expectIds.filter((id) => !outcome.ids.includes(id));
  if (missing.length > 0) return `not logged: ${missing.join(' ')}${refusalNote(outcome)}`;
  const unwanted = expected.noExpectIds.filter((id) => outcome.ids.includes(id));
  if (unwanted.length > 0) return `logged: ${unwanted.join(' ')}`;
  if (expected.matchRegex !== null && !matchesLine(expected.matchRegex, outcome.lines)) {
    return `no line matches ${expected.matchRegex}${refusalNote(outcome)}`;
  }
  if (expected.noMatchRegex !== null && matchesLine(expected.noMatchRegex, outcome.lines)) {
    return `a line matches ${expected.noMatchRegex} (${outcome.ids.join(' ')})`;
  }
  if (expected.isolated && outcome.ids.length !== 1) return `not alone: ${outcome.ids.join(' ')}`;
  return null;
}

function matchesLine(source: string, lines: readonly string[]): boolean {
  const pattern = new RegExp(source);
  return lines.some((line) => pattern.test(line));
}

function refusalNote({ status, ids }: StageOutcome): string {
  return ids.length === 0 && status >= 400 ? ` (answered ${status})` : '';
}
