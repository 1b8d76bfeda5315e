/**
 * Values inside of a value: the names and texts of a JSON document, and the arguments of an address. Applications
 * send both in parameters and cookies, and what a rule asks of a whole value holds for these.
 *
 * One level deep; at most 256 values of a document of 64 KiB.
 */
import { JsonParser } from '../bodies/json.ts';
import type { BodyField, BodyLimits } from '../bodies/parsed-body.ts';

const DOCUMENT_CHARACTERS_MAX = 65_536;
const DOCUMENT = /^\s{0,16}[[{]/;
const ADDRESS_WITH_ARGUMENTS = /^\s{0,8}(?:[a-z][a-z0-9+.-]{1,15}:)?\/[^\s"'<>]{0,2048}?\?/i;
/** Ends of a document: without one it is none. */
const DOCUMENT_END = /[\]}]\s{0,16}$/;

const LIMITS: BodyLimits = {
  argumentsMax: 256,
  depthMax: 16,
  partsMax: 0,
  partHeaderBytesMax: 0,
  fileBytesKept: 0,
};
const NO_FIELDS: readonly BodyField[] = Object.freeze([]);

/** The texts of a value that is a JSON document; none for any other. */
export function fieldsInside(text: string): readonly BodyField[] {
  if (!DOCUMENT.test(text) || text.length > DOCUMENT_CHARACTERS_MAX) return NO_FIELDS;
  if (!DOCUMENT_END.test(text.slice(-24))) return NO_FIELDS;
  const parser = new JsonParser(LIMITS);
  parser.write(text);
  const { fields, fault } = parser.end(true);
  return fault?.kind === 'syntax' ? NO_FIELDS : fields;
}

/** What follows the query mark of a value that is an address; empty for any other. */
export function queryInside(text: string): string {
  const address = ADDRESS_WITH_ARGUMENTS.exec(text);
  return address === null ? '' : text.slice(address[0].length);
}
