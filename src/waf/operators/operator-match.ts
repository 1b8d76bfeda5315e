/** Results of operators that do not come from a pattern. */
import type { OperatorMatch } from './operator.ts';

/** A match without a place of its own. */
export function wholeMatch(value: string): OperatorMatch {
  return { start: 0, end: value.length, captures: [value] };
}

export function spanMatch(value: string, start: number, end: number): OperatorMatch {
  return { start, end, captures: [value.slice(start, end)] };
}
