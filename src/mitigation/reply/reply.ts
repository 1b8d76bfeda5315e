/**
 * Answers that the node gives itself: short, the same for every cause with one status, and telling the
 * client no more than a request id by which the operator finds the rest. Each protocol writes them in its own way.
 */
import { STATUS_CODES } from 'node:http';

/** A whole answer. Texts are octets as latin-1; names are spelled as HTTP/1.1 spells them. */
export interface Reply {
  readonly status: number;
  readonly fields: readonly ReplyField[];
  /** Empty also where the request was HEAD, whose Content-Length is that of GET. */
  readonly body: string;
}

export type ReplyField = readonly [name: string, value: string];

export type ReplyFormat = 'text' | 'html' | 'json';

/** The form that an Accept field asks for; plain text where it names neither page nor JSON. */
export function replyFormat(accept: string | null): ReplyFormat {
  if (accept === null) return 'text';
  const json = accept.indexOf('application/json');
  const html = accept.indexOf('text/html');
  if (html !== -1 && (json === -1 || html < json)) return 'html';
  return json === -1 ? 'text' : 'json';
}

export interface ReplyOptions {
  readonly status: number;
  /** Where the client is sent, or null. */
  readonly location: string | null;
  readonly requestId: string;
  readonly format: ReplyFormat;
  /** Seconds for Retry-After; 0 leaves it out. */
  readonly retryAfterSeconds: number;
  /** Whether the request was HEAD, whose answer has no body. */
  readonly headOnly: boolean;
  /** Milliseconds since 1970, for Date. */
  readonly wallMs: number;
}

export function createReply(options: ReplyOptions): Reply {
  const { status, location, requestId, retryAfterSeconds } = options;
  const body = replyBody(options, status, phraseOf(status));
  const fields: ReplyField[] = [
    ['Date', new Date(options.wallMs).toUTCString()],
    ['Content-Type', CONTENT_TYPES[options.format]],
    ['Content-Length', String(body.length)],
    ['Cache-Control', 'no-store'],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Request-Id', requestId],
  ];
  if (location !== null) fields.push(['Location', locationText(location)]);
  if (retryAfterSeconds > 0) fields.push(['Retry-After', String(retryAfterSeconds)]);
  if (status === 405) fields.push(['Allow', ALLOW]);
  if (status === 426) fields.push(['Sec-WebSocket-Version', '13']);
  return { status, fields, body: options.headOnly ? '' : body };
}

/** The answer to OPTIONS whose Max-Forwards has run out here (RFC 9110 §7.6.2). */
export function createOptionsReply(requestId: string): Reply {
  const fields: ReplyField[] = [
    ['Allow', ALLOW],
    ['X-Request-Id', requestId],
    ['Content-Length', '0'],
  ];
  return { status: 200, fields, body: '' };
}

/** The standard phrase of a status. */
export function phraseOf(status: number): string {
  return STATUS_CODES[status] ?? 'Error';
}

/** A rule's redirection may repeat what the client sent: nothing in it may end the field. */
function locationText(location: string): string {
  return location.replace(/[^\x21-\x7e]/g, (character) => {
    return `%${(character.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`;
  });
}

/** Methods that are refused nowhere on the way; others are passed on as they come. */
const ALLOW = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

const CONTENT_TYPES: Readonly<Record<ReplyFormat, string>> = {
  text: 'text/plain; charset=utf-8',
  html: 'text/html; charset=utf-8',
  json: 'application/json',
};

function replyBody(options: ReplyOptions, status: number, phrase: string): string {
  const { format, requestId } = options;
  if (format === 'json') return `${JSON.stringify({ status, title: phrase, request_id: requestId })}\n`;
  if (format === 'text') return `${status} ${phrase}\nRequest id: ${requestId}\n`;
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    `<title>${status} ${phrase}</title>`,
    '<style>body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem}</style>',
    `<h1>${status} ${phrase}</h1><p>Request id: <code>${requestId}</code></p></html>\n`,
  ].join('');
}
