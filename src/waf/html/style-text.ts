/**
 * Styles that run script or pull in what does: `expression(...)`, `behavior`, `-moz-binding`, addresses with a
 * scheme of script, and imports. The first three are of old browsers; lists of attacks live longer than those.
 *
 * A style is read as browsers read it: escapes undone (CSS Syntax section 4.3.7), comments and blanks dropped.
 * Linear; the copy is never longer than the text.
 */

const SUSPICIOUS = /[\\(@:]/;
const ESCAPE = /\\(?:0{0,4}([0-9a-f]{2,6}) ?|([^0-9a-f\n]))/gi;
const BLANKS = /[\0-\x20\x7f]+/g;

/** A property begins the style or follows a separator, so that `scroll-behavior` is none of these. */
const BINDING = /(?:^|[;{"',}])(?:-moz-binding|behavior):url\(/;
const EXPRESSION = /expression\(./;
const SCRIPT_ADDRESS = /(?:url\(|@import|:)["']?(?:java|vb|live)script:/;
const ACTIVE_DATA = /@import(?:url\()?["']?data:|url\(["']?data:text\/(?:html|xml)/;
const IMPORT = /@import(?:url\(|["'])/;

/** A style cannot do anything. */
export const PLAIN_STYLE = 0;
/** It loads another style. */
export const LOADING_STYLE = 1;
/** It runs script in a browser that knows how. */
export const ACTIVE_STYLE_TEXT = 2;

/** What the declarations or rules of a style can do. */
export function gradeStyle(style: string): number {
  if (!SUSPICIOUS.test(style)) return PLAIN_STYLE;
  const plain = normaliseStyle(style);
  if (BINDING.test(plain) || EXPRESSION.test(plain)) return ACTIVE_STYLE_TEXT;
  if (SCRIPT_ADDRESS.test(plain) || ACTIVE_DATA.test(plain)) return ACTIVE_STYLE_TEXT;
  return IMPORT.test(plain) ? LOADING_STYLE : PLAIN_STYLE;
}

function normaliseStyle(style: string): string {
  const decoded = style.includes('\\') ? style.replace(ESCAPE, decodeEscape) : style;
  return dropComments(decoded).replace(BLANKS, '').toLowerCase();
}

function decodeEscape(match: string, hex?: string, plain?: string): string {
  if (hex === undefined) return plain ?? match;
  const code = Number.parseInt(hex, 16);
  return code < 0x80 ? String.fromCharCode(code) : match;
}

function dropComments(text: string): string {
  let at = text.indexOf('/*');
  if (at === -1) return text;
  let kept = '';
  let from = 0;
  while (at !== -1) {
    const end = text.indexOf('*/', at + 2);
    // What an unfinished comment hides may still be read by a parser that knows no comments.
    if (end === -1) break;
    kept += text.slice(from, at);
    from = end + 2;
    at = text.indexOf('/*', from);
  }
  return kept + text.slice(from);
}
