/** Digits of base64 (RFC 4648 section 4) in text. */

/** What is no digit. */
export const NO_BASE64_DIGIT = 64;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const VALUES = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = ALPHABET.indexOf(String.fromCharCode(code));
  return value < 0 ? NO_BASE64_DIGIT : value;
});

/**
 * The bytes that the digits stand for, as latin-1 text. Bits that make no whole byte are dropped.
 *
 * @param skips whether other characters are passed over; otherwise they end the text, line ends excepted
 */
export function decodeBase64(text: string, skips: boolean): string {
  const out = Buffer.allocUnsafe(((text.length * 3) >> 2) + 1);
  let written = 0;
  let bits = 0;
  let held = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const value = VALUES[code]!;
    if (value === NO_BASE64_DIGIT) {
      if (skips || code === 0x0a || code === 0x0d) continue;
      break;
    }
    bits = ((bits << 6) | value) & 0xfff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out[written++] = (bits >> held) & 0xff;
  }
  return out.toString('latin1', 0, written);
}
