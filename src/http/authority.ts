/**
 * The authority of a request: host, or host:port (RFC 9110 §7.2), without userinfo.
 *
 * Narrower than the URI grammar: a registered name holds letters, digits, hyphen, dot and underscore.
 * Sub-delimiters, percent signs and commas have no use in a host, and parsers disagree about them. Brackets
 * hold an IPv6 address without a zone, and nothing else.
 */
import { createAddressWords, parseAddressInto } from '../core/ip.ts';

const HOST_BYTES_MAX = 255;
const PORT_MAX = 65535;

/** Whether `text` is a host with an optional port; the empty string is not. */
export function isAuthority(text: string): boolean {
  const literal = text.charCodeAt(0) === 0x5b;
  const hostEnd = literal ? text.indexOf(']') + 1 : endOfName(text);
  if (hostEnd === 0 || hostEnd > HOST_BYTES_MAX) return false;
  if (literal && !isIpv6(text.slice(1, hostEnd - 1))) return false;
  if (hostEnd === text.length) return true;
  if (text.charCodeAt(hostEnd) !== 0x3a) return false;
  return isPort(text, hostEnd + 1);
}

/** An address with colons; one that is written with dots alone has no place in brackets. */
function isIpv6(text: string): boolean {
  return text.includes(':') && parseAddressInto(text, createAddressWords());
}

function endOfName(text: string): number {
  let at = 0;
  while (at < text.length && isNameCode(text.charCodeAt(at))) at++;
  return at;
}

function isNameCode(code: number): boolean {
  if (code >= 0x61 && code <= 0x7a) return true;
  if (code >= 0x30 && code <= 0x39) return true;
  if (code === 0x2d || code === 0x2e || code === 0x5f) return true;
  return code >= 0x41 && code <= 0x5a;
}

/** Port digits from `start` to the end of the text; an empty port is allowed by the grammar. */
function isPort(text: string, start: number): boolean {
  if (text.length - start > 5) return false;
  let port = 0;
  for (let i = start; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return false;
    port = port * 10 + digit;
  }
  return port <= PORT_MAX;
}
