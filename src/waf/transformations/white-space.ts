/** White space of C: blank, tabulator, line feed, vertical tabulator, form feed and carriage return. */

const SPACE = 0x20;
const NO_BREAK_SPACE = 0xa0;
/** Before a no-break space in UTF-8. */
const UTF8_LEAD = 0xc2;

export function isWhitespace(code: number): boolean {
  return code === SPACE || (code >= 0x09 && code <= 0x0d);
}

/** Where the text starts behind its leading white space. */
export function skipWhitespace(text: string): number {
  let at = 0;
  while (at < text.length && isWhitespace(text.charCodeAt(at))) at++;
  return at;
}

/** Where the text ends before its trailing white space, but not before `start`. */
export function trailingWhitespace(text: string, start: number): number {
  let end = text.length;
  while (end > start && isWhitespace(text.charCodeAt(end - 1))) end--;
  return end;
}

/**
 * The text with at most `kept` blanks for every run of white space, to which no-break spaces count here.
 *
 * @param kept 0 or 1
 */
export function joinWhitespace(text: string, kept: number): string {
  const bytes = Buffer.from(text, 'latin1');
  let written = 0;
  let run = 0;
  for (let read = 0; read < bytes.length; read++) {
    const byte = bytes[read]!;
    const isLead = byte === UTF8_LEAD && bytes[read + 1] === NO_BREAK_SPACE;
    if (isLead || byte === NO_BREAK_SPACE || isWhitespace(byte)) {
      if (isLead) read++;
      if (run++ < kept) bytes[written++] = SPACE;
    } else {
      run = 0;
      bytes[written++] = byte;
    }
  }
  return bytes.toString('latin1', 0, written);
}
