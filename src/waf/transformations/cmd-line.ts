/**
 * cmdLine: undoes what hides commands from simple patterns. Quotation marks, carets and backslashes go away; runs of
 * blanks, commas, semicolons, tabulators and line ends become one blank, which goes away before `/` and `(`; ASCII
 * letters become small. Never longer than its input.
 *
 *     C^MD.exe,  /c "dir" -> cmd.exe/c dir
 */
const CHANGED = /["'^\\,;\t\n\rA-Z]| [ (/]/;

const SPACE = 0x20;
const SLASH = 0x2f;
const PARENTHESIS = 0x28;

/** What a byte becomes: itself, its small letter, a blank for a separator, 0 for what goes away. */
const BECOMES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if ('"\'^\\'.includes(character)) return 0;
  if (' ,;\t\n\r'.includes(character)) return SPACE;
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
});

export function cmdLine(text: string): string {
  if (!CHANGED.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  let written = 0;
  let isBehindBlank = false;
  for (let read = 0; read < bytes.length; read++) {
    const byte = bytes[read]!;
    const result = BECOMES[byte]!;
    // NUL itself is kept.
    if (result === 0 && byte !== 0) continue;
    if (result === SPACE) {
      if (isBehindBlank) continue;
      isBehindBlank = true;
    } else {
      if (isBehindBlank && (byte === SLASH || byte === PARENTHESIS)) written--;
      isBehindBlank = false;
    }
    bytes[written++] = result;
  }
  return bytes.toString('latin1', 0, written);
}
