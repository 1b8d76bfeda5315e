/**
 * A second reading of messages, for tests: written apart from the codec, from whole text by patterns, slow and
 * plain. Where the codec and this disagree about any message, one of them is wrong.
 *
 * It knows only whole messages: what has not ended is null, just like what is refused.
 */
import { isIPv6 } from 'node:net';

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const REQUEST_LINE = new RegExp(`^(${TOKEN}) ([!-"$-~]+) HTTP/1\\.([0-9])$`);
const STATUS_LINE = /^HTTP\/1\.([0-9]) ([1-9][0-9][0-9])(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const FIELD_LINE = new RegExp(`^(${TOKEN}):([\\t\\x20-\\x7e\\x80-\\xff]*)$`);

const METHOD_MAX = 32;
const TARGET_MAX = 8192;
const STATUS_LINE_MAX = 512;
const LINES_MAX = 32_768;
const FIELDS_MAX = 100;

export type Fields = readonly (readonly [name: string, value: string])[];

interface ReferenceHead {
  readonly minorVersion: number;
  readonly fields: Fields;
  readonly framing: 'none' | 'length' | 'chunked' | 'until close';
  /** What Content-Length says, or -1. */
  readonly contentLength: number;
  readonly keepAlive: boolean;
  /** Octets up to and with the empty line. */
  readonly end: number;
}

export interface ReferenceRequest extends ReferenceHead {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly absolute: boolean;
  readonly expectContinue: boolean;
  readonly webSocketKey: string;
  /** The least number that Max-Forwards says, at most nine digits of it, or -1. */
  readonly maxForwards: number;
}

export interface ReferenceResponse extends ReferenceHead {
  readonly status: number;
}

/** The request at the start of `text`, or null. */
export function referenceRequest(text: string): ReferenceRequest | null {
  const head = splitHead(text);
  const line = head === null ? null : REQUEST_LINE.exec(head.line);
  if (head === null || line === null) return null;
  const [, method = '', target = '', minor] = line;
  const minorVersion = minor === '0' ? 0 : 1;
  if (method.length > METHOD_MAX || target.length > TARGET_MAX) return null;
  const { fields, end } = head;
  const options = connectionOptions(fields);
  const framing = requestFraming(fields, minorVersion);
  const place = requestPlace(fields, method, target, minorVersion);
  const expectations = minorVersion === 0 ? [] : valuesOf(fields, 'expect');
  if (options === null || framing === null || place === null) return null;
  if (expectations.length > 1 || expectations.some((value) => value.toLowerCase() !== '100-continue'))
    return null;
  if (method === 'CONNECT' || method === 'TRACE') return null;
  const webSocketKey = webSocketKeyOf(fields, method, minorVersion, options, framing.framing);
  if (webSocketKey === null) return null;
  return {
    ...{ method, ...place, minorVersion, fields, ...framing, webSocketKey, end },
    keepAlive: !options.includes('close') && (minorVersion === 1 || options.includes('keep-alive')),
    expectContinue: expectations.length === 1,
    maxForwards: maxForwardsOf(fields),
  };
}

/** The answer to a request with `method` at the start of `text`, or null. */
export function referenceResponse(text: string, method: string): ReferenceResponse | null {
  const head = splitHead(text);
  const line = head === null ? null : STATUS_LINE.exec(head.line);
  if (head === null || line === null || head.line.length > STATUS_LINE_MAX) return null;
  const minorVersion = line[1] === '0' ? 0 : 1;
  const status = Number(line[2]);
  const { fields, end } = head;
  const options = connectionOptions(fields);
  const framing = responseFraming(fields, minorVersion, status, method);
  if (options === null || framing === null) return null;
  const persistent = minorVersion === 1 || options.includes('keep-alive');
  const keepAlive = persistent && !options.includes('close') && framing.framing !== 'until close';
  return { status, minorVersion, fields, ...framing, keepAlive, end };
}

function splitHead(text: string): { line: string; fields: Fields; end: number } | null {
  const length = text.indexOf('\r\n\r\n');
  if (length === -1) return null;
  const [line = '', ...lines] = text.slice(0, length).split('\r\n');
  const fields = readFields(lines, LINES_MAX, FIELDS_MAX);
  return fields === null ? null : { line, fields, end: length + 4 };
}

function readFields(lines: readonly string[], bytesMax: number, countMax: number): Fields | null {
  if (lines.length > countMax || lines.join('\r\n').length > bytesMax) return null;
  const fields: [string, string][] = [];
  for (const line of lines) {
    const match = FIELD_LINE.exec(line);
    if (match === null) return null;
    fields.push([match[1] ?? '', trimmed(match[2] ?? '')]);
  }
  return fields;
}

function trimmed(text: string): string {
  return text.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '');
}

export function valuesOf(fields: Fields, name: string): string[] {
  return fields.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
}

function elementsOf(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((element) => trimmed(element).toLowerCase())
    .filter((element) => element !== '');
}

/** All options of all Connection fields in lower case, or null where one is no token. */
export function connectionOptions(fields: Fields): string[] | null {
  const options = elementsOf(valuesOf(fields, 'connection'));
  return options.every((option) => new RegExp(`^${TOKEN}$`).test(option)) ? options : null;
}

type Framing = Pick<ReferenceHead, 'framing' | 'contentLength'>;

function contentLengthOf(fields: Fields): number | null {
  const values = valuesOf(fields, 'content-length');
  if (values.length === 0) return -1;
  const text = values[0] ?? '';
  if (values.length > 1 || !/^[0-9]{1,16}$/.test(text)) return null;
  return BigInt(text) <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(text) : null;
}

