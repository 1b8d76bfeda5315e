/**
 * The name of a server in the one form that certificates are found by: lower case, without a trailing dot.
 *
 * RFC 6066 section 3 allows no addresses as server names; clients that send one get what clients without a name get.
 */
import { isIP } from 'node:net';

/** Longest name of a host in text form without its trailing dot (RFC 1035 section 3.1). */
const NAME_LENGTH_MAX = 253;
const LABEL_LENGTH_MAX = 63;

/** The canonical name; '' for an address, null for what is no name of a host. */
export function canonicalServerName(name: string): string | null {
  const bare = name.endsWith('.') ? name.slice(0, -1) : name;
  if (bare.length > NAME_LENGTH_MAX) return null;
  if (isIP(bare) !== 0) return '';
  return isHostName(bare) ? bare.toLowerCase() : null;
}

/** A name as a certificate or an operator writes it, `*.example.org` among them, in canonical form; null for none. */
export function canonicalPattern(name: string): string | null {
  const wild = name.startsWith('*.');
  const canonical = canonicalServerName(wild ? name.slice(2) : name);
  if (canonical === null || canonical === '') return null;
  return wild ? `*.${canonical}` : canonical;
}

function isHostName(name: string): boolean {
  let labelLength = 0;
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (code === DOT) {
      if (labelLength === 0) return false;
      labelLength = 0;
    } else if (!isNameOctet(code) || ++labelLength > LABEL_LENGTH_MAX) {
      return false;
    }
  }
  return labelLength > 0;
}

const DOT = 0x2e;

/** Letters, digits, hyphen, and the underscore, which is no part of host names but of some that are in use. */
function isNameOctet(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x5f;
}
