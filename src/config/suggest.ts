/** Which known name an unknown one was probably meant to be. */

/** Longer names are not compared: the work grows with the square of the length. */
const NAME_CHARACTERS_MAX = 80;

/** Names further apart than this are different names. */
const SLIPS_MAX = 4;

/** The nearest candidate that is near enough to be a slip; null where none is. */
export function nearestName(name: string, candidates: Iterable<string>): string | null {
  if (name.length > NAME_CHARACTERS_MAX) return null;
  let nearest: string | null = null;
  let best = Math.min(SLIPS_MAX, Math.max(1, Math.floor(name.length / 3))) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other. */
export function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = previous[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      let cost = Math.min(previous[column]! + 1, current[column - 1]! + 1, replaced);
      if (from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1] && column > 1) {
        cost = Math.min(cost, beforePrevious[column - 2]! + 1);
      }
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[to.length]!;
}
