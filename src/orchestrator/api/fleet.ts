/** `GET /fleet/stats`. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { fleetStats } from '../../messages/fleet-stats.ts';
import { summariseFleet } from '../members/fleet-summary.ts';
import type { ApiDeps } from './context.ts';
import { problemResponses } from './problems.ts';

const statsRoute = createRoute({
  method: 'get',
  path: '/api/v1/fleet/stats',
  summary: 'The fleet in seven figures',
  responses: {
    200: { description: 'Exactly these keys.', content: { 'application/json': { schema: fleetStats } } },
    ...problemResponses('unauthorized'),
  },
});

export function addFleet(app: OpenAPIHono, { registry }: ApiDeps): void {
  app.openapi(statsRoute, (context) => context.json(summariseFleet(registry.nodes()), 200));
}
