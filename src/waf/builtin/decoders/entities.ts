/**
 * HTML character references: `&lt;`, `&#60;`, `&#x3c;`. Linear; returns the very same string where there are none.
 */

const NUL = 0;

/** Entities whose characters script and mark-up need. */
const NAMED_ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
  ['grave', '`'],
  ['colon', ':'],
  ['semi', ';'],
  ['equals', '='],
  ['lpar', '('],
  ['rpar', ')'],
  ['sol', '/'],
  ['bsol', '\\'],
  ['tab', '\t'],
  ['newline', '\n'],
  ['nbsp', ' '],
]);

/** An alternative never passes the next `&`, so all matches together read the text a constant number of times. */
const ENTITY = /&(?:#x0*([0-9a-f]{1,6})|#0*([0-9]{1,7})|(lt|gt|amp|quot|[a-z]{2,7}(?=;)));?/gi;

/** Replaces HTML character references for characters below U+0100, with or without their semicolon. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(ENTITY, (match: string, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return NAMED_ENTITIES.get(name.toLowerCase()) ?? match;
    const code = hex === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hex, 16);
    if (code === NUL) return '';
    return code < 0x100 ? String.fromCharCode(code) : match;
  });
}
