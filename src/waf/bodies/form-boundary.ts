/**
 * The boundary that a Content-Type of multipart/form-data names (RFC 2046 section 5.1.1), read strictly: where
 * programs could find different boundaries, the field is faulty. What is most likely meant is read nevertheless.
 */
import { isBlank } from './blanks.ts';
import { showText } from './body-parser.ts';

export interface FormBoundary {
  /** Empty where none could be found. */
  readonly boundary: string;
  readonly quoted: boolean;
  /** Blanks around the `=`. */
  readonly whitespace: boolean;
  /** No semicolon between the media type and the parameter. */
  readonly missingSemicolon: boolean;
  /** One sentence, or null. */
  readonly fault: string | null;
}

const MEDIA_TYPE = /^[ \t]*multipart\/form-data/i;
const PARAMETER = /boundary/i;
const CHARACTERS = /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/;
const SEMICOLON = 0x3b;

/** @param contentType the field as received, or null */
export function readFormBoundary(contentType: string | null): FormBoundary {
  const type = contentType === null ? null : MEDIA_TYPE.exec(contentType);
  if (contentType === null || type === null)
    return noBoundary('The Content-Type is not multipart/form-data.');
  const parameters = contentType.slice(type[0].length);
  const at = parameters.search(PARAMETER);
  if (at === -1) return noBoundary('The Content-Type names no boundary.');
  const before = parameters.slice(0, at);
  let equals = at + 'boundary'.length;
  while (isBlank(parameters.charCodeAt(equals))) equals += 1;
  if (parameters[equals] !== '=') return noBoundary('The boundary in the Content-Type has no value.');
  const value = readValue(parameters.slice(equals + 1));
  return {
    boundary: value.text,
    quoted: value.quoted,
    whitespace: equals !== at + 'boundary'.length || isBlank(parameters.charCodeAt(equals + 1)),
    missingSemicolon: !before.includes(';'),
    fault: faultBefore(before) ?? value.fault ?? faultBehind(value.rest),
  };
}

interface ParameterValue {
  readonly text: string;
  readonly quoted: boolean;
  readonly rest: string;
  readonly fault: string | null;
}

function readValue(text: string): ParameterValue {
  const trimmed = text.replace(/^[ \t]+/, '');
  const quoted = trimmed.startsWith('"');
  const end = quoted ? trimmed.indexOf('"', 1) : trimmed.search(/[;\s]/);
  if (quoted && end === -1) {
    return { text: trimmed.slice(1), quoted: false, rest: '', fault: 'The boundary has one quotation mark.' };
  }
  const value = trimmed.slice(quoted ? 1 : 0, end === -1 ? undefined : end);
  const rest = end === -1 ? '' : trimmed.slice(quoted ? end + 1 : end);
  return { text: value, quoted, rest, fault: faultOf(value, quoted) };
}

function faultOf(value: string, quoted: boolean): string | null {
  if (value === '') return 'The boundary is empty.';
  // Some programs end a boundary without quotation marks at a comma.
  if (!CHARACTERS.test(value) || (!quoted && value.includes(','))) {
    return `The boundary ${showText(value)} is none.`;
  }
  return null;
}

/** Other parameters may stand before it, but none that some would take for the boundary. */
function faultBefore(before: string): string | null {
  const last = before.trimEnd();
  if (last === '') return null;
  const startsRight = isBlank(before.charCodeAt(0)) || before.charCodeAt(0) === SEMICOLON;
  return startsRight && last.endsWith(';') ? null : 'The parameters of the Content-Type are malformed.';
}

function faultBehind(rest: string): string | null {
  const next = rest.trimStart();
  if (next !== '' && !next.startsWith(';')) return 'The Content-Type goes on behind the boundary.';
  return PARAMETER.test(next) ? 'The Content-Type names several boundaries.' : null;
}

function noBoundary(fault: string): FormBoundary {
  return { boundary: '', quoted: false, whitespace: false, missingSemicolon: false, fault };
}
