/** `GET /nodes/{id}/commands`: a long poll, so that an order reaches the node at once. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { controlAnswer } from '../../messages/control-answer.ts';
import type { ApiDeps } from './context.ts';
import { nodeParams } from './nodes.ts';
import { problemResponses, replyProblem } from './problems.ts';

const WAIT_SECONDS_MAX = 60;

/** The part of a query that says how long an answer may wait, in seconds. */
export const longestWait = z.coerce.number().min(0).max(WAIT_SECONDS_MAX).default(0);

const commandsRoute = createRoute({
  method: 'get',
  path: '/api/v1/nodes/{id}/commands',
  summary: 'Wait for what is wanted of a node',
  request: {
    params: nodeParams,
    query: z.object({
      wait: longestWait.describe('Longest wait for news in seconds; without it the answer comes at once.'),
      after: z.coerce
        .number()
        .int()
        .min(0)
        .default(0)
        .describe('The `cursor` that the node knows; any other one is news.'),
    }),
  },
  responses: {
    200: {
      description: 'What is wanted of the node, new or not.',
      content: { 'application/json': { schema: controlAnswer } },
    },
    ...problemResponses(
      'malformed_id',
      'malformed_query',
      'unauthorized',
      'unknown_node',
      'too_many_waiters',
    ),
  },
});

export function addCommands(app: OpenAPIHono, { registry, waiters }: ApiDeps): void {
  app.openapi(commandsRoute, async (context) => {
    const { id } = context.req.valid('param');
    const { wait, after } = context.req.valid('query');
    const known = registry.control(id);
    if (!known.ok) return replyProblem(context, 'unknown_node');
    if (wait === 0 || known.value.cursor !== after) return context.json(known.value, 200);
    const outcome = await waiters.wait(id, wait * 1000, context.req.raw.signal);
    if (outcome === 'refused')
      return replyProblem(context, 'too_many_waiters', { headers: { 'Retry-After': '5' } });
    const control = registry.control(id);
    return control.ok ? context.json(control.value, 200) : replyProblem(context, 'unknown_node');
  });
}
