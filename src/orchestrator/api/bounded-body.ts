/**
 * Reads the body of a request, at most so large and at most so long, before anything else touches it.
 *
 * A body without a byte counts as no body, whatever its Content-Type says, because many clients send one always.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { replyProblem } from './problems.ts';

export interface BodyBounds {
  readonly bytesMax: number;
  readonly timeoutMs: number;
}

type BodyFault = 'body_too_large' | 'body_timeout' | 'malformed_request';

const BODILESS_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** Refuses a body beyond its bounds with 413 or 408; otherwise the route finds it whole. */
export function boundedBody(bounds: BodyBounds): MiddlewareHandler {
  return async (context, next) => {
    if (BODILESS_METHODS.has(context.req.method)) return next();
    const body = await readBody(context, bounds);
    // The rest of the body stays unread, so the connection cannot carry another request.
    if (typeof body === 'string') return replyProblem(context, body, { headers: { Connection: 'close' } });
    const { 'content-type': contentType, ...headers } = context.req.header();
    context.req.raw = new Request(context.req.url, {
      method: context.req.method,
      headers:
        body.length > 0 && contentType !== undefined ? { ...headers, 'content-type': contentType } : headers,
      body: body.length > 0 ? body : null,
    });
    return next();
  };
}

async function readBody(
  context: Context,
  { bytesMax, timeoutMs }: BodyBounds,
): Promise<Buffer<ArrayBuffer> | BodyFault> {
  if (Number(context.req.header('content-length') ?? 0) > bytesMax) return 'body_too_large';
  const reader = context.req.raw.body?.getReader();
  if (reader === undefined) return Buffer.alloc(0);
  const deadline = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => deadline.resolve('late'), timeoutMs);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const read = await Promise.race([reader.read(), deadline.promise]);
      if (read === 'late') return abandon(reader, 'body_timeout');
      if (read.done) return Buffer.concat(chunks);
      size += read.value.byteLength;
      if (size > bytesMax) return abandon(reader, 'body_too_large');
      chunks.push(read.value);
    }
  } catch {
    // The client broke off, or its framing was wrong.
    return 'malformed_request';
  } finally {
    clearTimeout(timer);
  }
}

function abandon(reader: { cancel(): Promise<void> }, fault: BodyFault): BodyFault {
  reader.cancel().catch(() => undefined);
  return fault;
}
