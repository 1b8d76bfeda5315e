/** `/mode`: how strict nodes are. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { modeAnswer, modeRequest } from '../../messages/mode-request.ts';
import { callerOf } from './caller.ts';
import type { ApiDeps } from './context.ts';
import { BODY_PROBLEMS, problemResponses, replyProblem } from './problems.ts';

const inForce = { content: { 'application/json': { schema: modeAnswer } } };

const showRoute = createRoute({
  method: 'get',
  path: '/api/v1/mode',
  summary: 'How strict the nodes are',
  responses: { 200: { description: 'What was decided.', ...inForce }, ...problemResponses('unauthorized') },
});

const setRoute = createRoute({
  method: 'put',
  path: '/api/v1/mode',
  summary: 'Make some nodes, or all, strict or as usual',
  request: { body: { required: true, content: { 'application/json': { schema: modeRequest } } } },
  responses: {
    200: { description: 'Decided, durable, and on its way to the nodes.', ...inForce },
    ...problemResponses(...BODY_PROBLEMS, 'unauthorized', 'too_many_modes', 'store_unavailable'),
  },
});

export function addMode(app: OpenAPIHono, { modes }: ApiDeps): void {
  app.openapi(showRoute, (context) => context.json(modes.list(), 200));
  app.openapi(setRoute, async (context) => {
    const { selector, mode } = context.req.valid('json');
    const set = await modes.set(selector, mode, callerOf(context));
    if (!set.ok) return replyProblem(context, set.fault.code, { detail: set.fault.detail });
    return context.json(modes.list(), 200);
  });
}
