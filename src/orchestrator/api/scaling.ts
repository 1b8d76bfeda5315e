/** `GET /scaling` and `POST /scale`: the size of the fleet, seen and wished for. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { toTimestamp } from '../../core/timestamp.ts';
import type { ScalingDecision } from '../../fleet/fleet-scaling.ts';
import {
  type ScalingStatus,
  scaleAnswer,
  scaleRequest,
  scalingStatus,
} from '../../messages/scaling-status.ts';
import type { Scaling } from '../scaling/assemble-scaling.ts';
import { callerOf } from './caller.ts';
import type { ApiDeps } from './context.ts';
import { BODY_PROBLEMS, problemResponses, replyProblem } from './problems.ts';

const DECISIONS_SHOWN_MAX = 50;

const statusRoute = createRoute({
  method: 'get',
  path: '/api/v1/scaling',
  summary: 'What scaling sees and has decided',
  responses: {
    200: { description: 'As of now.', content: { 'application/json': { schema: scalingStatus } } },
    ...problemResponses('unauthorized'),
  },
});

const scaleRoute = createRoute({
  method: 'post',
  path: '/api/v1/scale',
  summary: 'Bring the fleet to a number of nodes',
  request: { body: { required: true, content: { 'application/json': { schema: scaleRequest } } } },
  responses: {
    200: {
      description: 'Decided and durable; nodes are asked for or sent away from now on.',
      content: { 'application/json': { schema: scaleAnswer } },
    },
    ...problemResponses(
      ...BODY_PROBLEMS,
      'unauthorized',
      'target_out_of_bounds',
      'fleet_in_doubt',
      'store_unavailable',
    ),
  },
});

export function addScaling(app: OpenAPIHono, { scaling }: Pick<ApiDeps, 'scaling'>): void {
  app.openapi(statusRoute, (context) => context.json(toStatus(scaling), 200));
  app.openapi(scaleRoute, async (context) => {
    const { target_nodes: target } = context.req.valid('json');
    const decided = await scaling.desk.scaleTo(target, callerOf(context));
    if (!decided.ok) return replyProblem(context, decided.fault.code, { detail: decided.fault.detail });
    const decisions = decided.value.map(({ key }) => key);
    const { dryRun } = scaling.rules;
    const message = messageOf(decisions.length, dryRun);
    return context.json({ success: true as const, message, dry_run: dryRun, decisions }, 200);
  });
}

function messageOf(changes: number, dryRun: boolean): string {
  if (changes === 0) return 'The fleet has this size, counting the nodes that are on their way.';
  if (dryRun) return 'Recorded only: without fleet.provisioning_webhook_url nothing is carried out.';
  return `Decided: ${changes} ${changes === 1 ? 'node' : 'nodes'} to come or to go.`;
}

function toStatus({ outlook, rules, pendingCalls }: Scaling): ScalingStatus {
  const { demand, forecast, nodes, awaited, doubtful, coolingDown, decisions } = outlook.picture();
  return {
    demand:
      demand === null
        ? null
        : { share: demand.share, binding: demand.binding, measured_nodes: demand.measured },
    forecast: forecast === null ? null : { ...forecast, horizon_minutes: rules.forecastAheadMs / 60_000 },
    ...{ nodes, awaited_nodes: awaited, min_nodes: rules.fleetMin, max_nodes: rules.fleetMax },
    ...{ cooling_down: coolingDown, doubtful, dry_run: rules.dryRun, pending_webhooks: pendingCalls() },
    decisions: decisions.slice(-DECISIONS_SHOWN_MAX).reverse().map(toDecision),
  };
}

function toDecision(decision: ScalingDecision): ScalingStatus['decisions'][number] {
  const { key, action, reason, node, facts, by, ended } = decision;
  return {
    ...{ key, timestamp: toTimestamp(decision.at_ms), action, reason, node_id: node },
    ...{ dry_run: decision.dry_run, facts, by },
    webhook:
      ended === null ? null : { outcome: ended.outcome, attempts: ended.attempts, detail: ended.detail },
  };
}
