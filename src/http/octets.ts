/**
 * Octet classes of the HTTP grammar as look-up tables: one array read per byte in the codec's loops.
 */

export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const DQUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const EQUALS = 0x3d;
export const BACKSLASH = 0x5c;

/** tchar of RFC 9110 §5.6.2: what methods, field names and other tokens consist of. */
export const TOKEN: Uint8Array = classOf(
  "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
);

/** Octets of a field value, RFC 9110 §5.5: HTAB, SP, VCHAR and obs-text; no other control octet, no DEL. */
export const FIELD_VALUE: Uint8Array = createFieldValueClass();

/**
 * Octets that a request target may hold: visible ASCII but `#`, since a target has no fragment (RFC 9112 §3.2).
 * Wider than RFC 3986 on purpose: browsers send some of `<>"{}|\^` raw, and judging them is the rules' work.
 */
export const TARGET: Uint8Array = createTargetClass();

/** Value of a hexadecimal digit, 255 for any other octet. */
export const HEX_VALUE: Uint8Array = createHexValues();

/** Whether `text` is a non-empty token. */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255 || TOKEN[code] === 0) return false;
  }
  return text.length > 0;
}

function classOf(members: string): Uint8Array {
  const table = new Uint8Array(256);
  for (let i = 0; i < members.length; i++) table[members.charCodeAt(i)] = 1;
  return table;
}

function createFieldValueClass(): Uint8Array {
  const table = new Uint8Array(256).fill(1, SP);
  table[HTAB] = 1;
  table[0x7f] = 0;
  return table;
}

function createTargetClass(): Uint8Array {
  const table = new Uint8Array(256).fill(1, 0x21, 0x7f);
  table[0x23] = 0;
  return table;
}

function createHexValues(): Uint8Array {
  const table = new Uint8Array(256).fill(255);
  for (let i = 0; i < 10; i++) table[0x30 + i] = i;
  for (let i = 0; i < 6; i++) {
    table[0x41 + i] = 10 + i;
    table[0x61 + i] = 10 + i;
  }
  return table;
}
