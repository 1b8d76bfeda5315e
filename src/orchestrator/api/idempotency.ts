/**
 * Calls that are sent twice and take effect once: an answer is kept under the caller and the `Idempotency-Key` that the
 * call carried, and given again to the same call.
 *
 * Answers are kept in memory for ten minutes, which outlasts what clients retry; a restart forgets them. Faults of the
 * orchestrator (5xx) are not kept, so that a retry can succeed.
 *
 * Bounds: `ANSWERS_MAX` answers, of which the oldest gives way; those with a body of more than `BODY_CHARACTERS_MAX`
 * characters are not kept.
 */
import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import type { Clock } from '../../core/clock.ts';
import { callerOf } from './caller.ts';
import { replyProblem } from './problems.ts';

const KEPT_MS = 600_000;
const ANSWERS_MAX = 1000;
const KEY_CHARACTERS_MAX = 64;
const BODY_CHARACTERS_MAX = 64 * 1024;

interface KeptAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

interface Call {
  /** Of method, target and body. */
  readonly fingerprint: string;
  readonly atMs: number;
  /** Null while it is under way. */
  answer: KeptAnswer | null;
}

/** For POST requests of people and programs. Nodes have sequence numbers, and what they report is idempotent. */
export function rememberAnswers(clock: Clock): MiddlewareHandler {
  const calls = new Map<string, Call>();
  return async (context, next) => {
    const key = context.req.header('idempotency-key');
    const caller = callerOf(context);
    if (key === undefined || context.req.method !== 'POST') return next();
    if (caller.kind !== 'token' && caller.kind !== 'local') return next();
    if (!/^[\x21-\x7e]+$/.test(key) || key.length > KEY_CHARACTERS_MAX) {
      const detail = `Idempotency-Key must have 1 to ${KEY_CHARACTERS_MAX} visible ASCII characters.`;
      return replyProblem(context, 'malformed_request', { detail });
    }
    const name = `${caller.kind} ${caller.id} ${key}`;
    const fingerprint = await fingerprintOf(context);
    dropOld(calls, clock.nowMs());
    const known = calls.get(name);
    if (known !== undefined) return repeat(context, known, fingerprint);
    const call: Call = { fingerprint, atMs: clock.nowMs(), answer: null };
    calls.set(name, call);
    await next();
    call.answer = await keep(context.res);
    if (call.answer === null) calls.delete(name);
    return undefined;
  };
}

function repeat(context: Context, { fingerprint, answer }: Call, given: string): Response {
  if (fingerprint !== given) return replyProblem(context, 'idempotency_key_reused');
  if (answer === null) {
    return replyProblem(context, 'repeated_while_busy', { headers: { 'Retry-After': '1' } });
  }
  const headers = { 'Content-Type': answer.contentType, 'Idempotency-Replayed': 'true' };
  return new Response(answer.body, { status: answer.status, headers });
}

async function keep(response: Response): Promise<KeptAnswer | null> {
  if (response.status >= 500) return null;
  const body = await response.clone().text();
  if (body.length > BODY_CHARACTERS_MAX) return null;
  return { status: response.status, contentType: response.headers.get('content-type') ?? '', body };
}

async function fingerprintOf({ req }: Context): Promise<string> {
  const { pathname, search } = new URL(req.url);
  const hash = createHash('sha256').update(`${req.method} ${pathname}${search}\n`, 'utf8');
  return hash.update(await req.text(), 'utf8').digest('hex');
}

/** The oldest stand in front. */
function dropOld(calls: Map<string, Call>, nowMs: number): void {
  for (const [name, { atMs }] of calls) {
    if (calls.size < ANSWERS_MAX && nowMs - atMs < KEPT_MS) return;
    calls.delete(name);
  }
}
