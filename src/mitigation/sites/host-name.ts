/** The host of a request in the one form that sites are looked up by. */
import { createAddressWords, formatAddress, parseAddressInto } from '../../core/ip.ts';

/**
 * A name in lower case without port and final dot, an IPv6 address without brackets in its canonical form; '' stands
 * for none.
 *
 * @param authority host[:port] as the codec accepted it, or a server name
 */
export function hostNameOf(authority: string): string {
  if (authority.charCodeAt(0) === OPENING_BRACKET) {
    const words = createAddressWords();
    const address = authority.slice(1, authority.indexOf(']'));
    return parseAddressInto(address, words) ? formatAddress(words) : '';
  }
  const colon = authority.indexOf(':');
  let end = colon === -1 ? authority.length : colon;
  if (end > 0 && authority.charCodeAt(end - 1) === DOT) end--;
  return authority.slice(0, end).toLowerCase();
}

const OPENING_BRACKET = 0x5b;
const DOT = 0x2e;
