/**
 * uppercase: ASCII letters to upper case; other bytes stay, whatever letters they may be part of.
 *
 *     Union \xe0 -> UNION \xe0
 */
const LOWER = /[a-z]/;
const LOWER_RUNS = /[a-z]+/g;
const BEYOND_ASCII = /[\x80-\xff]/;

export function uppercase(text: string): string {
  if (!LOWER.test(text)) return text;
  if (!BEYOND_ASCII.test(text)) return text.toUpperCase();
  return text.replace(LOWER_RUNS, (run) => run.toUpperCase());
}
