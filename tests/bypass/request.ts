/** A request as data that mutations rebuild, and its octets. All texts are bytes as latin-1 text. */

export interface Request {
  readonly method: string;
  readonly target: string;
  /** Without Host, User-Agent and Content-Length, which all requests get. */
  readonly headers: readonly Header[];
  /** As sent; with Transfer-Encoding among the headers it is coded already. Null for a request without one. */
  readonly body: string | null;
}

export type Header = readonly [name: string, value: string];

export const FORM = 'application/x-www-form-urlencoded';

export function get(target: string, ...headers: readonly Header[]): Request {
  return { method: 'GET', target, headers, body: null };
}

/** @param contentType null to leave the field out */
export function post(contentType: string | null, body: string, ...more: readonly Header[]): Request {
  const type: readonly Header[] = contentType === null ? [] : [['Content-Type', contentType]];
  return { method: 'POST', target: '/post', headers: [...type, ...more], body };
}

/** Fields that a browser sends too, so that no rule is about their absence. */
const USUAL: readonly Header[] = [
  ['Host', 'localhost'],
  ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
  ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
];

export function toOctets({ method, target, headers, body }: Request): Buffer {
  const usual = USUAL.filter(([name]) => !headers.some(([other]) => isSame(name, other)));
  const isCoded = headers.some(([name]) => isSame(name, 'Transfer-Encoding'));
  const length: readonly Header[] = body === null || isCoded ? [] : [['Content-Length', `${body.length}`]];
  const lines = [...usual, ...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`, 'latin1');
}

function isSame(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}
