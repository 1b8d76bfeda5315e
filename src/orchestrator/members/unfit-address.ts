/** Addresses that no node can serve under, whatever it says: nobody is sent there, and nobody is asked there. */
import { canonicalHost } from '../../config/listen-address.ts';

/** Unspecified, link-local and multicast addresses. Clouds keep their secrets at a link-local one. */
export function isUnfitAddress(address: string): boolean {
  const canonical = canonicalHost(address);
  return /^(?:0\.|169\.254\.|2(?:2[4-9]|[345]\d)\.)|^(?:::$|fe[89ab][0-9a-f]:|ff)/.test(canonical);
}
