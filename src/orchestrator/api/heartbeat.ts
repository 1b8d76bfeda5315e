/** `POST /nodes/heartbeat`. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { controlAnswer } from '../../messages/control-answer.ts';
import { heartbeatRequest } from '../../messages/heartbeat-request.ts';
import type { ApiDeps } from './context.ts';
import { problemResponses, replyProblem } from './problems.ts';

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
      'malformed_json',
      'unauthorized',
      'unknown_node',
      'superseded_process',
      'body_too_large',
      'unsupported_media_type',
      'invalid_body',
      'store_unavailable',
    ),
  },
});

export function addHeartbeat(app: OpenAPIHono, { registry }: ApiDeps): void {
  app.openapi(heartbeatRoute, (context) => {
    const answer = registry.heartbeat(context.req.valid('json'));
    return answer.ok ? context.json(answer.value, 200) : replyProblem(context, answer.fault);
  });
}
