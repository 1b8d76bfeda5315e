/**
 * What the plain HTTP listener answers: the same address over HTTPS, or what a certificate authority has come for
 * (RFC 8555 section 8.3). Nothing of it reaches an origin.
 */
import type { RequestHead } from '../../http/request-head.ts';
import { createReply, type Reply, replyFormat } from '../reply/reply.ts';

const CHALLENGE_PATH = '/.well-known/acme-challenge/';
const HTTPS_PORT = 443;

export interface RedirectOptions {
  /** Where clients are sent. */
  readonly port: number;
  /** The text behind a token, or null. */
  readonly answerToken: (token: string) => string | null;
  readonly requestId: string;
  readonly wallMs: number;
}

export function redirectReply(head: RequestHead, options: RedirectOptions): Reply {
  const path = head.target.split('?', 1)[0]!;
  if (path.startsWith(CHALLENGE_PATH)) return challengeReply(head, path, options);
  // Only HTTP/1.0 may leave the host out (RFC 9112 section 3.2).
  if (head.host === '') return ownReply(head, 400, null, options);
  const { port } = options;
  const target = head.target === '*' ? '/' : head.target;
  const authority = withoutPort(head.host) + (port === HTTPS_PORT ? '' : `:${port}`);
  return ownReply(head, 308, `https://${authority}${target}`, options);
}

function challengeReply(head: RequestHead, path: string, options: RedirectOptions): Reply {
  const isRead = head.method === 'GET' || head.method === 'HEAD';
  const text = isRead ? options.answerToken(path.slice(CHALLENGE_PATH.length)) : null;
  if (text === null) return ownReply(head, 404, null, options);
  return {
    status: 200,
    fields: [
      ['Content-Type', 'application/octet-stream'],
      ['Content-Length', String(text.length)],
      ['Cache-Control', 'no-store'],
    ],
    body: head.method === 'HEAD' ? '' : text,
  };
}

function ownReply(
  head: RequestHead,
  status: number,
  location: string | null,
  options: RedirectOptions,
): Reply {
  return createReply({
    status,
    location,
    requestId: options.requestId,
    format: replyFormat(head.fields.get('accept')),
    retryAfterSeconds: 0,
    headOnly: head.method === 'HEAD',
    wallMs: options.wallMs,
  });
}

/** The host of an authority that the codec has accepted; an IPv6 address keeps its brackets. */
function withoutPort(authority: string): string {
  const end = authority.startsWith('[') ? authority.indexOf(']') + 1 : authority.indexOf(':');
  return end <= 0 ? authority : authority.slice(0, end);
}
