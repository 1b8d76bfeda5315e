/** How long a program takes for ordinary requests, measured here and now. */
import { performance } from 'node:perf_hooks';
import { readRequestBody } from '../waf/bodies/request-body.ts';
import type { Program } from '../waf/engine/program.ts';
import type { RequestView } from '../waf/inspection.ts';

export interface TimedRequest {
  readonly title: string;
  /** Microseconds of inspection, each request with values not seen before. */
  readonly freshMicros: number;
  /** The same request again and again. */
  readonly repeatedMicros: number;
}

/** Enough for the runtime to compile what it finds hot. */
const WARMUP = 3000;
const ROUNDS = 3000;

const BODY_LIMITS = {
  argumentsMax: 1000,
  depthMax: 512,
  partsMax: 256,
  partHeaderBytesMax: 4096,
  fileBytesKept: 4096,
};

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

interface Sample {
  readonly view: RequestView;
  readonly body: { readonly type: string; readonly text: string } | null;
}

export function timeProgram(program: Program): readonly TimedRequest[] {
  return [
    timeSamples('GET, 4 arguments, 2 cookies', program, page),
    timeSamples('POST, form of about 1 KiB', program, form),
    timeSamples('POST, JSON of about 1 KiB', program, document),
  ];
}

function timeSamples(title: string, program: Program, make: (number: number) => Sample): TimedRequest {
  const fresh = Array.from({ length: WARMUP + ROUNDS }, (_, number) => make(number));
  run(program, fresh.slice(0, WARMUP));
  const freshMicros = run(program, fresh.slice(WARMUP));
  const repeatedMicros = run(program, new Array<Sample>(ROUNDS).fill(fresh[0]!));
  return { title, freshMicros, repeatedMicros };
}

/** Microseconds for one of the samples, on average. */
function run(program: Program, samples: readonly Sample[]): number {
  const startMs = performance.now();
  for (const { view, body } of samples) {
    const inspection = program.begin(view);
    inspection.inspectRequestHead();
    const bytes = body === null ? null : Buffer.from(body.text, 'latin1');
    inspection.inspectRequestBody(
      bytes === null || body === null
        ? null
        : readRequestBody(bytes, true, body.type, null, BODY_LIMITS, bytes.length),
    );
    inspection.finish();
  }
  return ((performance.now() - startMs) * 1000) / samples.length;
}

function page(number: number): Sample {
  const target = `/catalogue/search?q=red+shoes+${number}&page=${number % 40}&sort=price&t=${1_700_000_000 + number}`;
  return { view: viewOf('GET', target, []), body: null };
}

const WORDS = 'Please leave the parcel with our neighbours on the second floor if nobody answers. ';

function form(number: number): Sample {
  const note = WORDS.repeat(8).replaceAll(' ', '+');
  const text = `name=Ada+Lovelace&city=London&country=GB&order=${number}&quantity=2&note=${note}&total=${number % 90}.95`;
  return post('application/x-www-form-urlencoded', text);
}

function document(number: number): Sample {
  const items = [1, 2, 3].map((item) => ({ sku: `SH-${number + item}`, quantity: item, price: 79.95 }));
  const customer = { name: 'Ada Lovelace', address: { city: 'London', country: 'GB' } };
  return post('application/json', JSON.stringify({ order: number, customer, items, note: WORDS.repeat(8) }));
}

function post(type: string, text: string): Sample {
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
    serverAddress: '192.0.2.2',
    serverPort: 443,
    headerCount: fields.length,
    headerName: (index) => fields[index]?.[0] ?? '',
    headerValue: (index) => fields[index]?.[1] ?? '',
    header: (name) => values.get(name) ?? null,
  };
}
