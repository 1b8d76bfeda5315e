/** Words and patterns put together, so that lists stay lists. */

/** An alternation of the words of a text; a dot is a dot. */
export function anyOf(text: string): string {
  const words = text.trim().split(/\s+/);
  return `(?:${words.map((word) => word.replaceAll('.', String.raw`\.`)).join('|')})`;
}

/** A pattern in either case out of alternatives of which any may match. */
export function eitherOf(...sources: readonly string[]): RegExp {
  return new RegExp(sources.join('|'), 'i');
}
