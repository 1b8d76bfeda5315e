/** `POST /nodes/heartbeat`. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { controlAnswer } from '../../messages/control-answer.ts';
import { heartbeatRequest } from '../../messages/heartbeat-request.ts';
import { isLastBeat } from '../members/heartbeat.ts';
import { isForeignNode } from './caller.ts';
import type { ApiDeps } from './context.ts';
import { BODY_PROBLEMS, problemResponses, replyProblem } from './problems.ts';

const heartbeatRoute = createRoute({
  method: 'post',
  path: '/api/v1/nodes/heartbeat',
  summary: 'Give a sign of life',
  request: { body: { required: true, content: { 'application/json': { schema: heartbeatRequest } } } },
  responses: {
    200: {
      description: 'Heard. The answer says what is wanted of the node.',
      content: { 'application/json': { schema: controlAnswer } },
    },
    ...problemResponses(
      ...BODY_PROBLEMS,
      'unauthorized',
      'not_this_node',
      'unknown_node',
      'superseded_process',
      'store_unavailable',
    ),
  },
});

export function addHeartbeat(app: OpenAPIHono, { registry }: ApiDeps): void {
  app.openapi(heartbeatRoute, async (context) => {
    const beat = context.req.valid('json');
    if (isForeignNode(context, beat.node_id)) return replyProblem(context, 'not_this_node');
    const answer = registry.heartbeat(beat);
    const last = answer.ok && isLastBeat(beat);
    if (last && !(await registry.saved())) return replyProblem(context, 'store_unavailable');
    return answer.ok ? context.json(answer.value, 200) : replyProblem(context, answer.fault);
  });
}