/** Whether the body is chunked, or null where Transfer-Encoding says anything but that, or too much. */
function isChunked(fields: Fields, minorVersion: number): boolean | null {
  const codings = valuesOf(fields, 'transfer-encoding');
  if (codings.length === 0) return false;
  const plain = codings.length === 1 && codings[0]?.toLowerCase() === 'chunked';
  return plain && minorVersion === 1 ? true : null;
}

function requestFraming(fields: Fields, minorVersion: number): Framing | null {
  const contentLength = contentLengthOf(fields);
  const chunked = isChunked(fields, minorVersion);
  if (contentLength === null || chunked === null || (chunked && contentLength !== -1)) return null;
  return { framing: chunked ? 'chunked' : contentLength > 0 ? 'length' : 'none', contentLength };
}

function responseFraming(
  fields: Fields,
  minorVersion: number,
  status: number,
  method: string,
): Framing | null {
  const contentLength = contentLengthOf(fields);
  const coded = valuesOf(fields, 'transfer-encoding').length;
  if (contentLength === null || coded > 1 || (coded === 1 && contentLength !== -1)) return null;
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304)
    return { framing: 'none', contentLength };
  const chunked = isChunked(fields, minorVersion);
  if (chunked === null) return null;
  if (chunked) return { framing: 'chunked', contentLength };
  if (contentLength === -1) return { framing: 'until close', contentLength };
  return { framing: contentLength > 0 ? 'length' : 'none', contentLength };
}

function maxForwardsOf(fields: Fields): number {
  const numbers = valuesOf(fields, 'max-forwards').filter((value) => /^[0-9]+$/.test(value));
  return numbers.length === 0 ? -1 : Math.min(...numbers.map(Number), 999_999_999);
}

type Place = Pick<ReferenceRequest, 'target' | 'host' | 'absolute'>;

/** Host and the target in origin form, or null where either is malformed. */
function requestPlace(fields: Fields, method: string, target: string, minorVersion: number): Place | null {
  const hosts = valuesOf(fields, 'host');
  const [host = ''] = hosts;
  if (hosts.length > 1 || (hosts.length === 0 && minorVersion === 1)) return null;
  if (host !== '' && !isHost(host)) return null;
  if (target.startsWith('/')) return { target, host, absolute: false };
  if (target === '*' && method === 'OPTIONS') return { target, host, absolute: false };
  const scheme = ['http://', 'https://'].find((one) => target.toLowerCase().startsWith(one));
  if (scheme === undefined) return null;
  const rest = target.slice(scheme.length);
  const authority = rest.split(/[/?]/, 1)[0] ?? '';
  if (!isHost(authority)) return null;
  const path = rest.slice(authority.length);
  const whole = method === 'OPTIONS' ? '*' : '/';
  return { target: path === '' ? whole : path.replace(/^\?/, '/?'), host: authority, absolute: true };
}

function isHost(text: string): boolean {
  const match = /^(?:([A-Za-z0-9._-]{1,255})|\[([0-9A-Fa-f:.]+)\])(?::([0-9]{0,5}))?$/.exec(text);
  if (match === null || Number(match[3] ?? '') > 65_535) return false;
  return match[2] === undefined || isIPv6(match[2]);
}

/** The key of a handshake, '' where there is none, or null where it is malformed. */
function webSocketKeyOf(
  fields: Fields,
  method: string,
  minorVersion: number,
  options: readonly string[],
  framing: string,
): string | null {
  const asked = elementsOf(valuesOf(fields, 'upgrade')).includes('websocket');
  if (!asked || !options.includes('upgrade') || minorVersion === 0) return '';
  const keys = valuesOf(fields, 'sec-websocket-key');
  const versions = valuesOf(fields, 'sec-websocket-version');
  const [key = ''] = keys;
  if (method !== 'GET' || framing !== 'none' || keys.length !== 1 || versions.length !== 1) return null;
  return versions[0] === '13' && /^[A-Za-z0-9+/]{22}==$/.test(key) ? key : null;
}

const QUOTED = String.raw`"(?:[\t\x20!#-\[\]-~\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"`;
const EXTENSIONS = `(?:[ \\t]*;[ \\t]*${TOKEN}(?:[ \\t]*=[ \\t]*(?:${TOKEN}|${QUOTED}))?)*`;
const CHUNK_LINE = new RegExp(`([0-9A-Fa-f]{1,13})(${EXTENSIONS})\r\n`, 'y');
const EXTENSIONS_MAX = 256;
const TRAILER_MAX = 8192;
const TRAILER_FIELDS_MAX = 32;

export interface ReferenceBody {
  readonly data: string;
  readonly trailers: Fields;
  readonly end: number;
}

/** The chunked body at the start of `text`, or null. */
export function referenceChunked(text: string): ReferenceBody | null {
  let data = '';
  for (let at = 0; ; ) {
    CHUNK_LINE.lastIndex = at;
    const match = CHUNK_LINE.exec(text);
    if (match === null || (match[2] ?? '').length > EXTENSIONS_MAX) return null;
    const size = Number.parseInt(match[1] ?? '', 16);
    const start = CHUNK_LINE.lastIndex;
    if (size === 0) return referenceTrailer(text, start, data);
    if (text.slice(start + size, start + size + 2) !== '\r\n') return null;
    data += text.slice(start, start + size);
    at = start + size + 2;
  }
}

function referenceTrailer(text: string, start: number, data: string): ReferenceBody | null {
  if (text.startsWith('\r\n', start)) return { data, trailers: [], end: start + 2 };
  const length = text.indexOf('\r\n\r\n', start);
  if (length === -1) return null;
  const trailers = readFields(text.slice(start, length).split('\r\n'), TRAILER_MAX, TRAILER_FIELDS_MAX);
  return trailers === null ? null : { data, trailers, end: length + 4 };
}
