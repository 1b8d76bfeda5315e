/**
 * The octets of a test's request, exactly as the suite's own runner sends them, its habits included: which fields it
 * adds, when it escapes form data, and that it turns every LF of a multipart body into CRLF.
 */
import type { StageInput } from './regression-suite.ts';

const FORM = 'application/x-www-form-urlencoded';

export function buildRequest(input: StageInput): Buffer {
  if (input.encodedRequest !== null) return Buffer.from(input.encodedRequest, 'base64');
  const headers = [...input.headers];
  let data: Buffer = Buffer.from(expandTemplate(input.data ?? ''));
  if (data.length > 0 && input.autocompleteHeaders) {
    if (!hasHeader(headers, 'content-type')) headers.push(['Content-Type', FORM]);
    if (valuesOf(headers, 'content-type').some((value) => value.toLowerCase() === FORM))
      data = escapeForm(data);
  }
  if (
    valuesOf(headers, 'content-type').some((value) => value.toLowerCase().includes('multipart/form-data;'))
  ) {
    data = Buffer.from(data.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
  }
  if (input.autocompleteHeaders) completeHeaders(headers, input.method, data.length);
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = Buffer.from(`${input.method} ${input.uri} ${input.version}\r\n${lines}\r\n`);
  return Buffer.concat([head, data]);
}

/** Methods for which the runner writes Content-Length even without a body. */
const METHODS_WITH_BODY = /^POST|PUT|PATCH|DELETE$/;

function completeHeaders(headers: (readonly [string, string])[], method: string, dataBytes: number): void {
  if (!hasHeader(headers, 'connection')) headers.push(['Connection', 'close']);
  if (hasHeader(headers, 'content-length')) return;
  if (dataBytes > 0 || METHODS_WITH_BODY.test(method)) headers.push(['Content-Length', String(dataBytes)]);
}

/** The one template that tests use: `{{ "1" | repeat 152 }}`. */
function expandTemplate(data: string): string {
  return data.replace(/\{\{ "([^"]*)" \| repeat (\d+) \}\}/g, (_, text: string, count: string) =>
    text.repeat(Number(count)),
  );
}

/** Escapes keys and values, unless undoing escapes would change the data: then they are taken for escaped. */
function escapeForm(data: Buffer): Buffer {
  const text = data.toString('latin1');
  if (text.includes('%') || text.includes('+')) return data;
  const fields = text.split('&');
  // The runner stops at the end of the data: behind a last "&" there is no field.
  if (fields.at(-1) === '') fields.pop();
  const escaped = fields.map((field) => {
    const equals = field.indexOf('=');
    if (equals === -1) return escapeQuery(field);
    return `${escapeQuery(field.slice(0, equals))}=${escapeQuery(field.slice(equals + 1))}`;
  });
  return Buffer.from(escaped.join('&'), 'latin1');
}

/** Each octet but letters, digits and `-_.~` as `%XX`, a blank as `+`. */
function escapeQuery(octets: string): string {
  return octets.replace(/[^A-Za-z0-9\-_.~]/g, (char) =>
    char === ' ' ? '+' : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function hasHeader(headers: readonly (readonly [string, string])[], name: string): boolean {
  return headers.some(([known]) => known.toLowerCase() === name);
}

function valuesOf(headers: readonly (readonly [string, string])[], name: string): string[] {
  return headers.filter(([known]) => known.toLowerCase() === name).map(([, value]) => value);
}
