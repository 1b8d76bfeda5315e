/** `/rules/block_ip` and `/rules/blocked_ips`: bans for the whole fleet, as people and programs set them. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { toTimestamp } from '../../core/timestamp.ts';
import type { SharedBan } from '../../fleet/shared-bans.ts';
import { type BlockedIps, blockAnswer, blockedIps, blockRequest } from '../../messages/block-request.ts';
import { callerOf } from './caller.ts';
import type { ApiDeps } from './context.ts';
import { BODY_PROBLEMS, problemResponses, replyProblem } from './problems.ts';

const BAN_PROBLEMS = [
  'not_banned',
  'unreadable_target',
  'too_wide_target',
  'too_many_bans',
  'store_unavailable',
] as const;

const blockRoute = createRoute({
  method: 'post',
  path: '/api/v1/rules/block_ip',
  summary: 'Ban an address or a prefix on all nodes',
  request: { body: { required: true, content: { 'application/json': { schema: blockRequest } } } },
  responses: {
    200: {
      description: 'Decided, durable, and on its way to every node.',
      content: { 'application/json': { schema: blockAnswer } },
    },
    ...problemResponses(...BODY_PROBLEMS, 'unauthorized', ...BAN_PROBLEMS),
  },
});

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/rules/blocked_ips',
  summary: 'All bans that the fleet shares',
  responses: {
    200: { description: 'As pairs.', content: { 'application/json': { schema: blockedIps } } },
    ...problemResponses('unauthorized'),
  },
});

const liftRoute = createRoute({
  method: 'delete',
  path: '/api/v1/rules/blocked_ips/{target}',
  summary: 'Lift a ban on all nodes',
  request: { params: z.object({ target: z.string().max(64) }) },
  responses: {
    200: {
      description: 'Decided, durable, and on its way to every node.',
      content: { 'application/json': { schema: blockAnswer } },
    },
    ...problemResponses('unauthorized', ...BAN_PROBLEMS),
  },
});

export function addBans(app: OpenAPIHono, { bans, hub }: ApiDeps): void {
  app.openapi(blockRoute, async (context) => {
    const { ip, reason, ttl_seconds: durationSeconds } = context.req.valid('json');
    const wish = { target: ip, reason, source: 'manual' as const, confidence: 1, durationSeconds };
    const decided = await bans.ban(wish, callerOf(context));
    if (!decided.ok) return replyProblem(context, decided.fault.code, { detail: decided.fault.detail });
    return context.json(answerOf(`${ip} is banned on all nodes.`, decided.value), 200);
  });
  app.openapi(listRoute, (context) => context.json(toPairs(bans.list(), hub.wallMs()), 200));
  app.openapi(liftRoute, async (context) => {
    const { target } = context.req.valid('param');
    const decided = await bans.lift(target, callerOf(context));
    if (!decided.ok) return replyProblem(context, decided.fault.code, { detail: decided.fault.detail });
    return context.json(answerOf(`${target} is not banned any more.`, decided.value), 200);
  });
}

function answerOf(message: string, seq: number): z.output<typeof blockAnswer> {
  return { success: true, message, command_id: String(seq) };
}

function toPairs(bans: readonly SharedBan[], nowMs: number): BlockedIps {
  const manual = bans.filter(({ source }) => source === 'manual').length;
  return {
    stats: { total_blocked_ips: bans.length, manual_blocks: manual, auto_blocks: bans.length - manual },
    blocked_ips: bans.map(({ target, reason, source, set_at_ms: setAtMs, expires_at_ms: expiresAtMs }) => [
      target,
      {
        reason,
        blocked_at: toTimestamp(setAtMs),
        blocked_by: source,
        ttl_seconds: Math.ceil((expiresAtMs - nowMs) / 1000),
        metadata: {},
      },
    ]),
  };
}
