/** `GET /health` and `GET /ready`, at the root and under the prefix; neither needs a token. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { toTimestamp } from '../../core/timestamp.ts';
import { healthAnswer, readyAnswer } from '../../messages/health-answer.ts';
import type { ApiDeps } from './context.ts';

const HEALTH_PATHS = ['/health', '/api/v1/health'] as const;
const READY_PATHS = ['/ready', '/api/v1/ready'] as const;

export function addHealth(app: OpenAPIHono, { clock, version, obstacles }: ApiDeps): void {
  for (const path of HEALTH_PATHS) {
    app.openapi(healthRoute(path), (context) =>
      context.json({ status: 'healthy' as const, timestamp: toTimestamp(clock.wallMs()), version }, 200),
    );
  }
  for (const path of READY_PATHS) {
    app.openapi(readyRoute(path), (context) => {
      const reasons = [...obstacles()];
      const timestamp = toTimestamp(clock.wallMs());
      return reasons.length === 0
        ? context.json({ status: 'ready' as const, timestamp, reasons }, 200)
        : context.json({ status: 'not_ready' as const, timestamp, reasons }, 503);
    });
  }
}

function healthRoute(path: string) {
  return createRoute({
    method: 'get',
    path,
    summary: 'Whether the process answers',
    responses: {
      200: { description: 'It does.', content: { 'application/json': { schema: healthAnswer } } },
    },
  });
}

function readyRoute(path: string) {
  const content = { 'application/json': { schema: readyAnswer } };
  return createRoute({
    method: 'get',
    path,
    summary: 'Whether registrations and orders are taken',
    responses: {
      200: { description: 'They are.', content },
      503: { description: 'They are not; the reasons say why.', content },
    },
  });
}
