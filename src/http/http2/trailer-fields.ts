/**
 * Which fields a trailer section may bring (RFC 9110 section 6.5.1): none that says how to frame, route or
 * authenticate a message, and none that has to be known before its content. Those of our own are among them.
 */
import * as kind from '../field-names.ts';
import { spells } from '../field-names.ts';

/** Names without a kind of their own that are credentials, or change how the content is taken. */
const UNWANTED: readonly string[] = [
  'age',
  'authentication-info',
  'cache-control',
  'clear-site-data',
  'content-disposition',
  'content-location',
  'content-range',
  'content-security-policy',
  'date',
  'expires',
  'location',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'range',
  'retry-after',
  'set-cookie',
  'status',
  'strict-transport-security',
  'vary',
  'warning',
  'www-authenticate',
];

/** Whether a trailer field of this kind, with the name `bytes[start, end)`, is passed on. */
export function isTrailerField(found: number, bytes: Uint8Array, start: number, end: number): boolean {
  if (found !== kind.OTHER) return false;
  for (const name of UNWANTED) {
    if (name.length === end - start && spells(bytes, start, name)) return false;
  }
  return true;
}
