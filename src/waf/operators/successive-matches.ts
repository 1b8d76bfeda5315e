/** Matches of a pattern one behind the other, up to a number, so that the time stays linear. */

import type { WorkMeter } from '../budget/work-meter.ts';
import type { Pattern, PatternMatch } from '../patterns/pattern.ts';

/** Matches that do not overlap, in order, with their places in the whole text; empty ones only as the first. */
export function successiveMatches(
  pattern: Pattern,
  text: string,
  most: number,
  meter?: WorkMeter,
): readonly PatternMatch[] {
  const matches: PatternMatch[] = [];
  let from = 0;
  while (matches.length < most && from <= text.length) {
    const found = pattern.exec(from === 0 ? text : text.slice(from), meter);
    if (found === null) break;
    const isEmpty = found.start === found.end;
    if (!isEmpty || from === 0) {
      matches.push({ start: from + found.start, end: from + found.end, groups: found.groups });
    }
    from += isEmpty ? found.end + 1 : found.end;
  }
  return matches;
}
