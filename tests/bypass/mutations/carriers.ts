/** The text in parts of a request that are no arguments, to origins that read them as such. */
import { ARGUMENT, escapeText } from '../attack.ts';
import { carriage, type Mutation } from '../mutation.ts';
import { FORM, get, type Header, post, type Request } from '../request.ts';

export const carriers: readonly Mutation[] = [
  carriage('in-argument-name', (payload) => get(`/get?${escapeText(payload)}=1`)),
  carriage('in-query-alone', (payload) => get(`/get?${escapeText(payload)}`)),
  carriage('in-form-name', (payload) => post(FORM, `${escapeText(payload)}=1`)),
  carriage('in-cookie', (payload) =>
    payload.includes(';') ? null : fieldRequest(['Cookie', `a=b; ${ARGUMENT}=${payload}`]),
  ),
  carriage('in-escaped-cookie', (payload) =>
    get('/get', ['Cookie', `a=b; ${ARGUMENT}=${escapeText(payload)}`]),
  ),
  carriage('in-cookie-name', (payload) => get('/get', ['Cookie', `${escapeText(payload)}=1`])),
  carriage('in-second-cookie-field', (payload) =>
    get('/get', ['Cookie', 'a=b'], ['Cookie', `${ARGUMENT}=${escapeText(payload)}`]),
  ),
  carriage('in-referer-query', (payload) =>
    get('/get', ['Referer', `http://localhost/?q=${escapeText(payload)}`]),
  ),
  carriage('in-referer', (payload) => fieldRequest(['Referer', payload])),
  carriage('in-user-agent', (payload) => fieldRequest(['User-Agent', payload])),
  carriage('in-unusual-header', (payload) => fieldRequest(['X-Shop-Note', payload])),
  carriage('in-forwarded-for', (payload) => fieldRequest(['X-Forwarded-For', payload])),
  carriage('in-path-segment', (payload) => get(`/shop/${escapeText(payload)}/items`)),
  carriage('in-path-parameter', (payload) => get(`/shop/items;${ARGUMENT}=${escapeText(payload)}`)),
  carriage('in-path-parameter-with-query', (payload) =>
    get(`/shop/items;${ARGUMENT}=${escapeText(payload)}?a=b`),
  ),
];

// biome-ignore lint/suspicious/noControlCharactersInRegex: they end a field.
const NOT_IN_FIELDS = /[\x00-\x08\x0a-\x1f\x7f]|^\s|\s$/;

function fieldRequest(header: Header): Request | null {
  return NOT_IN_FIELDS.test(header[1]) ? null : get('/get', header);
}
