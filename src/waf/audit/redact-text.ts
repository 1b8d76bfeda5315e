/**
 * Replaces the values of secret names in texts as they were received: query strings and forms, cookies, JSON, XML,
 * multipart. Works on broken and cut texts too, and leaves everything else as it stands. Linear. What was replaced is
 * collected, so that the same value can be found elsewhere.
 */
import { decodeForm } from '../bodies/form-decoding.ts';
import { decodeJsonText } from '../bodies/json-text.ts';
import type { BodyProcessor } from '../bodies/parsed-body.ts';
import { soundsSecret } from './secret-names.ts';

export const REDACTED = '[redacted]';

export interface Redaction {
  /** Whether a value of that name is to go; the name is decoded. */
  readonly isSecret: (name: string) => boolean;
  /** Takes each value that was replaced. */
  readonly collect: (value: string) => void;
}

/** For targets in logs of all requests. */
const LOG_REDACTION: Redaction = { isSecret: soundsSecret, collect: () => undefined };

/** Pairs of a query string or a form. Both separators count, since an origin may split at `;` as well as at `&`. */
export function redactPairs(text: string, redaction: Redaction): string {
  return text.replace(/[^&;]+/g, (pair) => redactPair(pair, redaction));
}

/** Names are read twice decoded, for origins behind something that decodes once more. */
function redactPair(pair: string, redaction: Redaction): string {
  const valueAt = pair.indexOf('=') + 1;
  if (valueAt === 0 || valueAt === pair.length) return pair;
  const name = decodeForm(decodeForm(pair.slice(0, valueAt - 1)));
  if (!redaction.isSecret(name)) return pair;
  const value = pair.slice(valueAt);
  redaction.collect(value);
  redaction.collect(decodeForm(value));
  return `${pair.slice(0, valueAt)}${REDACTED}`;
}

/** The parameters of a path, as in `/login;password=x`, and the query of a target or an address. */
export function redactTarget(target: string, redaction: Redaction = LOG_REDACTION): string {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? '' : target.slice(mark);
  const shown = path.replace(/(?<=;)[^;/]+/g, (pair) => redactPair(pair, redaction));
  return shown + (query === '' ? '' : `?${redactPairs(query.slice(1), redaction)}`);
}

/** All values of a Cookie field; of Set-Cookie the value, not what follows it. */
export function redactCookies(field: string, isSetCookie: boolean, redaction: Redaction): string {
  return field
    .split(';')
    .map((piece, index) => {
      const equals = piece.indexOf('=');
      if (equals === -1 || (isSetCookie && index > 0)) return piece;
      redaction.collect(piece.slice(equals + 1));
      return `${piece.slice(0, equals + 1)}${REDACTED}`;
    })
    .join(';');
}

/** A body, read by the processor of its media type; without one it is read as what it looks like. */
export function redactBody(text: string, processor: BodyProcessor | null, redaction: Redaction): string {
  if (processor === 'MULTIPART') return redactParts(text, redaction);
  if (processor === 'XML') return redactXml(text, redaction);
  if (processor === 'JSON') return redactJson(text, redaction);
  if (processor === 'URLENCODED') return redactPairs(text, redaction);
  if (/^\s{0,64}[[{]/.test(text)) return redactJson(text, redaction);
  if (/^\s{0,64}</.test(text)) return redactXml(text, redaction);
  return /^[\w.%+[\]-]{1,128}=/.test(text) ? redactPairs(text, redaction) : text;
}

/** Walks from string to string; one before a colon is a key. */
function redactJson(text: string, redaction: Redaction): string {
  const pieces: string[] = [];
  let start = 0;
  let open = text.indexOf('"');
  while (open !== -1) {
    const close = stringEnd(text, open);
    const colon = skipBlanks(text, close);
    let next = close;
    if (text[colon] === ':') {
      const raw = text.slice(open + 1, close - 1);
      const value = skipBlanks(text, colon + 1);
      next = value;
      if (redaction.isSecret(decodeJsonText(raw) ?? raw)) {
        next = valueEnd(text, value);
        const secret = text.slice(value, next).replace(/^"|"$/g, '');
        redaction.collect(secret);
        redaction.collect(decodeJsonText(secret) ?? secret);
        pieces.push(text.slice(start, value), `"${REDACTED}"`);
        start = next;
      }
    }
    open = text.indexOf('"', next);
  }
  pieces.push(text.slice(start));
  return pieces.join('');
}

/** Behind the quotation mark that ends the string beginning at `open`, or the end of the text. */
function stringEnd(text: string, open: number): number {
  for (let index = open + 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '"') return index + 1;
  }
  return text.length;
}

function valueEnd(text: string, start: number): number {
  if (text[start] === '"') return stringEnd(text, start);
  let depth = 0;
  let index = start;
  while (index < text.length) {
    const character = text[index] ?? '';
    if (depth === 0 && index > start && /[,\]}\s]/.test(character)) return index;
    if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') {
      depth -= 1;
      if (depth <= 0) return index + 1;
    }
    index = character === '"' ? stringEnd(text, index) : index + 1;
  }
  return text.length;
}

function skipBlanks(text: string, start: number): number {
  let index = start;
  while (index < text.length && /\s/.test(text[index] ?? '')) index += 1;
  return index;
}

/** Text directly inside of elements with secret names, and attributes with such names. */
function redactXml(text: string, redaction: Redaction): string {
  const replaceValue = (
    whole: string,
    before: string,
    name: string,
    value: string,
    after: string,
  ): string => {
    if (value.trim() === '' || !redaction.isSecret(name)) return whole;
    redaction.collect(value.trim());
    return `${before}${REDACTED}${after}`;
  };
  return text
    .replace(/(<([^\s<>/!?"'=]{1,128})(?=[\s/>])[^<>]*>)([^<]*)()/g, (whole, before, name, value) =>
      replaceValue(whole, before, name, value, ''),
    )
    .replace(/(\s([^\s<>/"'=]{1,128})=["'])([^"'<>]*)(["'])/g, (whole, before, name, value, after) =>
      replaceValue(whole, before, name, value, after),
    );
}

/** Content of parts with secret names: everything between a part's header and the next line of hyphens. */
function redactParts(text: string, redaction: Redaction): string {
  return text
    .split(/(?<=\n)(?=--)/)
    .map((part) => {
      const blankLine = /\r?\n\r?\n/.exec(part);
      if (blankLine === null) return part;
      const name = /[;\s]name\*?=["']?([^"';\r\n]{0,512})/i.exec(part.slice(0, blankLine.index))?.[1] ?? '';
      if (!redaction.isSecret(name)) return part;
      const begin = blankLine.index + blankLine[0].length;
      redaction.collect(part.slice(begin).trimEnd());
      return `${part.slice(0, begin)}${REDACTED}\r\n`;
    })
    .join('');
}
