/** `/export/...`: whom clients are to be sent to, in the words of HAProxy, nginx and Prometheus. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { haproxyServers, nginxServers, prometheusTargets } from '../balance/exports.ts';
import type { ApiDeps } from './context.ts';
import { problemResponses } from './problems.ts';

function textRoute<Path extends string>(path: Path, summary: string) {
  return createRoute({
    method: 'get',
    path,
    summary,
    responses: {
      200: {
        description: 'One line for each node that can be reached.',
        content: { 'text/plain': { schema: z.string() } },
      },
      ...problemResponses('unauthorized'),
    },
  });
}

const haproxyRoute = textRoute('/api/v1/export/haproxy', 'Servers for a backend of HAProxy');
const nginxRoute = textRoute('/api/v1/export/nginx', 'Servers for an upstream of nginx');

const scrapeTargets = z.array(
  z.object({ targets: z.array(z.string()), labels: z.record(z.string(), z.string()) }),
);

const prometheusRoute = createRoute({
  method: 'get',
  path: '/api/v1/export/prometheus',
  summary: 'Targets for the discovery of Prometheus over HTTP',
  responses: {
    200: {
      description: 'Where nodes show their metrics.',
      content: { 'application/json': { schema: scrapeTargets } },
    },
    ...problemResponses('unauthorized'),
  },
});

export function addExports(app: OpenAPIHono, { balancer }: ApiDeps): void {
  app.openapi(haproxyRoute, (context) => context.text(haproxyServers(balancer.view.nodes), 200));
  app.openapi(nginxRoute, (context) => context.text(nginxServers(balancer.view.nodes), 200));
  app.openapi(prometheusRoute, (context) => {
    const targets = prometheusTargets(balancer.view.nodes);
    return context.json(
      targets.map((target) => ({ targets: [...target.targets], labels: { ...target.labels } })),
      200,
    );
  });
}
