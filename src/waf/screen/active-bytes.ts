/**
 * Bytes that a transformation needs to see before it changes anything: a text without any of them comes out as the
 * very same string. Most values have none of most, so most transformations need not be called. What is not named
 * here is called always.
 */

/** By canonical name; the bytes as a class of a regular expression. */
const ACTIVE: ReadonlyMap<string, RegExp> = new Map([
  ['lowercase', /[A-Z]/],
  // Both cases: the kinds of a text are kept when its letters become small.
  ['uppercase', /[A-Za-z]/],
  ['urldecode', /[%+]/],
  ['urldecodeuni', /[%+]/],
  ['htmlentitydecode', /&/],
  ['jsdecode', /\\/],
  ['cssdecode', /\\/],
  ['escapeseqdecode', /\\/],
  ['utf8tounicode', /[\x80-\xff]/],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the byte that these are about
  ['removenulls', /\x00/],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the byte that these are about
  ['replacenulls', /\x00/],
  ['removewhitespace', /[\t-\r \xa0]/],
  ['compresswhitespace', /[\t-\r \xa0]/],
  ['replacecomments', /\//],
  ['removecomments', /[/\-#*<]/],
  ['removecommentschar', /[/\-#*<]/],
  ['cmdline', /["'^\\,;\t\n\r A-Z]/],
  ['normalizepath', /[/.]/],
  ['normalizepathwin', /[/.\\]/],
  ['trim', /[\t-\r ]/],
  ['trimleft', /[\t-\r ]/],
  ['trimright', /[\t-\r ]/],
  ['sqlhexdecode', /0/],
]);

/** 1 for every byte that can make the transformation do something; null where nobody knows. */
export function activeBytes(name: string): Uint8Array | null {
  const bytes = ACTIVE.get(name);
  if (bytes === undefined) return null;
  return Uint8Array.from({ length: 256 }, (_, byte) => (bytes.test(String.fromCharCode(byte)) ? 1 : 0));
}
