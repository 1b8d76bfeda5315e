/**
 * An attack freed of the request that it was written into: what is sent, where an origin takes it from, and the
 * plainest request that carries it there.
 */
import { FORM, get, post, type Request } from './request.ts';

/** Where an origin takes a text from. */
export type Place = 'argument' | 'name' | 'path' | 'cookie' | 'header' | 'file-name';

export interface Attack {
  /** Of the test it comes from: `942100-15`. */
  readonly name: string;
  /** The family of rules that the test is for: `942`. */
  readonly family: string;
  readonly place: Place;
  /** The name of the header field; empty elsewhere. */
  readonly field: string;
  /** As the origin's program gets it, all encodings of the request undone; bytes as latin-1 text. */
  readonly payload: string;
}

/** The name of the argument that carries a payload, wherever there is one. */
export const ARGUMENT = 'comment';

/** Longer ones go into a form: targets are limited. */
const QUERY_CHARACTERS_MAX = 4096;

/** The attack in its plain form. */
export function plainRequest(attack: Attack): Request {
  return requestWith(attack, attack.payload) ?? get('/');
}

/** The attack with another payload in the same place; null where that place cannot hold it. */
export function requestWith({ place, field }: Attack, payload: string): Request | null {
  switch (place) {
    case 'argument':
      return requestWithArgument(escapeText(payload));
    case 'name':
      return get(`/get?${escapeText(payload)}=1`);
    case 'path':
      return get(pathOf(payload));
    case 'cookie':
      return NOT_IN_COOKIES.test(payload) ? null : get('/get', ['Cookie', `${ARGUMENT}=${payload}`]);
    case 'header':
      return NOT_IN_FIELDS.test(payload) ? null : get('/get', [field, payload]);
    case 'file-name':
      return NOT_IN_QUOTES.test(payload) ? null : uploadOf(payload);
  }
}

/** @param escaped the value as sent */
export function requestWithArgument(escaped: string): Request {
  const pair = `${ARGUMENT}=${escaped}`;
  return pair.length > QUERY_CHARACTERS_MAX ? post(FORM, pair) : get(`/get?${pair}`);
}

/** Percent-encoded where a query or a form needs it. */
export function escapeText(text: string): string {
  return text.replace(/[^A-Za-z0-9\-_.~]/g, escapeOctet);
}

export function escapeOctet(octet: string): string {
  return `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Percent-encoded where a path needs it. */
export function pathOf(text: string): string {
  const path = text.replace(/[^A-Za-z0-9\-_.~!$&'()*+,;=:@/]/g, escapeOctet);
  return path.startsWith('/') ? path : `/${path}`;
}

function uploadOf(fileName: string): Request {
  const body = `--edge\r\nContent-Disposition: form-data; name="upload"; filename="${fileName}"\r\nContent-Type: text/plain\r\n\r\ntext\r\n--edge--\r\n`;
  return post('multipart/form-data; boundary=edge', body);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they end a field.
const NOT_IN_FIELDS = /[\x00-\x08\x0a-\x1f\x7f]|^\s|\s$|^$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they end a field.
const NOT_IN_COOKIES = /[\x00-\x1f\x7f;]|^\s|\s$|^$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they end a line.
const NOT_IN_QUOTES = /[\x00-\x1f"\\]/;
