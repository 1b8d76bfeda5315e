/** What addresses of listeners have to do with each other and with the rest of the world. */
import { canonicalHost, isLoopbackHost, isWildcardHost, parseListenAddress } from './listen-address.ts';

/** Whether two listeners of one machine would take the same address. */
export function sameListener(one: string, other: string): boolean {
  const a = parseListenAddress(one);
  const b = parseListenAddress(other);
  if (!a.ok || !b.ok || a.value.port !== b.value.port || a.value.port === 0) return false;
  const [first, second] = [canonicalHost(a.value.host), canonicalHost(b.value.host)];
  if (first === second || isWildcardHost(first) || isWildcardHost(second)) return true;
  // The name may stand for either loopback address.
  return [first, second].includes('localhost') && isLoopbackHost(first) && isLoopbackHost(second);
}

/** The port of a listener's address; null where it cannot be read. */
export function portOf(address: string): number | null {
  const parsed = parseListenAddress(address);
  return parsed.ok ? parsed.value.port : null;
}

/** Whether a URL leads to a listener; ports that the scheme implies are no matter. */
export function isAt(url: string, listenAddress: string): boolean {
  const parsed = URL.parse(url.replace(/^[a-z0-9]+:/, 'http:'));
  return parsed !== null && parsed.port !== '' && sameListener(parsed.host, listenAddress);
}

/** Whether a URL leads to the machine itself. */
export function leadsToLoopback(url: string): boolean {
  const hostname = URL.parse(url)?.hostname ?? '';
  return isLoopbackHost(hostname.replace(/^\[(.*)\]$/, '$1'));
}

/** Whether other machines can reach a listener. */
export function isOpenToOthers(address: string): boolean {
  const parsed = parseListenAddress(address);
  return parsed.ok && !isLoopbackHost(parsed.value.host);
}
