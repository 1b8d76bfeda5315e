/**
 * Reads a request body as JSON of one exact shape, or answers what is wrong with it.
 *
 * The bound is applied while reading, so a chunked body cannot go beyond it either.
 */
import type { Context } from 'hono';
import type { z } from 'zod';
import { fail, ok, type Result } from '../../core/result.ts';
import { problem } from './problem.ts';

export interface JsonBodyOptions<Shape> {
  readonly schema: z.ZodType<Shape>;
  /** Whether no body at all stands for an empty object. */
  readonly emptyAllowed: boolean;
}

const BODY_BYTES_MAX = 16 * 1024;

/** The body in its shape; a fault is the finished answer: 400, 413, 415 or 422. */
export async function readJsonBody<Shape>(
  context: Context,
  { schema, emptyAllowed }: JsonBodyOptions<Shape>,
): Promise<Result<Shape, Response>> {
  const text = await readText(context);
  if (!text.ok) return fail(problem(context, text.fault));
  const isEmpty = text.value === '' && emptyAllowed;
  if (!isEmpty && !isJsonType(context.req.header('content-type'))) {
    return fail(problem(context, 'unsupported_media_type'));
  }
  const document = isEmpty ? ok<unknown>({}) : parseJson(text.value);
  if (!document.ok) return fail(problem(context, 'malformed_json'));
  const parsed = schema.safeParse(document.value);
  if (parsed.success) return ok(parsed.data);
  const errors = parsed.error.issues.map((issue) => ({
    path: issue.path.map(String).join('.'),
    message: issue.message,
  }));
  return fail(problem(context, 'invalid_request', { errors }));
}

async function readText(context: Context): Promise<Result<string, 'body_too_large' | 'malformed_json'>> {
  const reader = context.req.raw.body?.getReader();
  if (reader === undefined) return ok('');
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      length += next.value.length;
      if (length > BODY_BYTES_MAX) {
        await reader.cancel();
        return fail('body_too_large');
      }
      chunks.push(next.value);
    }
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    // The client went away or took too long, or the bytes are no text.
    return fail('malformed_json');
  }
}

function parseJson(text: string): Result<unknown, null> {
  try {
    return ok(JSON.parse(text));
  } catch {
    return fail(null);
  }
}

function isJsonType(contentType: string | undefined): boolean {
  return /^application\/json[ \t]*(;[ \t]*charset="?utf-8"?[ \t]*)?$/i.test(contentType ?? '');
}
