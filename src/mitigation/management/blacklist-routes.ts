/**
 * /api/v1/blacklist: bans that are in force, new ones, and lifting them. A prefix may stand in the path with
 * its slash percent-encoded or as it is.
 */
import { Hono } from 'hono';
import { z } from 'zod';
import type { BanView, NodeControl } from '../node-control.ts';
import { readJsonBody } from './json-body.ts';
import { problem } from './problem.ts';

const DURATION_SECONDS_DEFAULT = 3600;
const DURATION_SECONDS_MAX = 365 * 86_400;
const PAGE_LENGTH_DEFAULT = 1000;
const PAGE_LENGTH_MAX = 10_000;

const banSchema = z.strictObject({
  ip: z.string().min(1).max(64),
  reason: z.string().max(256).default('manual'),
  duration_seconds: z.int().min(1).max(DURATION_SECONDS_MAX).default(DURATION_SECONDS_DEFAULT),
});

const pageSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(PAGE_LENGTH_MAX).default(PAGE_LENGTH_DEFAULT),
  offset: z.coerce.number().int().min(0).default(0),
});

export function createBlacklistRoutes(control: NodeControl): Hono {
  const routes = new Hono();

  routes.get('/', (context) => {
    const page = pageSchema.safeParse(context.req.query());
    if (!page.success) {
      return problem(context, 'invalid_request', { detail: 'limit or offset is out of its range.' });
    }
    const { limit, offset } = page.data;
    const bans = control.bans();
    return context.json({
      total: bans.length,
      offset,
      bans: bans.slice(offset, offset + limit).map(banView),
    });
  });

  routes.post('/', async (context) => {
    const body = await readJsonBody(context, { schema: banSchema, emptyAllowed: false });
    if (!body.ok) return body.fault;
    const { ip, reason, duration_seconds: durationSeconds } = body.value;
    const ban = control.addBan({ target: ip, reason, durationSeconds, source: 'management' });
    if (!ban.ok) return problem(context, 'invalid_target', { detail: ban.fault });
    const message = `${ban.value.target} is banned`;
    return context.json({ success: true, message, expires_at: ban.value.expiresAt, ban: banView(ban.value) });
  });

  routes.delete('/:target{.+}', (context) => {
    const target = context.req.param('target');
    const lifted = control.liftBan(target);
    if (!lifted.ok) return problem(context, 'invalid_target', { detail: lifted.fault });
    if (!lifted.value) return problem(context, 'not_banned');
    return context.json({ success: true, message: `${target} is not banned any more`, expires_at: null });
  });

  return routes;
}

function banView(ban: BanView): Record<string, unknown> {
  return {
    ip: ban.target,
    reason: ban.reason,
    source: ban.source,
    banned_at: ban.bannedAt,
    expires_at: ban.expiresAt,
    repeats: ban.repeats,
  };
}
