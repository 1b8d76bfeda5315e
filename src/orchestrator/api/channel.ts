/** `GET /nodes/{id}/channel`: everything that is decided for a node, line by line, for as long as both stand. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { CHANNEL_VERSION } from '../../messages/channel-line.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import type { OpenChannel } from '../channel/open-channel.ts';
import type { ApiDeps } from './context.ts';
import { nodeParams } from './nodes.ts';
import type { RequestBindings } from './peer.ts';
import { problemResponses, replyProblem } from './problems.ts';

const channelRoute = createRoute({
  method: 'get',
  path: '/api/v1/nodes/{id}/channel',
  summary: 'Follow what is decided for a node',
  request: {
    params: nodeParams,
    query: z.object({
      ledger: z.string().max(64).default('').describe('The `ledger` that the node followed last.'),
      version: z.coerce
        .number()
        .int()
        .min(0)
        .default(CHANNEL_VERSION)
        .describe('What the node speaks; one version more or less than this orchestrator is understood.'),
      once: z
        .stringbool()
        .default(false)
        .describe('Send what there is and end, for nodes that lines do not reach one by one.'),
      after: z.coerce.number().int().min(0).default(0).describe('Number of the last entry that it has.'),
    }),
  },
  responses: {
    200: {
      description: 'JSON objects, one per line: a greeting, what the node lacks, then what comes.',
      content: { 'application/x-ndjson': { schema: z.string() } },
    },
    ...problemResponses(
      'malformed_id',
      'malformed_query',
      'unauthorized',
      'unknown_node',
      'too_many_waiters',
      'unsupported_version',
    ),
  },
});

export function addChannel(app: OpenAPIHono, { registry, hub, channelsMax }: ApiDeps): void {
  app.openapi(channelRoute, (context) => {
    const { id } = context.req.valid('param');
    const { ledger, after, version, once } = context.req.valid('query');
    if (Math.abs(version - CHANNEL_VERSION) > 1) {
      const detail = `This orchestrator speaks version ${CHANNEL_VERSION} of the channel.`;
      return replyProblem(context, 'unsupported_version', { detail });
    }
    const place = registry.place(id);
    if (place === null) return replyProblem(context, 'unknown_node');
    if (hub.channels >= channelsMax) {
      return replyProblem(context, 'too_many_waiters', { headers: { 'Retry-After': '5' } });
    }
    const channel = hub.open({ ledgerId: ledger, seq: after }, place, endOfCertificate(context, hub));
    context.req.raw.signal.addEventListener('abort', () => channel.close(), { once: true });
    return new Response(linesOf(channel, once), {
      headers: { 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' },
    }) as never;
  });
}

/** When the certificate of the node that calls ends; never, where it calls without. */
function endOfCertificate({ env }: Context, hub: FleetHub): number {
  const { peer } = (env ?? {}) as RequestBindings;
  if (peer?.kind !== 'node') return Number.POSITIVE_INFINITY;
  const serials = hub.state.members.member(peer.nodeId)?.serials ?? [];
  return serials.find(({ serial }) => serial === peer.serial)?.expires_at_ms ?? 0;
}

/** The lines as octets; the next ones are asked for when those before have gone. `once` ends with those there are. */
function linesOf(channel: OpenChannel, once: boolean): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const lines = once ? channel.takeNow() : await channel.next();
        if (lines === null) controller.close();
        else controller.enqueue(encoder.encode(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
      },
      cancel: () => channel.close(),
    },
    { highWaterMark: 0 },
  );
}
