/** The text as a field of a multipart form, written oddly as some origin still reads it (RFC 7578, RFC 2046). */
import { ARGUMENT } from '../attack.ts';
import { carriage, carriageFrom, type Mutation } from '../mutation.ts';
import { post, type Request } from '../request.ts';

const EDGE = 'edge';
const TYPE = `multipart/form-data; boundary=${EDGE}`;
const DISPOSITION = `Content-Disposition: form-data; name="${ARGUMENT}"`;

export const multipartBodies: readonly Mutation[] = [
  carriage('multipart-plain', (payload) => post(TYPE, form(payload))),
  carriage('multipart-quoted-boundary', (payload) =>
    post(`multipart/form-data; boundary="${EDGE}"`, form(payload)),
  ),
  carriage('multipart-boundary-case', (payload) =>
    post(`Multipart/Form-Data; BOUNDARY=${EDGE}`, form(payload)),
  ),
  carriage('multipart-boundary-blanks', (payload) =>
    post(`multipart/form-data ; boundary = ${EDGE}`, form(payload)),
  ),
  carriage('multipart-boundary-comma', (payload) =>
    post(`multipart/form-data, boundary=${EDGE}`, form(payload)),
  ),
  carriage('multipart-two-boundaries', (payload) =>
    post(`multipart/form-data; boundary=other; boundary=${EDGE}`, form(payload)),
  ),
  carriage('multipart-boundary-parameter-behind', (payload) => post(`${TYPE}; charset=utf-8`, form(payload))),
  carriage('multipart-lf-lines', (payload) => post(TYPE, form(payload).replaceAll('\r\n', '\n'))),
  carriage('multipart-preamble', (payload) => post(TYPE, `text before\r\n${form(payload)}`)),
  carriage('multipart-epilogue', (payload) => post(TYPE, `${form('x')}${form(payload)}`)),
  carriage('multipart-no-end', (payload) => post(TYPE, form(payload).replace(`--${EDGE}--\r\n`, ''))),
  carriage('multipart-no-end-dashes', (payload) =>
    post(TYPE, form(payload).replace(`--${EDGE}--\r\n`, `--${EDGE}\r\n`)),
  ),
  carriage('multipart-folded-header', (payload) =>
    post(TYPE, form(payload, DISPOSITION.replace('; ', ';\r\n '))),
  ),
  carriage('multipart-header-case', (payload) => post(TYPE, form(payload, DISPOSITION.toLowerCase()))),
  carriage('multipart-blank-before-colon', (payload) =>
    post(TYPE, form(payload, DISPOSITION.replace(':', ' :'))),
  ),
  carriage('multipart-unquoted-name', (payload) =>
    post(TYPE, form(payload, DISPOSITION.replaceAll('"', ''))),
  ),
  carriage('multipart-single-quotes', (payload) =>
    post(TYPE, form(payload, DISPOSITION.replaceAll('"', "'"))),
  ),
  carriage('multipart-two-names', (payload) => post(TYPE, form(payload, `${DISPOSITION}; name="other"`))),
  carriage('multipart-empty-file-name', (payload) =>
    post(TYPE, form(payload, `${DISPOSITION}; filename=""`)),
  ),
  carriage('multipart-extended-file-name', (payload) =>
    post(TYPE, form(payload, `${DISPOSITION}; filename*=UTF-8''`)),
  ),
  carriage('multipart-part-charset', (payload) =>
    post(TYPE, form(payload, `${DISPOSITION}\r\nContent-Type: text/plain; charset=iso-8859-1`)),
  ),
  carriage('multipart-part-utf-16', (payload) =>
    post(TYPE, form(inUtf16(payload), `${DISPOSITION}\r\nContent-Type: text/plain; charset=utf-16le`)),
  ),
  carriage('multipart-part-charset-field', (payload) => {
    const charset = `--${EDGE}\r\nContent-Disposition: form-data; name="_charset_"\r\n\r\nutf-16le\r\n`;
    return post(TYPE, charset + form(inUtf16(payload)));
  }),
  carriage('multipart-part-base64', (payload) => {
    const header = `${DISPOSITION}\r\nContent-Transfer-Encoding: base64`;
    return post(TYPE, form(Buffer.from(payload, 'latin1').toString('base64'), header));
  }),
  carriage('multipart-part-quoted-printable', (payload) => {
    const header = `${DISPOSITION}\r\nContent-Transfer-Encoding: quoted-printable`;
    return post(TYPE, form(payload.replace(/./gs, quotedPrintable), header));
  }),
  carriage('multipart-nested', (payload) => {
    const inner = form(payload).replaceAll(EDGE, 'inner');
    return post(
      TYPE,
      form(
        inner,
        'Content-Disposition: form-data; name="a"\r\nContent-Type: multipart/mixed; boundary=inner',
      ),
    );
  }),
  carriageFrom('multipart-field-name', ['argument', 'name'], (payload) =>
    /["\r\n\0\\]/.test(payload)
      ? null
      : post(TYPE, form('x', `Content-Disposition: form-data; name="${payload}"`)),
  ),
];

/** One field; no payload holds the delimiter. */
function form(payload: string, header = DISPOSITION): string {
  return `--${EDGE}\r\n${header}\r\n\r\n${payload}\r\n--${EDGE}--\r\n`;
}

function inUtf16(payload: string): string {
  return Buffer.from(payload, 'utf16le').toString('latin1');
}

function quotedPrintable(char: string): string {
  return `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** For padding with other parts. */
export function formWithParts(before: readonly string[], payload: string): Request {
  const parts = before.map(
    (text, index) => `--${EDGE}\r\nContent-Disposition: form-data; name="p${index}"\r\n\r\n${text}\r\n`,
  );
  return post(TYPE, parts.join('') + form(payload));
}
