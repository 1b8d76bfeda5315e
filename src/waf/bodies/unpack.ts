/**
 * Undoes Content-Encoding (RFC 9110 section 8.4): gzip, deflate with or without its zlib frame, br, zstd, and up to
 * three of them one upon the other. Synchronous; each step gives at most `bytesMax` octets however small the input.
 * Of a body that is cut off, what can be decoded is given.
 */
import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';

export interface Unpacked {
  /** As received where they could not be unpacked, empty where a step failed. */
  readonly bytes: Uint8Array;
  /** Why the bytes are not the whole content, in one sentence; null where they are. */
  readonly fault: string | null;
}

export interface UnpackOptions {
  /** Octets that a step may give. */
  readonly bytesMax: number;
  /** Attempts, each with half of the input, to have at least a beginning of what is too long; 0 for none. */
  readonly attemptsMax: number;
}

type Step = (bytes: Uint8Array, bytesMax: number) => Uint8Array;

const CODINGS_MAX = 3;
const NOTHING = new Uint8Array(0);
const ZLIB_FLUSH = constants.Z_SYNC_FLUSH;

const STEPS: ReadonlyMap<string, Step> = new Map<string, Step>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
  [
    'br',
    (bytes, maxOutputLength) =>
      brotliDecompressSync(bytes, { maxOutputLength, finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  ],
  [
    'zstd',
    (bytes, maxOutputLength) =>
      zstdDecompressSync(bytes, { maxOutputLength, finishFlush: constants.ZSTD_e_flush }),
  ],
]);

/**
 * @param contentEncoding the field as received, several joined by commas, or null
 */
export function unpack(
  bytes: Uint8Array,
  contentEncoding: string | null,
  { bytesMax, attemptsMax }: UnpackOptions,
): Unpacked {
  if (contentEncoding === null) return { bytes, fault: null };
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > CODINGS_MAX) return { bytes, fault: 'Content-Encoding names too many codings.' };
  let unpacked: Unpacked = { bytes, fault: null };
  for (const coding of codings.reverse()) {
    const step = STEPS.get(coding);
    if (step === undefined)
      return { bytes: unpacked.bytes, fault: 'Content-Encoding names an unknown coding.' };
    if (unpacked.bytes.length > 0) unpacked = take(step, unpacked, bytesMax, attemptsMax);
  }
  return unpacked;
}

function take(step: Step, packed: Unpacked, bytesMax: number, attemptsMax: number): Unpacked {
  let { bytes, fault } = packed;
  for (let attempt = 0; attempt <= attemptsMax; attempt += 1) {
    try {
      return { bytes: step(bytes, bytesMax), fault };
    } catch (error) {
      const isTooLong = error instanceof RangeError || codeOf(error) === 'ERR_BUFFER_TOO_LARGE';
      if (!isTooLong)
        return { bytes: NOTHING, fault: fault ?? 'The body is not coded as its Content-Encoding says.' };
      fault ??= `The body unpacks to more than ${bytesMax} octets.`;
      bytes = bytes.subarray(0, bytes.length >> 1);
    }
  }
  return { bytes: NOTHING, fault };
}

function gunzip(bytes: Uint8Array, maxOutputLength: number): Uint8Array {
  return gunzipSync(bytes, { maxOutputLength, finishFlush: ZLIB_FLUSH });
}

/** Many programs send and take deflate without the frame that the RFC asks for; both readings are tried. */
function inflate(bytes: Uint8Array, maxOutputLength: number): Uint8Array {
  const options = { maxOutputLength, finishFlush: ZLIB_FLUSH };
  const [first = 0, second = 0] = bytes;
  const isFramed = (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
  return isFramed ? inflateSync(bytes, options) : inflateRawSync(bytes, options);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}
