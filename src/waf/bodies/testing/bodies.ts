/** What tests of the body parsers share: limits, and reading a text in pieces cut where a test says. */
import type { BodyParser } from '../body-parser.ts';
import type { BodyField, BodyLimits, ParsedBody } from '../parsed-body.ts';

export const LIMITS: BodyLimits = {
  argumentsMax: 1000,
  depthMax: 64,
  partsMax: 128,
  partHeaderBytesMax: 4096,
  fileBytesKept: 1024,
};

/** Ends the body after one write. */
export function readWhole(parser: BodyParser, text: string, complete = true): ParsedBody {
  parser.write(text);
  return parser.end(complete);
}

/** Writes the text in pieces: each cut is the length of the next piece, the last one takes what is left. */
export function readCut(
  parser: BodyParser,
  text: string,
  cuts: readonly number[],
  complete = true,
): ParsedBody {
  let start = 0;
  for (const cut of cuts) {
    parser.write(text.slice(start, start + cut));
    start = Math.min(text.length, start + cut);
  }
  parser.write(text.slice(start));
  return parser.end(complete);
}

/** Writes octet by octet. */
export function readOctets(parser: BodyParser, text: string, complete = true): ParsedBody {
  for (const octet of text) parser.write(octet);
  return parser.end(complete);
}

/** `name=value` for each field, for short expectations. */
export function pairsOf(body: { readonly fields: readonly BodyField[] }): string[] {
  return body.fields.map(({ name, value }) => `${name}=${value}`);
}
