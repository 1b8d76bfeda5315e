/**
 * Takes a body apart by its Content-Type, down to the texts that rules look at: pairs of a form, strings of a JSON
 * document, parts of a multipart body; everything else is one text. Media that hold no text are left alone.
 */

import { judgePairs } from '../fields.ts';
import type { Judge } from '../judge.ts';
import { visitJsonStrings } from './json-strings.ts';
import { multipartBoundary, visitMultipart } from './multipart.ts';

const BINARY =
  /^(?:image\/(?!svg)|audio\/|video\/|font\/|application\/(?:octet-stream|pdf|zip|gzip|wasm|grpc|protobuf|x-protobuf))/;
const JSON_TYPE = /[/+]json\b/;
const JSON_BEGINNING = /^\s{0,64}[[{]/;

/**
 * @param text bytes as latin-1 text, cut to what is to be inspected
 * @param contentType the field as received; null without one
 */
export function judgeBody(judge: Judge, text: string, contentType: string | null): void {
  const type = (contentType ?? '').trim().toLowerCase();
  if (type.startsWith('application/x-www-form-urlencoded')) {
    judgePairs(judge, text, '&', 'body');
    return;
  }
  if (type.startsWith('multipart/')) {
    // The boundary counts by case, hence the field as received.
    const boundary = multipartBoundary(contentType ?? '');
    if (boundary !== null) {
      judgeMultipart(judge, text, boundary);
      return;
    }
  }
  if (BINARY.test(type)) return;
  // Beacons of browsers send JSON as plain text.
  if (JSON_TYPE.test(type) || JSON_BEGINNING.test(text)) {
    const isJson = visitJsonStrings(text, (value) => judge.judge(value, 'text', 'body', false));
    if (isJson) return;
  }
  judge.judge(text, 'text', 'body', false);
}

function judgeMultipart(judge: Judge, text: string, boundary: string): void {
  visitMultipart(text, boundary, {
    content: (value) => judge.judge(value, 'argument', 'body', false),
    name: (value) => judge.judge(value, 'argument', 'body', false),
  });
}
