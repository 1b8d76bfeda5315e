/**
 * Disguises of `.`, `/` and `\` in paths, as lenient decoders of origins read them.
 *
 * - UTF-8 longer than needed, up to the six bytes that RFC 2279 once allowed, and with bytes that continue nothing
 *   (RFC 3629 section 3 forbids both): `%c0%af`, `%c1%1c`, `%f8%80%80%80%ae`;
 * - escapes whose digits are no hexadecimal digits but were computed with all the same: `%qf` is 0xaf;
 * - characters that best-fit tables of Windows turn into them: U+2215, U+FF0F, U+2024 ...;
 * - the spelling of program text: `0x2f`;
 * - control characters in between, which some path functions drop.
 *
 * A character that cannot be told becomes `?`, as in best-fit tables. Meant for rules about paths only: honest text in
 * an old encoding comes out as nonsense. Linear; returns the very same string where nothing changes.
 */

const LOOSE_ESCAPE = /%([0-9a-z])([0-9a-z])/gi;
const CONTROLS = /[^\x20-\x7e\x80-\xff]/g;
/** Without the flag that ignores case: it takes bytes such as 0xc0 and 0xe0 for two cases of a letter. */
const FORMS =
  /[\xc0\xc1][\0-\xff]|[\xe0\xf0\xf8\xfc][\x40\x41\x80\x81\xc0\xc1]{1,4}[\0-\xff]|\xe2[\x80-\x88\xa7\xb9][\x80-\xbf]|\xef[\xb9\xbc\xbd\x80][\x80-\xbf]|\xee\xbf\x88|\xe3\x80\x82|0[xX](?:2[eEfF]|5[cC])/g;

/** Unicode look-alikes by their UTF-8 bytes. */
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map([
  ['\xe2\x88\x95', '/'],
  ['\xe2\x81\x84', '/'],
  ['\xe2\xa7\xb8', '/'],
  ['\xef\xbc\x8f', '/'],
  ['\xef\x80\xa5', '/'],
  ['\xee\xbf\x88', '/'],
  ['\xe2\x88\x96', '\\'],
  ['\xe2\xa7\xb5', '\\'],
  ['\xe2\xa7\xb9', '\\'],
  ['\xef\xb9\xa8', '\\'],
  ['\xef\xbc\xbc', '\\'],
  ['\xe2\x80\xa4', '.'],
  ['\xe2\x80\xa5', '..'],
  ['\xe3\x80\x82', '.'],
  ['\xef\xb9\x92', '.'],
  ['\xef\xbc\x8e', '.'],
  ['\xef\xbd\xa1', '.'],
]);

/** Whether `foldPathForms` may change a text that holds what `FORMS` looks for. */
export function hasPathForms(text: string): boolean {
  return text.search(FORMS) !== -1 || text.search(LOOSE_ESCAPE) !== -1 || text.search(CONTROLS) !== -1;
}

/** @param text bytes as latin-1 text, percent encoding undone */
export function foldPathForms(text: string): string {
  return text
    .replace(LOOSE_ESCAPE, (_, high: string, low: string) =>
      String.fromCharCode((Number.parseInt(high, 36) * 16 + Number.parseInt(low, 36)) & 0xff),
    )
    .replace(FORMS, plainForm)
    .replace(CONTROLS, '');
}

function plainForm(form: string): string {
  if (form.startsWith('0')) return String.fromCharCode(Number.parseInt(form, 16));
  const known = LOOK_ALIKES.get(form);
  if (known !== undefined) return known;
  const lead = form.charCodeAt(0);
  if (lead === 0xe2 || lead === 0xef || lead === 0xee || lead === 0xe3) return form;
  const last = form.charCodeAt(form.length - 1);
  // Of the bits above the last six at most one is set: the lowest of the byte before the last.
  const high = form.charCodeAt(form.length - 2) & 1;
  // As computed by the book; as computed where that bit is lost; as it stands where the bytes before it are dropped.
  const candidates = [(high << 6) | (last & 0x3f), last & 0x3f, last];
  const sign = candidates.find((code) => code === 0x2e || code === 0x2f || code === 0x5c);
  return sign === undefined ? '?' : String.fromCharCode(sign);
}
