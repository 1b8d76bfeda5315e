/**
 * The head of a request as the origin gets it: one unambiguous form, written from validated parts only.
 *
 * Framing is always the node's own; what tells the origin about the client is set here, and what the client
 * itself claimed about that is gone unless it is a trusted proxy.
 */
import { copyFields } from './copy-fields.ts';
import * as kind from './field-names.ts';
import { BODY_CHUNKED, BODY_LENGTH } from './framing.ts';
import type { RequestRewrite } from './header-edits.ts';
import { nominatedNames, REQUEST_DROPPED, TRUSTED_REQUEST_DROPPED } from './hop-by-hop.ts';
import type { Protocol, RequestHead } from './request-head.ts';

/** What stays the same for all requests of one client connection. */
export interface ForwardedBy {
  /** The address of the peer, for X-Forwarded-For. */
  readonly peer: string;
  readonly scheme: 'http' | 'https';
  /** Whether the peer is a listed proxy whose forwarded fields are passed on. */
  readonly trusted: boolean;
  /** The lines that are the same for each request; see `constantLines`. */
  readonly lines: string;
}

/** Lines that an untrusted peer's requests all get. */
export function constantLines(peer: string, scheme: 'http' | 'https'): string {
  return `X-Forwarded-For: ${peer}\r\nX-Forwarded-Proto: ${scheme}\r\n`;
}

/** Via names the version by which the request came (RFC 9110 §7.6.3). */
const VIA: Readonly<Record<Protocol, string>> = {
  'HTTP/1.0': 'Via: 1.0 secbeat\r\n',
  'HTTP/1.1': 'Via: 1.1 secbeat\r\n',
  'HTTP/2.0': 'Via: 2.0 secbeat\r\n',
  'HTTP/3.0': 'Via: 3.0 secbeat\r\n',
};

/**
 * The request head for the origin, with the empty line.
 *
 * @param framing BODY_NONE, BODY_LENGTH or BODY_CHUNKED towards the origin
 * @param rewrite what the operator wants changed; field lines of the node itself stay as they are
 */
export function writeRequestHead(
  head: RequestHead,
  by: ForwardedBy,
  framing: number,
  contentLength: number,
  requestId: string,
  rewrite: RequestRewrite,
): string {
  const { fields } = head;
  const { defaultHost, preserveHost, requestEdits } = rewrite;
  const nominated = head.hasConnectionOptions ? nominatedNames(fields) : null;
  let text = `${head.method} ${head.target} HTTP/1.1\r\n`;
  const ownHost = head.absolute || !preserveHost;
  if (ownHost) text += `Host: ${preserveHost ? head.host : defaultHost}\r\n`;
  text += copyFields(fields, droppedKinds(head, by.trusted, ownHost), nominated, requestEdits);
  if (head.minorVersion === 0 && !ownHost && fields.indexOfKind(kind.HOST) === -1) {
    text += `Host: ${defaultHost}\r\n`;
  }
  if (framing === BODY_LENGTH) text += `Content-Length: ${contentLength}\r\n`;
  else if (framing === BODY_CHUNKED) text += 'Transfer-Encoding: chunked\r\n';
  else if (expectsBody(head.method)) text += 'Content-Length: 0\r\n';
  if (head.webSocketKey !== '') text += 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
  if (countsForwards(head)) text += `Max-Forwards: ${head.maxForwards - 1}\r\n`;
  text += VIA[head.protocol];
  if (by.trusted) return `${text}${trustedLines(head, by, requestId)}\r\n`;
  text += by.lines;
  if (head.host !== '') text += `X-Forwarded-Host: ${head.host}\r\n`;
  return `${text}X-Request-Id: ${requestId}\r\n\r\n`;
}

/** Methods for which an absent body must be said, or some origins wait for one (RFC 9110 §8.6). */
function expectsBody(method: string): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH';
}

/** A trusted proxy's claims are kept; what it did not say is filled in, and the chain of addresses grows. */
function trustedLines(head: RequestHead, by: ForwardedBy, requestId: string): string {
  const fields = head.fields;
  let chain = '';
  for (let i = 0; i < fields.count; i++) {
    if (fields.kinds[i] !== kind.X_FORWARDED_FOR) continue;
    const value = fields.value(i);
    if (value !== '') chain += `${value}, `;
  }
  let text = `X-Forwarded-For: ${chain}${by.peer}\r\n`;
  if (fields.get('x-forwarded-proto') === null) text += `X-Forwarded-Proto: ${by.scheme}\r\n`;
  if (fields.get('x-forwarded-host') === null && head.host !== '')
    text += `X-Forwarded-Host: ${head.host}\r\n`;
  return `${text}X-Request-Id: ${requestId}\r\n`;
}

/** Whether Max-Forwards is counted down; for other methods it means nothing (RFC 9110 §7.6.2). */
function countsForwards(head: RequestHead): boolean {
  return head.maxForwards > 0 && head.method === 'OPTIONS';
}

/** Kinds of fields that this request does not keep; what is written anew instead is among them. */
function droppedKinds(head: RequestHead, trusted: boolean, ownHost: boolean): Uint8Array {
  let set = trusted ? TRUSTED_REQUEST_DROPPED : REQUEST_DROPPED;
  if (ownHost) set = withKind(set, kind.HOST);
  if (countsForwards(head)) set = withKind(set, kind.MAX_FORWARDS);
  return set;
}

function withKind(set: Uint8Array, one: number): Uint8Array {
  const copy = set.slice();
  copy[one] = 1;
  return copy;
}
