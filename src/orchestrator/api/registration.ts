/** `POST /nodes/register`. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { FleetMembers } from '../../fleet/fleet-members.ts';
import { registrationAnswer } from '../../messages/registration-answer.ts';
import { type RegistrationRequest, registrationRequest } from '../../messages/registration-request.ts';
import { isForeignNode } from './caller.ts';
import type { ApiDeps } from './context.ts';
import { BODY_PROBLEMS, problemResponses, replyProblem } from './problems.ts';

const registerRoute = createRoute({
  method: 'post',
  path: '/api/v1/nodes/register',
  summary: 'Join the fleet, or come back to it',
  request: { body: { required: true, content: { 'application/json': { schema: registrationRequest } } } },
  responses: {
    200: { description: 'Registered.', content: { 'application/json': { schema: registrationAnswer } } },
    ...problemResponses(
      ...BODY_PROBLEMS,
      'unauthorized',
      'not_this_node',
      'superseded_process',
      'node_terminated',
      'too_many_registrations',
      'fleet_full',
      'store_unavailable',
    ),
  },
});

export function addRegistration(app: OpenAPIHono, deps: ApiDeps): void {
  const { registry, hub, counters, clock, budgets, options } = deps;
  app.openapi(registerRoute, async (context) => {
    const request = context.req.valid('json');
    if (isForeignNode(context, request.node_id)) return replyProblem(context, 'not_this_node');
    const known = request.node_id !== null && registry.place(request.node_id) !== null;
    const budget = known ? budgets.known : budgets.unknown;
    if (!budget.take(clock.nowMs())) {
      counters.add('secbeat_registrations_limited_total');
      const headers = { 'Retry-After': String(budget.retryAfterSeconds()) };
      return replyProblem(context, 'too_many_registrations', { headers });
    }
    const registered = registry.register(inItsGroup(request, hub.state.members));
    if (!registered.ok) return replyProblem(context, registered.fault);
    if (!(await registry.saved())) return replyProblem(context, 'store_unavailable');
    const { nodeId, control } = registered.value;
    // Made from the request's own address, which is the one that the node can reach.
    const base = new URL('/api/v1/nodes/', context.req.url);
    return context.json(
      {
        ...control,
        node_id: nodeId,
        heartbeat_interval: options.heartbeatIntervalSeconds,
        max_missed: options.maxMissed,
        endpoints: {
          heartbeat_url: new URL('heartbeat', base).href,
          control_url: new URL(`${nodeId}/commands`, base).href,
        },
      },
      200,
    );
  });
}

/** A node that was taken in for a group is in that one: what policy and commands it gets is not its own choice. */
function inItsGroup(request: RegistrationRequest, members: FleetMembers): RegistrationRequest {
  const group = request.node_id === null ? null : (members.member(request.node_id)?.group ?? null);
  return group === null ? request : { ...request, config: { ...request.config, group } };
}
