/** The body of an answer as rules see it: of the media types that hold text, unpacked, the beginning as text. */
import { sliceLatin1 } from '../../core/latin1.ts';
import { convertCharset } from './charset.ts';
import { mediaTypes } from './media-type.ts';
import { unpack } from './unpack.ts';

/** Halvings of an answer that unpacks to more than is wanted: enough for what text is packed to. */
const ATTEMPTS_MAX = 10;

/**
 * Whether the body of an answer is to be inspected.
 *
 * @param contentType the field as received, or null
 * @param inspected media types in lower case, without parameters
 */
export function isInspectedType(contentType: string | null, inspected: ReadonlySet<string>): boolean {
  return contentType !== null && mediaTypes(contentType).some((type) => inspected.has(type));
}

/**
 * @param bytes the body's beginning as received
 * @param contentEncoding the field as received, or null
 * @param bytesMax octets of text wanted
 * @returns latin-1 text; null where there is none to see: nothing came, or it could not be unpacked
 */
export function readResponseText(
  bytes: Uint8Array,
  contentEncoding: string | null,
  bytesMax: number,
): string | null {
  const unpacked = unpack(bytes, contentEncoding, { bytesMax, attemptsMax: ATTEMPTS_MAX });
  if (unpacked.bytes.length === 0) return null;
  if (unpacked.fault !== null && unpacked.bytes === bytes) return null;
  const { bytes: text } = convertCharset(unpacked.bytes, null);
  const buffer = Buffer.from(text.buffer, text.byteOffset, Math.min(text.length, bytesMax));
  return sliceLatin1(buffer, 0, buffer.length);
}
