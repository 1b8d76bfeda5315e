/**
 * The character set of a body. All that reads bodies here takes markup to be ASCII; a body in another alphabet of
 * bytes would be read past. UTF-16, named or announced by a byte order mark, is turned into UTF-8; any other set
 * that does not keep ASCII as it is (UTF-7, UTF-32, EBCDIC) is reported.
 */
import { mediaParameters } from './media-type.ts';

export interface CharsetOutcome {
  readonly bytes: Uint8Array;
  /** One sentence; null where the bytes can be read as they are. */
  readonly fault: string | null;
}

/** Sets that write ASCII as ASCII; octets of markup never occur as parts of other characters in them. */
const KEEPS_ASCII =
  /^(?:utf-?8|us-ascii|ascii|iso-?8859-?[0-9]{1,2}|iso_8859-[0-9]{1,2}|latin-?[0-9]{1,2}|l[0-9]|(?:windows|cp|ibm)-?(?:125[0-8]|437|85[0-8]|86[0-9]|874|932|936|949|950)|macintosh|koi8-[ru]|tis-620|gb2312|gbk|gb18030|big5|big5-hkscs|euc-(?:jp|kr|cn|tw)|shift[_-]jis|sjis|x-sjis|ks_c_5601-1987)$/;
const UTF_16 = /^(?:utf-?16(?:le|be)?|ucs-?2|iso-10646-ucs-2|unicode)$/;

/** Whether a document that says it is written in that set can be read as bytes that keep ASCII. */
export function keepsAscii(name: string): boolean {
  return KEEPS_ASCII.test(name.toLowerCase());
}

/** Whether it is one of the names of UTF-16. */
export function isUtf16(name: string): boolean {
  return UTF_16.test(name.toLowerCase());
}

/**
 * @param bytes the unpacked body
 * @param contentType the field as received, or null
 */
export function convertCharset(bytes: Uint8Array, contentType: string | null): CharsetOutcome {
  const marked = markedOrder(bytes);
  if (marked === 'utf-32') return { bytes, fault: 'The body begins with the byte order mark of UTF-32.' };
  if (marked !== null) return { bytes: utf8From(bytes.subarray(2), marked), fault: null };
  if (contentType === null || !/charset/i.test(contentType)) return { bytes, fault: null };
  const names = new Set(mediaParameters(contentType, 'charset').map((name) => name.toLowerCase()));
  if (names.size === 0) return { bytes, fault: null };
  if (names.size > 1) return { bytes, fault: 'Content-Type names several character sets.' };
  const [name = ''] = names;
  if (KEEPS_ASCII.test(name) || name === '') return { bytes, fault: null };
  if (!UTF_16.test(name)) return { bytes, fault: 'The body is in a character set that is not read here.' };
  return { bytes: utf8From(bytes, declaredOrder(name, bytes)), fault: null };
}

function markedOrder(bytes: Uint8Array): 'le' | 'be' | 'utf-32' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return bytes.length >= 4 && bytes[2] === 0 && bytes[3] === 0 ? 'utf-32' : 'le';
  }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'be';
  return bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 0xfe && bytes[3] === 0xff ? 'utf-32' : null;
}

/** Without an order in the name, the one that makes more of the octets ASCII (RFC 2781 leaves it open). */
function declaredOrder(name: string, bytes: Uint8Array): 'le' | 'be' {
  if (name.endsWith('le')) return 'le';
  if (name.endsWith('be')) return 'be';
  let balance = 0;
  for (let index = 0; index < Math.min(bytes.length, 256); index += 1) {
    if (bytes[index] === 0) balance += index % 2 === 0 ? 1 : -1;
  }
  return balance > 0 ? 'be' : 'le';
}

/** An odd octet at the end is left out, as by every reader of UTF-16. */
function utf8From(bytes: Uint8Array, order: 'le' | 'be'): Uint8Array {
  const units = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
  if (order === 'be') units.swap16();
  return Buffer.from(units.toString('utf16le'), 'utf8');
}
