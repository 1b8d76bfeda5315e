/**
 * The grammar of chunk extensions as a state machine over single octets (RFC 9112 §7.1.1):
 * `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )`.
 *
 * Lenient readers of this corner have let requests be smuggled, so nothing outside the grammar passes.
 */
import { BACKSLASH, DQUOTE, EQUALS, FIELD_VALUE, HTAB, SEMICOLON, SP, TOKEN } from './octets.ts';

/** The state behind a chunk size. */
export const EXTENSION_START = 0;
const EXT_BEFORE_NAME = 1;
const EXT_NAME = 2;
const EXT_AFTER_NAME = 3;
const EXT_BEFORE_VALUE = 4;
const EXT_VALUE = 5;
const EXT_QUOTED = 6;
const EXT_QUOTED_PAIR = 7;
/** White space behind a value; only a further extension or the end of the line may follow. */
const EXT_AFTER_VALUE = 8;
const EXT_QUOTED_END = 9;

/** Whether the line may end in this state. White space before CRLF has no place in the grammar. */
export function isExtensionEnd(state: number): boolean {
  return state === EXT_NAME || state === EXT_VALUE || state === EXT_QUOTED_END;
}

/** The state behind `octet`, or -1 where the grammar of extensions has no place for it. */
export function nextExtensionState(state: number, octet: number): number {
  const blank = octet === SP || octet === HTAB;
  switch (state) {
    case EXTENSION_START:
      if (blank) return EXTENSION_START;
      return octet === SEMICOLON ? EXT_BEFORE_NAME : -1;
    case EXT_BEFORE_NAME:
      if (blank) return EXT_BEFORE_NAME;
      return TOKEN[octet] === 1 ? EXT_NAME : -1;
    case EXT_NAME:
      if (TOKEN[octet] === 1) return EXT_NAME;
      return afterName(octet, blank);
    case EXT_AFTER_NAME:
      return afterName(octet, blank);
    case EXT_BEFORE_VALUE:
      if (blank) return EXT_BEFORE_VALUE;
      if (octet === DQUOTE) return EXT_QUOTED;
      return TOKEN[octet] === 1 ? EXT_VALUE : -1;
    case EXT_VALUE:
      if (TOKEN[octet] === 1) return EXT_VALUE;
      return afterValue(octet, blank);
    case EXT_QUOTED:
      if (octet === DQUOTE) return EXT_QUOTED_END;
      if (octet === BACKSLASH) return EXT_QUOTED_PAIR;
      return FIELD_VALUE[octet] === 1 ? EXT_QUOTED : -1;
    case EXT_QUOTED_PAIR:
      return FIELD_VALUE[octet] === 1 ? EXT_QUOTED : -1;
    default:
      return afterValue(octet, blank);
  }
}

function afterName(octet: number, blank: boolean): number {
  if (blank) return EXT_AFTER_NAME;
  if (octet === EQUALS) return EXT_BEFORE_VALUE;
  return octet === SEMICOLON ? EXT_BEFORE_NAME : -1;
}

function afterValue(octet: number, blank: boolean): number {
  if (blank) return EXT_AFTER_VALUE;
  return octet === SEMICOLON ? EXT_BEFORE_NAME : -1;
}
