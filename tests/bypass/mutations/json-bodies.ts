/** The text as a string in a JSON document, in all the ways a document may be written (RFC 8259). */
import { ARGUMENT, escapeText } from '../attack.ts';
import { carriage, carriageFrom, type Mutation } from '../mutation.ts';
import { FORM, post, type Request } from '../request.ts';

const JSON_TYPE = 'application/json';
const NAME = `"${ARGUMENT}"`;

export const jsonBodies: readonly Mutation[] = [
  carriage('json-plain', (payload) => json(`{${NAME}:${plain(payload)}}`)),
  carriage('json-unicode-escapes', (payload) => json(`{${NAME}:${escaped(payload)}}`)),
  carriage('json-escaped-names-too', (payload) => json(`{${escaped(ARGUMENT)}:${escaped(payload)}}`)),
  carriage('json-nested', (payload) => json(`{"a":{"b":[1,[{"c":{${NAME}:${plain(payload)}}}]]}}`)),
  carriage('json-deep', (payload) => json(`${'[{"a":'.repeat(100)}${plain(payload)}${'}]'.repeat(100)}`)),
  // One line more, and a value that is long: still the value of an argument.
  carriage('json-line-break-behind', (payload) => json(`{${NAME}:${plain(`${payload}\n`)}}`)),
  carriage('json-text-behind', (payload) =>
    json(`{${NAME}:${plain(`${payload} ${'lorem ipsum '.repeat(25)}`)}}`),
  ),
  carriage('json-duplicate-last', (payload) => json(`{${NAME}:"x",${NAME}:${plain(payload)}}`)),
  carriage('json-duplicate-first', (payload) => json(`{${NAME}:${plain(payload)},${NAME}:"x"}`)),
  carriage('json-array', (payload) => json(`[${plain(payload)}]`)),
  carriage('json-scalar', (payload) => json(plain(payload))),
  carriage('json-in-json', (payload) => json(`{${NAME}:${JSON.stringify(`{${NAME}:${escaped(payload)}}`)}}`)),
  carriage('json-in-form', (payload) => post(FORM, `data=${escapeText(`{${NAME}:${plain(payload)}}`)}`)),
  carriage('json-escaped-in-form', (payload) =>
    post(FORM, `data=${escapeText(`{${NAME}:${escaped(payload)}}`)}`),
  ),
  carriageFrom('json-member-name', ['argument', 'name'], (payload) => json(`{${plain(payload)}:1}`)),
  carriage('json-suffix-type', (payload) => json(`{${NAME}:${plain(payload)}}`, 'application/vnd.api+json')),
  carriage('json-as-text', (payload) => json(`{${NAME}:${escaped(payload)}}`, 'text/plain;charset=UTF-8')),
  carriage('json-without-type', (payload) => json(`{${NAME}:${escaped(payload)}}`, null)),
  carriage('json-with-bom', (payload) => json(`\xef\xbb\xbf{${NAME}:${escaped(payload)}}`)),
  carriage('json-with-comment', (payload) => json(`/**/{${NAME}:${escaped(payload)}}`)),
  carriage('json-utf-16', (payload) => {
    const text = `{${NAME}:${plain(payload)}}`;
    return json(Buffer.from(text, 'utf16le').toString('latin1'), `${JSON_TYPE}; charset=utf-16le`);
  }),
];

function json(body: string, type: string | null = JSON_TYPE): Request {
  return post(type, body);
}

function plain(payload: string): string {
  const text = `"${payload.replace(/["\\]/g, '\\$&')}"`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are written as escapes in JSON.
  return text.replace(/[\x00-\x1f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Every character as `\uXXXX`; octets that are UTF-8 together are one character. */
function escaped(payload: string): string {
  const text = Buffer.from(payload, 'latin1').toString('utf8');
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')}"`;
}
