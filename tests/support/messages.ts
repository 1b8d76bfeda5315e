/**
 * Reads HTTP/1.1 messages from a wire, and writes plain requests: written anew for the tests, so that a mistake
 * in the codec under test cannot hide behind the same mistake here.
 */
import type { Wire } from './wire.ts';

export interface Message {
  /** The request line or the status line. */
  readonly startLine: string;
  /** Header lines as they came. */
  readonly lines: readonly string[];
  readonly body: Buffer;
  readonly trailers: readonly string[];
}

export interface Response extends Message {
  readonly status: number;
}

export interface Request extends Message {
  readonly method: string;
  readonly target: string;
}

/** The value of the only field of that name; null where there is none. Rejects repeated ones. */
export function field(message: Message, name: string): string | null {
  const values = fieldValues(message, name);
  if (values.length > 1) throw new Error(`${name} came ${values.length} times: ${values.join(' | ')}`);
  return values[0] ?? null;
}

/** All values of the fields of a name, in their order. */
export function fieldValues({ lines }: Message, name: string): readonly string[] {
  const prefix = `${name.toLowerCase()}:`;
  return lines
    .filter((line) => line.toLowerCase().startsWith(prefix))
    .map((line) => line.slice(prefix.length).trim());
}

/** Reads one response; interim ones (1xx, but not 101) are responses too. */
export async function readResponse(wire: Wire, requestMethod = 'GET'): Promise<Response> {
  const { startLine, lines } = await readHead(wire);
  const match = /^HTTP\/1\.1 ([1-9]\d\d) [^\r\n]*$/.exec(startLine);
  if (match === null) throw new Error(`Not a status line: ${JSON.stringify(startLine)}`);
  const status = Number(match[1]);
  const bodiless = requestMethod === 'HEAD' || status < 200 || status === 204 || status === 304;
  const { body, trailers } = bodiless ? NOTHING : await readBody(wire, lines, true);
  return { startLine, lines, body, trailers, status };
}

/** Reads one request; null where the connection ended between two of them. */
export async function readRequest(wire: Wire): Promise<Request | null> {
  if (!(await wire.hasMore())) return null;
  const { startLine, lines } = await readHead(wire);
  const [method = '', target = ''] = startLine.split(' ');
  const { body, trailers } = await readBody(wire, lines, false);
  return { startLine, lines, body, trailers, method, target };
}

/** A request as text of octets, with a Host field unless the fields name one. */
export function requestText(
  method: string,
  target: string,
  fields: Readonly<Record<string, string>> = {},
  body = '',
): string {
  const host = 'Host' in fields ? '' : 'Host: shop.example\r\n';
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = body === '' || 'Transfer-Encoding' in fields ? '' : `Content-Length: ${body.length}\r\n`;
  return `${method} ${target} HTTP/1.1\r\n${host}${lines.join('')}${length}\r\n${body}`;
}

/** A response as text of octets. */
export function responseText(
  body: string,
  fields: Readonly<Record<string, string>> = {},
  status = '200 OK',
): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n${lines.join('')}\r\n${body}`;
}

/** Cuts a text into the pieces of the chunked coding. */
export function chunked(pieces: readonly string[], trailers = ''): string {
  const chunks = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`);
  return `${chunks.join('')}0\r\n${trailers}\r\n`;
}

const NOTHING = { body: Buffer.alloc(0), trailers: [] as readonly string[] };

async function readHead(wire: Wire): Promise<{ startLine: string; lines: readonly string[] }> {
  const text = await wire.readUntil('\r\n\r\n');
  const [startLine = '', ...lines] = text.slice(0, -4).split('\r\n');
  return { startLine, lines };
}

async function readBody(
  wire: Wire,
  lines: readonly string[],
  untilClose: boolean,
): Promise<{ body: Buffer; trailers: readonly string[] }> {
  const message: Message = { startLine: '', lines, ...NOTHING };
  const coding = field(message, 'transfer-encoding');
  const length = field(message, 'content-length');
  if (coding !== null && length !== null) throw new Error('Both Transfer-Encoding and Content-Length');
  if (coding !== null) return await readChunks(wire, coding);
  if (length !== null) return { body: await wire.readBytes(Number(length)), trailers: [] };
  return untilClose ? { body: await wire.readToEnd(), trailers: [] } : NOTHING;
}

async function readChunks(
  wire: Wire,
  coding: string,
): Promise<{ body: Buffer; trailers: readonly string[] }> {
  if (coding !== 'chunked') throw new Error(`Unknown coding ${coding}`);
  const pieces: Buffer[] = [];
  for (;;) {
    const size = await wire.readUntil('\r\n');
    if (!/^[0-9a-f]+\r\n$/i.test(size)) throw new Error(`Not a chunk size: ${JSON.stringify(size)}`);
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    pieces.push(await wire.readBytes(length));
    if ((await wire.readUntil('\r\n')) !== '\r\n') throw new Error('No line end behind a chunk');
  }
  const trailers: string[] = [];
  for (let line = await wire.readUntil('\r\n'); line !== '\r\n'; line = await wire.readUntil('\r\n')) {
    trailers.push(line.slice(0, -2));
  }
  return { body: Buffer.concat(pieces), trailers };
}
