/**
 * urlEncode: percent-encodes everything but ASCII letters, digits and `*`; a blank becomes `+`. At most three times
 * as long as its input.
 *
 *     a b&c -> a+b%26c
 */
const KEPT_ONLY = /^[0-9A-Za-z*]*$/;
const ENCODED = /[^0-9A-Za-z*]/g;

const ESCAPES: readonly string[] = Array.from({ length: 256 }, (_, code) =>
  code === 0x20 ? '+' : `%${code.toString(16).padStart(2, '0')}`,
);

export function urlEncode(text: string): string {
  if (KEPT_ONLY.test(text)) return text;
  return text.replace(ENCODED, (character) => ESCAPES[character.charCodeAt(0)]!);
}
