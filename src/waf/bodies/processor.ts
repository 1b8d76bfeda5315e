/**
 * Which parser a body goes to, by its media type alone. Parameters, case, blanks and a second Content-Type joined by
 * a comma do not change the answer: the first type that has a parser decides.
 */
import { mediaTypes } from './media-type.ts';
import type { BodyProcessor } from './parsed-body.ts';

const PROCESSORS: ReadonlyMap<string, BodyProcessor> = new Map([
  ['application/x-www-form-urlencoded', 'URLENCODED'],
  ['multipart/form-data', 'MULTIPART'],
  ['application/json', 'JSON'],
  ['application/x-json', 'JSON'],
  ['application/csp-report', 'JSON'],
  ['text/json', 'JSON'],
  ['text/x-json', 'JSON'],
  ['application/xml', 'XML'],
  ['application/xml-external-parsed-entity', 'XML'],
  ['application/xml-dtd', 'XML'],
  ['text/xml', 'XML'],
  ['text/xml-external-parsed-entity', 'XML'],
]);

/** @param contentType the field as received, or null */
export function processorOf(contentType: string | null): BodyProcessor | null {
  if (contentType === null) return null;
  const plain = PROCESSORS.get(contentType);
  if (plain !== undefined) return plain;
  for (const type of mediaTypes(contentType)) {
    const processor = PROCESSORS.get(type) ?? processorOfSuffix(type);
    if (processor !== null) return processor;
  }
  return null;
}

/** Whether the field names types that different parsers would read (RFC 9110 section 5.3: it may not be a list). */
export function hasSeveralTypes(contentType: string): boolean {
  return contentType.includes(',') && new Set(mediaTypes(contentType)).size > 1;
}

/** The structured syntax suffixes of RFC 6839. */
function processorOfSuffix(type: string): BodyProcessor | null {
  if (type.endsWith('+json')) return 'JSON';
  if (type.endsWith('+xml')) return 'XML';
  return null;
}
