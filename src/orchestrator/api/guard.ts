/**
 * Who may call at all, decided before anything of the request is read.
 *
 * A page in a browser can make its own host name point at 127.0.0.1 and then talk to local services (DNS
 * rebinding), or post to them across origins. So a loopback listener answers to loopback names only, and a request
 * that names an Origin must come from the very host it calls.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { isLoopbackHost } from '../../config/listen-address.ts';
import { setCaller } from './caller.ts';
import { replyProblem } from './problems.ts';

/** Refuses foreign host names on a loopback listener, and foreign origins everywhere. */
export function guardOrigin(options: { readonly loopbackOnly: boolean }): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host') ?? '';
    if (options.loopbackOnly && !isLoopbackName(host)) return replyProblem(context, 'foreign_host');
    const origin = context.req.header('origin');
    if (origin !== undefined && URL.parse(origin)?.host !== host.toLowerCase()) {
      return replyProblem(context, 'foreign_origin');
    }
    return next();
  };
}

/**
 * Asks for one of the tokens; without any configured, everybody who reaches the listener may call. Hashes are
 * compared, in constant time and all of them, so that the time of an answer tells nothing about a token.
 */
export function guardToken(tokens: readonly string[], onRefused: () => void): MiddlewareHandler {
  const known = tokens.map(digest);
  return async (context, next) => {
    if (known.length === 0) {
      setCaller(context, { kind: 'local', id: 'local' });
      return next();
    }
    const given = digest(bearerToken(context.req.header('authorization')));
    const matches = known.map((token) => timingSafeEqual(token, given));
    if (matches.includes(true)) {
      setCaller(context, { kind: 'token', id: 'configured' });
      return next();
    }
    onRefused();
    return replyProblem(context, 'unauthorized', { headers: { 'WWW-Authenticate': 'Bearer' } });
  };
}

function isLoopbackName(host: string): boolean {
  const hostname = URL.parse(`http://${host}`)?.hostname ?? '';
  return isLoopbackHost(hostname.replace(/^\[(.*)\]$/, '$1'));
}

function bearerToken(authorization: string | undefined): string {
  return /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1] ?? '';
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}
