/** `POST /nodes/{id}/reports`: what a node has found out for all. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { banReport, banReportAnswer } from '../../messages/ban-report.ts';
import type { ApiDeps } from './context.ts';
import { nodeParams } from './nodes.ts';
import { BODY_PROBLEMS, problemResponses, replyProblem } from './problems.ts';

const reportRoute = createRoute({
  method: 'post',
  path: '/api/v1/nodes/{id}/reports',
  summary: 'Tell of bans that hold for the whole fleet',
  request: {
    params: nodeParams,
    body: { required: true, content: { 'application/json': { schema: banReport } } },
  },
  responses: {
    200: {
      description: 'What was new is decided, and durable.',
      content: { 'application/json': { schema: banReportAnswer } },
    },
    ...problemResponses(
      ...BODY_PROBLEMS,
      'malformed_id',
      'unauthorized',
      'unknown_node',
      'too_many_reports',
      'store_unavailable',
    ),
  },
});

export function addReports(app: OpenAPIHono, { registry, bans, reportBudgets, clock }: ApiDeps): void {
  app.openapi(reportRoute, async (context) => {
    const { id } = context.req.valid('param');
    if (registry.place(id) === null) return replyProblem(context, 'unknown_node');
    const report = context.req.valid('json');
    const waitSeconds = reportBudgets.take(id, report.bans.length + report.lifted.length, clock.nowMs());
    if (waitSeconds !== null) {
      return replyProblem(context, 'too_many_reports', { headers: { 'Retry-After': String(waitSeconds) } });
    }
    const taken = await bans.report(report, { kind: 'node', id });
    if (!taken.ok) return replyProblem(context, 'store_unavailable', { detail: taken.fault.detail });
    return context.json({ taken: taken.value }, 200);
  });
}
