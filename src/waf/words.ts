/** The words of a text as a set; lists of words stay readable that way. */
export function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
