/**
 * Addresses that run script or carry a document: how browsers find the scheme of an address (WHATWG URL section
 * 4.4: control characters and blanks in front, tabs and line breaks anywhere are dropped; older browsers dropped
 * every control character). Linear, reads no further than the scheme and media type.
 */
import { isBlank, isLetter } from '../characters.ts';

/** Any other address, or none. */
export const PLAIN_ADDRESS = 0;
/** `javascript:`. */
export const SCRIPT_ADDRESS = 1;
/** A script scheme of old browsers, which nobody has honest use for any more. */
export const OLD_SCRIPT_ADDRESS = 6;
/** `data:` with a document in which script runs wherever it is shown. */
export const DOCUMENT_ADDRESS = 2;
/** `data:` with a picture that runs script where it is shown as a document. */
export const PICTURE_ADDRESS = 3;
/** Any other `data:` but pictures, sound, video and fonts. */
export const DATA_ADDRESS = 5;
/** A scheme that shows something else than the address says. */
export const WRAPPER_ADDRESS = 4;

const SCHEME_CHARACTERS_MAX = 16;
const MEDIA_TYPE_CHARACTERS_MAX = 40;
const WRAPPERS_MAX = 2;

const COLON = 0x3a;

const OLD_SCRIPT_SCHEMES: ReadonlySet<string> = new Set(['vbscript', 'livescript', 'mocha', 'jscript']);
/** Schemes in front of another address that is shown as something else. */
const WRAPPERS: ReadonlySet<string> = new Set(['view-source', 'jar', 'mhtml', 'ms-its', 'mk']);
/** Schemes in front of another address that change little. */
const PREFIXES: ReadonlySet<string> = new Set(['feed', 'pcast']);
const DOCUMENT_TYPES: ReadonlySet<string> = new Set([
  'text/html',
  'text/xml',
  'text/xsl',
  'text/x-scriptlet',
  'application/xml',
  'application/xhtml+xml',
]);
const PICTURE_TYPES: ReadonlySet<string> = new Set(['image/svg+xml', 'image/svg-xml']);

const MEDIA_TYPE = /^(?:image|audio|video|font)\//;

const PERCENT_ESCAPE = /%([0-9a-f]{2})/gi;
/** What links without a target say. */
const PLACEHOLDER =
  /^[\s;]*(?:(?:void|return)?[\s;]*\(?[\s;]*(?:void|0|null|false|true|undefined|-1|'[^']{0,8}'|"[^"]{0,8}")?[\s;]*\)?[\s;]*)?(?:#|\/\/)?[\s;]*$/i;
const PLACEHOLDER_CHARACTERS_MAX = 40;

export interface Address {
  readonly kind: number;
  /** Where the scheme begins, behind blanks and quotation marks. */
  readonly start: number;
  /** Behind the scheme's colon, or behind the media type. */
  readonly codeStart: number;
}

const PLAIN: Address = { kind: PLAIN_ADDRESS, start: 0, codeStart: 0 };

/**
 * What an address is.
 *
 * @param text the address with its character references undone
 * @param from where it begins
 */
export function readAddress(text: string, from = 0): Address {
  let start = from;
  while (isAround(text.charCodeAt(start))) start += 1;
  let at = start;
  let outer = PLAIN;
  for (let wrappers = 0; wrappers <= WRAPPERS_MAX; wrappers += 1) {
    const end = schemeEnd(text, at);
    if (end === -1) return outer;
    const scheme = compact(text.slice(at, end)).toLowerCase();
    if (scheme === 'javascript') return { kind: SCRIPT_ADDRESS, start, codeStart: end + 1 };
    if (OLD_SCRIPT_SCHEMES.has(scheme)) return { kind: OLD_SCRIPT_ADDRESS, start, codeStart: end + 1 };
    if (scheme === 'data') return readData(text, start, end + 1);
    if (WRAPPERS.has(scheme)) outer = { kind: WRAPPER_ADDRESS, start, codeStart: end + 1 };
    else if (!PREFIXES.has(scheme)) return outer;
    at = end + 1;
  }
  return outer;
}

/** The script of an address, its percent escapes undone, as browsers do before they run it. */
export function addressScript(text: string, codeStart: number): string {
  const code = text.slice(codeStart);
  if (!code.includes('%')) return code;
  return code.replace(PERCENT_ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Whether the script of an address does nothing: `void(0)`, `;`, nothing at all. */
export function isPlaceholder(script: string): boolean {
  return script.length <= PLACEHOLDER_CHARACTERS_MAX && PLACEHOLDER.test(script);
}

/** Where the colon of a scheme stands, or -1. Blanks do not count, so a scheme may be spread far. */
function schemeEnd(text: string, start: number): number {
  let characters = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isBlank(code)) continue;
    if (code === COLON) return characters > 0 ? at : -1;
    if (!isLetter(code) && code !== 0x2d) return -1;
    characters += 1;
    if (characters > SCHEME_CHARACTERS_MAX) return -1;
  }
  return -1;
}

function readData(text: string, start: number, typeStart: number): Address {
  let type = '';
  let at = typeStart;
  for (; at < text.length && type.length < MEDIA_TYPE_CHARACTERS_MAX; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x2c || code === 0x3b || (code === 0x20 && type !== '')) break;
    if (!isBlank(code)) type += text[at];
  }
  const name = type.toLowerCase();
  if (DOCUMENT_TYPES.has(name)) return { kind: DOCUMENT_ADDRESS, start, codeStart: at };
  if (PICTURE_TYPES.has(name)) return { kind: PICTURE_ADDRESS, start, codeStart: at };
  return MEDIA_TYPE.test(name) ? PLAIN : { kind: DATA_ADDRESS, start, codeStart: at };
}

function compact(text: string): string {
  let compacted = '';
  for (let at = 0; at < text.length; at += 1) {
    if (!isBlank(text.charCodeAt(at))) compacted += text[at];
  }
  return compacted;
}

/** Blanks and quotation marks in front of an address. */
function isAround(code: number): boolean {
  return isBlank(code) || code === 0x22 || code === 0x27 || code === 0x60;
}
