/** A form under other media types, methods and character sets: for origins that go by the body, or know more of them. */
import { ARGUMENT, escapeText } from '../attack.ts';
import { carriage, type Mutation } from '../mutation.ts';
import { FORM, post } from '../request.ts';

export const formTypes: readonly Mutation[] = [
  carriage('form-plain', (payload) => post(FORM, pair(payload))),
  carriage('form-upper-case-type', (payload) => post(FORM.toUpperCase(), pair(payload))),
  carriage('form-type-parameter', (payload) => post(`${FORM} ;charset="utf-8"`, pair(payload))),
  carriage('form-as-text', (payload) => post('text/plain', pair(payload))),
  carriage('form-as-json', (payload) => post('application/json', pair(payload))),
  carriage('form-as-octets', (payload) => post('application/octet-stream', pair(payload))),
  carriage('form-without-type', (payload) => post(null, pair(payload))),
  carriage('form-two-types', (payload) => post('text/plain', pair(payload), ['Content-Type', FORM])),
  carriage('form-semicolons', (payload) => post(FORM, `a=1;${pair(payload)}`)),
  carriage('form-unescaped', (payload) =>
    /[&+%=]/.test(payload) ? null : post(FORM, `${ARGUMENT}=${payload}`),
  ),
  carriage('form-put', (payload) => ({ ...post(FORM, pair(payload)), method: 'PUT' })),
  carriage('form-patch', (payload) => ({ ...post(FORM, pair(payload)), method: 'PATCH' })),
  carriage('form-get-with-body', (payload) => ({ ...post(FORM, pair(payload)), method: 'GET' })),
  carriage('form-utf-16-le', (payload) => post(`${FORM}; charset=utf-16le`, inUtf16(pair(payload)))),
  carriage('form-utf-16-be', (payload) => post(`${FORM}; charset=utf-16be`, swapped(inUtf16(pair(payload))))),
  carriage('form-utf-16-mark', (payload) => post(FORM, `\xff\xfe${inUtf16(pair(payload))}`)),
  carriage('form-escaped-utf-16', (payload) =>
    post(`${FORM}; charset=utf-16le`, `${ARGUMENT}=${escapeText(inUtf16(payload))}`),
  ),
  carriage('form-utf-7', (payload) =>
    post(`${FORM}; charset=utf-7`, `${ARGUMENT}=${escapeText(inUtf7(payload))}`),
  ),
  carriage('form-utf-7-field', (payload) =>
    post(FORM, `_charset_=utf-7&${ARGUMENT}=${escapeText(inUtf7(payload))}`),
  ),
  carriage('form-ebcdic', (payload) => post(`${FORM}; charset=ibm037`, inEbcdic(pair(payload)))),
];

function pair(payload: string): string {
  return `${ARGUMENT}=${escapeText(payload)}`;
}

function inUtf16(text: string): string {
  return Buffer.from(text, 'utf16le').toString('latin1');
}

function swapped(text: string): string {
  return Buffer.from(text, 'latin1').swap16().toString('latin1');
}

/** RFC 2152, every character that is not a letter or a digit in a run of its own. */
function inUtf7(text: string): string {
  return text.replace(/[^A-Za-z0-9 ]/g, (char) => {
    const octets = swapped(inUtf16(char));
    return `+${Buffer.from(octets, 'latin1').toString('base64').replace(/=+$/, '')}-`;
  });
}

/** Code page 037 for what a form is written with; other octets stay. */
function inEbcdic(text: string): string {
  return text.replace(/./gs, (char) => String.fromCharCode(ebcdicOf(char)));
}

const EBCDIC_RUNS = [
  ['a', 'i', 0x81],
  ['j', 'r', 0x91],
  ['s', 'z', 0xa2],
  ['A', 'I', 0xc1],
  ['J', 'R', 0xd1],
  ['S', 'Z', 0xe2],
  ['0', '9', 0xf0],
] as const;
const EBCDIC_SIGNS: ReadonlyMap<string, number> = new Map([
  ['%', 0x6c],
  ['=', 0x7e],
  ['&', 0x50],
  ['-', 0x60],
  ['_', 0x6d],
  ['.', 0x4b],
  ['~', 0xa1],
]);

function ebcdicOf(char: string): number {
  for (const [first, last, code] of EBCDIC_RUNS) {
    if (char >= first && char <= last) return code + char.charCodeAt(0) - first.charCodeAt(0);
  }
  return EBCDIC_SIGNS.get(char) ?? char.charCodeAt(0);
}
