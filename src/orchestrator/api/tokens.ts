/** `/tokens`: tokens of people and programs. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { toTimestamp } from '../../core/timestamp.ts';
import { tokenAnswer, tokenList, tokenRequest } from '../../messages/access-token.ts';
import { decisionAnswer } from '../../messages/enrolment.ts';
import { callerOf } from './caller.ts';
import type { ApiDeps } from './context.ts';
import { BODY_PROBLEMS, problemResponses, replyProblem } from './problems.ts';

const makeRoute = createRoute({
  method: 'post',
  path: '/api/v1/tokens',
  summary: 'Make a token for a person or a program',
  request: { body: { required: true, content: { 'application/json': { schema: tokenRequest } } } },
  responses: {
    200: {
      description: 'The token is durable, and shown this once.',
      content: { 'application/json': { schema: tokenAnswer } },
    },
    ...problemResponses(
      ...BODY_PROBLEMS,
      'unauthorized',
      'forbidden',
      'admin_needed',
      'too_many_tokens',
      'store_unavailable',
    ),
  },
});

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/tokens',
  summary: 'All tokens, without their secrets',
  responses: {
    200: { description: 'In the order of making.', content: { 'application/json': { schema: tokenList } } },
    ...problemResponses('unauthorized', 'forbidden'),
  },
});

const revokeRoute = createRoute({
  method: 'delete',
  path: '/api/v1/tokens/{id}',
  summary: 'Revoke a token',
  request: { params: z.object({ id: z.string().max(64) }) },
  responses: {
    200: {
      description: 'Every later call with it is refused.',
      content: { 'application/json': { schema: decisionAnswer } },
    },
    ...problemResponses('unauthorized', 'forbidden', 'unknown_token', 'admin_needed', 'store_unavailable'),
  },
});

export function addTokens(app: OpenAPIHono, { tokenDesk }: ApiDeps): void {
  app.openapi(makeRoute, async (context) => {
    const wish = context.req.valid('json');
    const made = await tokenDesk.make(wish, callerOf(context));
    if (!made.ok) return replyProblem(context, made.fault.code, { detail: made.fault.detail });
    const { id, text, expiresAtMs } = made.value;
    const facts = { id, name: wish.name, role: wish.role, expires_at: toEnd(expiresAtMs) };
    return context.json({ ...facts, token: text }, 200);
  });
  app.openapi(listRoute, (context) => {
    const tokens = tokenDesk
      .list()
      .map(({ id, name, role, expires_at_ms: endsAtMs, made_at_ms: madeAtMs }) => ({
        ...{ id, name, role },
        expires_at: toEnd(endsAtMs),
        made_at: toTimestamp(madeAtMs),
      }));
    return context.json({ tokens }, 200);
  });
  app.openapi(revokeRoute, async (context) => {
    const { id } = context.req.valid('param');
    const revoked = await tokenDesk.revoke(id, callerOf(context));
    if (!revoked.ok) return replyProblem(context, revoked.fault.code, { detail: revoked.fault.detail });
    return context.json(
      { success: true as const, message: 'The token is revoked.', seq: revoked.value },
      200,
    );
  });
}

function toEnd(endsAtMs: number | null): string | null {
  return endsAtMs === null ? null : toTimestamp(endsAtMs);
}
