/** `POST /nodes/{id}/terminate`. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { terminateAnswer } from '../../messages/terminate-answer.ts';
import { terminateRequest } from '../../messages/terminate-request.ts';
import { callerOf } from './caller.ts';
import type { ApiDeps } from './context.ts';
import { nodeParams } from './nodes.ts';
import { BODY_PROBLEMS, problemResponses, replyProblem } from './problems.ts';

const terminateRoute = createRoute({
  method: 'post',
  path: '/api/v1/nodes/{id}/terminate',
  summary: 'Order a node to finish its work and end',
  request: {
    params: nodeParams,
    body: { required: false, content: { 'application/json': { schema: terminateRequest } } },
  },
  responses: {
    200: {
      description: 'The order is on disk; the node carries it out as soon as it hears of it.',
      content: { 'application/json': { schema: terminateAnswer } },
    },
    ...problemResponses(
      ...BODY_PROBLEMS,
      'malformed_id',
      'unauthorized',
      'unknown_node',
      'too_many_commands',
      'store_unavailable',
    ),
  },
});

export function addTerminate(app: OpenAPIHono, { commands }: ApiDeps): void {
  app.openapi(terminateRoute, async (context) => {
    const { id } = context.req.valid('param');
    // Without a body nothing was checked, so the defaults are filled in here.
    const request = terminateRequest.parse(context.req.valid('json'));
    const order = await commands.terminate(id, request, callerOf(context));
    if (!order.ok) return replyProblem(context, order.fault);
    const { commandId, graceSeconds } = order.value;
    return context.json(
      {
        success: true as const,
        message: 'The node is ordered to terminate.',
        node_id: id,
        command_id: commandId,
        grace_period_seconds: graceSeconds,
      },
      200,
    );
  });
}
