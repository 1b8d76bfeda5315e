/**
 * The escapes of programming languages: `\u003c`, `\u{3c}`, `\x3c`, octal `\74` in two or three digits, and `\n`, `\r`,
 * `\t`.
 *
 * Strings that an origin or a browser evaluates hide their characters so. Linear; returns the very same string where
 * there are none. Characters above U+00FF become `?`, since no rule looks for them.
 */

const ESCAPE = /\\(?:u([0-9a-f]{4})|u\{0{0,4}([0-9a-f]{1,4})\}|x([0-9a-f]{2})|([0-3]?[0-7]{2})|([nrt]))/gi;

const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** @param text bytes as latin-1 text */
export function decodeEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    ESCAPE,
    (_, unit?: string, point?: string, byte?: string, octal?: string, letter?: string) => {
      if (letter !== undefined) return CONTROLS[letter.toLowerCase()] ?? letter;
      const code =
        octal === undefined ? Number.parseInt(unit ?? point ?? byte ?? '', 16) : Number.parseInt(octal, 8);
      return code < 0x100 ? String.fromCharCode(code) : '?';
    },
  );
}
