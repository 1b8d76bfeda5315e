/**
 * Under which names a listener may be called, decided before anything of the request is read.
 *
 * A page in a browser can make its own host name point at 127.0.0.1 and then talk to local services (DNS
 * rebinding), or post to them across origins. So a loopback listener answers to loopback names only, and a request
 * that names an Origin must come from the very host it calls.
 */
import type { MiddlewareHandler } from 'hono';
import { isLoopbackHost } from '../../config/listen-address.ts';
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

function isLoopbackName(host: string): boolean {
  const hostname = URL.parse(`http://${host}`)?.hostname ?? '';
  return isLoopbackHost(hostname.replace(/^\[(.*)\]$/, '$1'));
}
