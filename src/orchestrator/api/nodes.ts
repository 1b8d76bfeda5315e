/** `GET /nodes` and `GET /nodes/{id}`. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { nodeInfo } from '../../messages/node-info.ts';
import { nodePage } from '../../messages/node-page.ts';
import { nodeId } from '../../messages/wire.ts';
import type { ApiDeps } from './context.ts';
import { problemResponses, replyProblem } from './problems.ts';

const PAGE_NODES_MAX = 1000;

/** The part of a path that names a node. */
export const nodeParams = z.object({ id: nodeId });

const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE_NODES_MAX).optional(),
  offset: z.coerce.number().int().min(0).default(0),
  cursor: z.coerce.number().int().min(0).default(0),
});

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/nodes',
  summary: 'All nodes, or with `limit` one page of them',
  request: { query: listQuery },
  responses: {
    200: {
      description: 'In the order of first registration. A bare list without `limit`.',
      content: { 'application/json': { schema: z.union([z.array(nodeInfo), nodePage]) } },
    },
    ...problemResponses('malformed_query', 'unauthorized'),
  },
});

const detailRoute = createRoute({
  method: 'get',
  path: '/api/v1/nodes/{id}',
  summary: 'One node',
  request: { params: nodeParams },
  responses: {
    200: { description: 'The node.', content: { 'application/json': { schema: nodeInfo } } },
    ...problemResponses('malformed_id', 'unauthorized', 'unknown_node'),
  },
});

export function addNodes(app: OpenAPIHono, { registry }: ApiDeps): void {
  app.openapi(listRoute, (context) => {
    const { limit, offset, cursor } = context.req.valid('query');
    if (limit === undefined) return context.json(registry.nodes(), 200);
    const { nodes, nextOrdinal } = registry.page({ afterOrdinal: cursor, offset, limit });
    const next = nextOrdinal === null ? null : String(nextOrdinal);
    return context.json({ nodes, total: registry.size, next }, 200);
  });
  app.openapi(detailRoute, (context) => {
    const node = registry.node(context.req.valid('param').id);
    return node.ok ? context.json(node.value, 200) : replyProblem(context, 'unknown_node');
  });
}
