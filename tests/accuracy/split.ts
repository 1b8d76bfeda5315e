/**
 * Halves for leave-out tests. What is alike falls into one half: the requests of a site, and the requests that carry
 * one payload or payloads that differ in digits, quotation marks, blanks and the usual test calls only.
 */
import type { LabelledRequest } from './traffic.ts';

export type Half = 0 | 1;

export function halfOf(request: LabelledRequest): Half {
  return (hashOf(request.label === 'legitimate' ? request.group : payloadFamily(request)) & 1) as Half;
}

/** What is left of a payload once its exchangeable details are masked. */
export function payloadFamily(request: LabelledRequest): string {
  return decodeLeniently(payloadOf(request))
    .toLowerCase()
    .replace(/\d+/g, '0')
    .replace(/["'`]/g, "'")
    .replace(/\b(?:alert|prompt|confirm)\b/g, 'alert')
    .replace(/\s+/g, ' ');
}

/** The value of the one parameter that carries it, in the query or in the form. */
export function payloadOf({ target, body }: LabelledRequest): string {
  const carrier = body === '' ? target : body;
  return carrier.slice(carrier.indexOf('=') + 1);
}

function decodeLeniently(text: string): string {
  return text
    .replace(/\+/g, ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** FNV-1a over the characters, then mixed, so that the lowest bit depends on all. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 12;
}
