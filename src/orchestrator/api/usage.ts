/** `POST /nodes/{id}/usage`: what a node uses of fleet-wide limits, and what it may use. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { usageAnswer, usageReport } from '../../messages/usage-report.ts';
import type { ApiDeps } from './context.ts';
import { nodeParams } from './nodes.ts';
import { BODY_PROBLEMS, problemResponses, replyProblem } from './problems.ts';

const usageRoute = createRoute({
  method: 'post',
  path: '/api/v1/nodes/{id}/usage',
  summary: 'Tell what is used of fleet-wide limits, and learn what may be used',
  request: {
    params: nodeParams,
    body: { required: true, content: { 'application/json': { schema: usageReport } } },
  },
  responses: {
    200: {
      description:
        'What the node may use of each key from now on. A key that is missing has the own share only.',
      content: { 'application/json': { schema: usageAnswer } },
    },
    ...problemResponses(...BODY_PROBLEMS, 'malformed_id', 'unauthorized', 'unknown_node', 'late_report'),
  },
});

export function addUsage(app: OpenAPIHono, { registry, usage }: ApiDeps): void {
  app.openapi(usageRoute, (context) => {
    const { id } = context.req.valid('param');
    if (registry.place(id) === null) return replyProblem(context, 'unknown_node');
    const answer = usage.take(id, context.req.valid('json'));
    return answer === null ? replyProblem(context, 'late_report') : context.json(answer, 200);
  });
}
