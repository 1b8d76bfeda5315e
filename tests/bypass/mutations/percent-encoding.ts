/** Percent encoding beyond what is needed, and again upon itself: for origins that decode as often. */
import { escapeOctet, escapeText } from '../attack.ts';
import { encoding, type Mutation } from '../mutation.ts';

export const percentEncoding: readonly Mutation[] = [
  encoding('url-every-octet', escapeAll),
  encoding('url-small-digits', (payload) => escapeAll(payload).toLowerCase()),
  encoding('url-double', (payload) => escapeText(escapeText(payload))),
  encoding('url-double-every-octet', (payload) => escapeText(escapeAll(payload))),
  encoding('url-triple', (payload) => escapeText(escapeText(escapeText(payload)))),
  // `%uXXXX` as ASP and ASP.NET decode it.
  encoding('url-percent-u', (payload) => payload.replace(/[^A-Za-z0-9]/g, escapeUnit)),
  encoding('url-percent-u-every-octet', (payload) => payload.replace(/./gs, escapeUnit)),
];

function escapeAll(payload: string): string {
  return payload.replace(/./gs, escapeOctet);
}

function escapeUnit(octet: string): string {
  return `%u${octet.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
