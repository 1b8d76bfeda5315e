/**
 * Base64 that hides text: a value that is base64 from its beginning, or the payload of a `data:` address.
 *
 * Decoded only if it is long enough to say anything and what comes out is printable: images, tokens and digests stay
 * what they are. At most the first 8 KiB are read.
 */

const CHARACTERS_MAX = 8192;
const SHORTEST = 12;
const WHOLE = /^[A-Za-z0-9+/_-]{12,}={0,2}$/;
const DATA_ADDRESS = /^[^,]{0,64};\s{0,4}base64,/i;
/** Printable ASCII and line breaks; a stray byte or two are borne with. */
const UNPRINTABLE = /[^\t\n\r\x20-\x7e]/g;
const UNPRINTABLE_MAX = 2;

/** Groups of four characters looked at before anything is decoded. */
const GROUPS_SEEN = 4;

/**
 * Whether what stands at an index may be base64 of printable ASCII: the first character of each group of four holds the
 * upper six bits of a byte, which then lie between `I` and `f` in the alphabet. Of random tokens one in fifty is so.
 */
export function mayHideText(text: string, start: number): boolean {
  for (let at = start; at < start + GROUPS_SEEN * 4; at += 4) {
    const code = text.charCodeAt(at);
    const isHigh = (code >= 0x49 && code <= 0x5a) || (code >= 0x61 && code <= 0x66);
    if (!isHigh) return false;
  }
  return true;
}

/** The hidden text, or the very same string where there is none. */
export function decodeBase64(text: string): string {
  const address = text.length < SHORTEST ? null : DATA_ADDRESS.exec(text.slice(0, 96));
  const encoded = text.slice(address?.[0].length ?? 0, CHARACTERS_MAX);
  if (!WHOLE.test(encoded)) return text;
  const decoded = Buffer.from(encoded, 'base64').toString('latin1');
  if (decoded.length < 6 || (decoded.match(UNPRINTABLE)?.length ?? 0) > UNPRINTABLE_MAX) return text;
  return decoded;
}
