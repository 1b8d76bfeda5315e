/** `/policies/rollout`: what an operator says about the rollout under way. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { rolloutReason } from '../../messages/policy-request.ts';
import { policiesPage } from '../../messages/policy-views.ts';
import type { RolloutOrder } from '../policy/policy-desk.ts';
import { toPoliciesPage } from '../policy/policy-views.ts';
import { callerOf } from './caller.ts';
import type { ApiDeps } from './context.ts';
import { BODY_PROBLEMS, problemResponses, replyProblem } from './problems.ts';

const SHOWN = 10;

const responses = {
  200: {
    description: 'Decided and durable; policy as it stands now.',
    content: { 'application/json': { schema: policiesPage } },
  },
  ...problemResponses(...BODY_PROBLEMS, 'unauthorized', 'no_rollout', 'store_unavailable'),
};
const body = { required: true, content: { 'application/json': { schema: rolloutReason } } };

const pauseRoute = createRoute({
  method: 'post',
  path: '/api/v1/policies/rollout/pause',
  summary: 'Let the rollout wait where it is',
  request: { body },
  responses,
});

const resumeRoute = createRoute({
  method: 'post',
  path: '/api/v1/policies/rollout/resume',
  summary: 'Let it go on; the step it stands at is observed anew',
  responses,
});

const rollbackRoute = createRoute({
  method: 'post',
  path: '/api/v1/policies/rollout/rollback',
  summary: 'Take the revision back from every node that has it',
  request: { body },
  responses,
});

export function addRollout(app: OpenAPIHono, deps: ApiDeps): void {
  app.openapi(pauseRoute, (context) => {
    const { reason } = context.req.valid('json');
    return decide(context, deps, { kind: 'pause', reason });
  });
  app.openapi(resumeRoute, (context) => decide(context, deps, { kind: 'resume' }));
  app.openapi(rollbackRoute, (context) => {
    const { reason } = context.req.valid('json');
    return decide(context, deps, { kind: 'rollback', reason });
  });
}

async function decide(
  context: Context,
  { hub, policyDesk, rolloutWaitsFor, logger }: ApiDeps,
  order: RolloutOrder,
) {
  const decided = await policyDesk.order(order, callerOf(context));
  if (!decided.ok) return replyProblem(context, decided.fault.code, decided.fault);
  logger.info('Policy rollout was ordered to change', { order: order.kind, revision: decided.value });
  const page = toPoliciesPage(hub.state.policies, { limit: SHOWN, before: null }, rolloutWaitsFor());
  return context.json(page, 200);
}
