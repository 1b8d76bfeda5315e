/**
 * lowercase: ASCII letters to lower case; other bytes stay, whatever letters they may be part of.
 *
 *     UNION \xc0 -> union \xc0
 */
const UPPER = /[A-Z]/;
const UPPER_RUNS = /[A-Z]+/g;
const UPPER_BEYOND_ASCII = /[\xc0-\xde]/;

export function lowercase(text: string): string {
  if (!UPPER.test(text)) return text;
  // The runtime's own conversion is much faster, but it knows the letters of latin-1 too.
  if (!UPPER_BEYOND_ASCII.test(text)) return text.toLowerCase();
  return text.replace(UPPER_RUNS, (run) => run.toLowerCase());
}
