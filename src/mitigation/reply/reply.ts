/**
 * Answers that the node gives itself: short, the same for every cause with one status, and telling the
 * client no more than a request id by which the operator finds the rest.
 */
import { STATUS_CODES } from 'node:http';

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
  /** The connection closes behind the answer. */
  readonly close: boolean;
  /** Whether the request was HEAD, whose answer has no body. */
  readonly headOnly: boolean;
  /** Milliseconds since 1970, for Date. */
  readonly wallMs: number;
}

/** The whole response as text of octets. */
export function writeReply(options: ReplyOptions): string {
  const { status } = options;
  const phrase = STATUS_CODES[status] ?? 'Error';
  const body = replyBody(options, status, phrase);
  let text = `HTTP/1.1 ${status} ${phrase}\r\nDate: ${new Date(options.wallMs).toUTCString()}\r\n`;
  text += `Content-Type: ${CONTENT_TYPES[options.format]}\r\nContent-Length: ${body.length}\r\n`;
  text += `Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: ${options.requestId}\r\n`;
  if (options.location !== null) text += `Location: ${locationText(options.location)}\r\n`;
  if (options.retryAfterSeconds > 0) text += `Retry-After: ${options.retryAfterSeconds}\r\n`;
  if (status === 405) text += `Allow: ${ALLOW}\r\n`;
  if (status === 426) text += 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
  text += `Connection: ${connectionOptions(options.close, status)}\r\n\r\n`;
  return options.headOnly ? text : text + body;
}

/** A rule's redirection may repeat what the client sent: nothing in it may end the field. */
function locationText(location: string): string {
  return location.replace(/[^\x21-\x7e]/g, (character) => {
    return `%${(character.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`;
  });
}

/** The answer to OPTIONS whose Max-Forwards has run out here (RFC 9110 §7.6.2). */
export function writeOptionsReply(close: boolean, requestId: string): string {
  const persistence = close ? 'close' : 'keep-alive';
  return `HTTP/1.1 200 OK\r\nAllow: ${ALLOW}\r\nX-Request-Id: ${requestId}\r\nContent-Length: 0\r\nConnection: ${persistence}\r\n\r\n`;
}

/** Methods that are refused nowhere on the way; others are passed on as they come. */
const ALLOW = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

function connectionOptions(close: boolean, status: number): string {
  const persistence = close ? 'close' : 'keep-alive';
  return status === 426 ? `${persistence}, Upgrade` : persistence;
}

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
