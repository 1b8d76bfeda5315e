/**
 * Ordinary requests as browsers make them, for warming up what inspects requests and for timing it. A number runs
 * through texts, identifiers and times, so that two requests with different numbers are as different as those of life.
 */
import { BODY_LIMITS } from './bodies/parsed-body.ts';
import { readRequestBody } from './bodies/request-body.ts';
import type { RequestBody, RequestView } from './inspection.ts';

export interface SampleRequest {
  readonly view: RequestView;
  readonly body: { readonly type: string; readonly text: string } | null;
}

const BROWSER: readonly (readonly [string, string])[] = [
  ['host', 'shop.example.org'],
  ['user-agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
  ['accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
  ['accept-language', 'en-GB,en;q=0.7,de;q=0.3'],
  ['accept-encoding', 'gzip, deflate, br, zstd'],
  ['referer', 'https://shop.example.org/catalogue/shoes?colour=red'],
  ['cookie', 'session=6f1ed002ab5595859014ebf0951522d9; consent=necessary-2026-03'],
  ['sec-fetch-mode', 'navigate'],
];

/** GET with 4 arguments and 2 cookies. */
export function samplePage(number: number): SampleRequest {
  const target = `/catalogue/search?q=red+shoes+${number}&page=${number % 40}&sort=price&t=${1_700_000_000 + number}`;
  return { view: viewOf('GET', target, []), body: null };
}

const WORDS = 'Please leave the parcel with our neighbours on the second floor if nobody answers. ';

/** POST with a form of about 1 KiB. */
export function sampleForm(number: number): SampleRequest {
  const note = WORDS.repeat(8).replaceAll(' ', '+');
  const text = `name=Ada+Lovelace&city=London&country=GB&order=${number}&quantity=2&note=${note}&total=${number % 90}.95`;
  return post('application/x-www-form-urlencoded', text);
}

/** POST with JSON of about 1 KiB. */
export function sampleDocument(number: number): SampleRequest {
  const items = [1, 2, 3].map((item) => ({ sku: `SH-${number + item}`, quantity: item, price: 79.95 }));
  const customer = { name: 'Ada Lovelace', address: { city: 'London', country: 'GB' } };
  return post('application/json', JSON.stringify({ order: number, customer, items, note: WORDS.repeat(8) }));
}

function post(type: string, text: string): SampleRequest {
  const fields = [
    ['content-type', type],
    ['content-length', String(text.length)],
  ] as const;
  return { view: viewOf('POST', '/orders', fields), body: { type, text } };
}

function viewOf(method: string, target: string, more: readonly (readonly [string, string])[]): RequestView {
  const fields = [...BROWSER, ...more];
  const values = new Map(fields);
  return {
    method,
    target,
    protocol: 'HTTP/1.1',
    id: 'check',
    clientAddress: '192.0.2.1',
    clientPort: 40_000,
    fingerprint: '',
    serverAddress: '192.0.2.2',
    serverPort: 443,
    headerCount: fields.length,
    headerName: (index) => fields[index]?.[0] ?? '',
    headerValue: (index) => fields[index]?.[1] ?? '',
    header: (name) => values.get(name) ?? null,
  };
}

/** The body of a sample as rules get it; null where it has none. */
export function bodyOf({ body }: SampleRequest): RequestBody | null {
  if (body === null) return null;
  const bytes = Buffer.from(body.text, 'latin1');
  return readRequestBody(bytes, true, body.type, null, BODY_LIMITS, bytes.length);
}
