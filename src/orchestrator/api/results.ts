/** `POST /nodes/{id}/results`: what a node has done with its commands. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { commandResults, commandResultsAnswer } from '../../messages/command-results.ts';
import type { ApiDeps } from './context.ts';
import { nodeParams } from './nodes.ts';
import { BODY_PROBLEMS, problemResponses, replyProblem } from './problems.ts';

const resultsRoute = createRoute({
  method: 'post',
  path: '/api/v1/nodes/{id}/results',
  summary: 'Tell what became of commands',
  request: {
    params: nodeParams,
    body: { required: true, content: { 'application/json': { schema: commandResults } } },
  },
  responses: {
    200: {
      description: 'What was waited for is durable; the node need not say it again.',
      content: { 'application/json': { schema: commandResultsAnswer } },
    },
    ...problemResponses(
      ...BODY_PROBLEMS,
      'malformed_id',
      'unauthorized',
      'unknown_node',
      'store_unavailable',
    ),
  },
});

export function addResults(app: OpenAPIHono, { registry, commands }: ApiDeps): void {
  app.openapi(resultsRoute, async (context) => {
    const { id } = context.req.valid('param');
    if (registry.place(id) === null) return replyProblem(context, 'unknown_node');
    const taken = await commands.report(id, context.req.valid('json').results);
    if (!taken.ok) return replyProblem(context, 'store_unavailable', { detail: taken.fault.detail });
    return context.json({ taken: taken.value }, 200);
  });
}
