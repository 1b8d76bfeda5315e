/**
 * Character references in attribute values (WHATWG HTML section 13.2.5.72 on).
 *
 * Only characters below U+0100 are of interest here: schemes, mark-up and script are written in ASCII. Names are
 * those of ASCII characters and the blanks, in either case, since some filters in front of pages fold case. Linear:
 * an alternative of the pattern never passes the next `&`. Never returns more characters than it was given.
 */

/** Entity names of ASCII characters; `''` for characters that browsers drop or that show nothing. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['tab', '\t'],
  ['newline', '\n'],
  ['nbsp', ' '],
  ['excl', '!'],
  ['quot', '"'],
  ['num', '#'],
  ['dollar', '$'],
  ['percnt', '%'],
  ['amp', '&'],
  ['apos', "'"],
  ['lpar', '('],
  ['rpar', ')'],
  ['ast', '*'],
  ['midast', '*'],
  ['plus', '+'],
  ['comma', ','],
  ['period', '.'],
  ['sol', '/'],
  ['colon', ':'],
  ['semi', ';'],
  ['lt', '<'],
  ['equals', '='],
  ['gt', '>'],
  ['quest', '?'],
  ['commat', '@'],
  ['lsqb', '['],
  ['lbrack', '['],
  ['bsol', '\\'],
  ['rsqb', ']'],
  ['rbrack', ']'],
  ['hat', '^'],
  ['lowbar', '_'],
  ['underbar', '_'],
  ['grave', '`'],
  ['diacriticalgrave', '`'],
  ['lcub', '{'],
  ['lbrace', '{'],
  ['verbar', '|'],
  ['vert', '|'],
  ['rcub', '}'],
  ['rbrace', '}'],
  ['shy', ''],
  ['zerowidthspace', ''],
]);

const REFERENCE = /&(?:#x0*([0-9a-f]{1,6})|#0*([0-9]{1,7})|(lt|gt|amp|quot|[a-z]{2,20}(?=;)));?/gi;

/** Replaces character references by what they stand for; NUL goes away. The same string if there are none. */
export function decodeReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(REFERENCE, (match: string, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return NAMES.get(name.toLowerCase()) ?? match;
    const code = hex === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hex, 16);
    if (code === 0) return '';
    return code < 0x100 ? String.fromCharCode(code) : match;
  });
}
