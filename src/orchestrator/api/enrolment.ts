/** How nodes become members, stay members, and cease to be: `/enrolment-tokens`, `/enroll`, `/nodes/{id}/certificate`, `/nodes/{id}/revoke`. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { toTimestamp } from '../../core/timestamp.ts';
import {
  certificateAnswer,
  certificateRequest,
  decisionAnswer,
  enrolmentRequest,
  enrolmentTokenAnswer,
  enrolmentTokenRequest,
  revokeRequest,
} from '../../messages/enrolment.ts';
import { revokeNode } from '../identity/certificate-desk.ts';
import type { Enrolled } from '../identity/enrolment-desk.ts';
import { callerOf } from './caller.ts';
import type { ApiDeps } from './context.ts';
import { nodeParams } from './nodes.ts';
import { BODY_PROBLEMS, problemResponses, replyProblem } from './problems.ts';

const enrolmentTokenRoute = createRoute({
  method: 'post',
  path: '/api/v1/enrolment-tokens',
  summary: 'Make a token with which one node becomes a member, once',
  request: {
    body: { required: false, content: { 'application/json': { schema: enrolmentTokenRequest } } },
  },
  responses: {
    200: {
      description: 'The token is durable.',
      content: { 'application/json': { schema: enrolmentTokenAnswer } },
    },
    ...problemResponses(
      ...BODY_PROBLEMS,
      'unauthorized',
      'forbidden',
      'no_authority',
      'too_many_tokens',
      'store_unavailable',
    ),
  },
});

const certificateContent = { 'application/json': { schema: certificateAnswer } };

const enrolRoute = createRoute({
  method: 'post',
  path: '/api/v1/enroll',
  summary: 'Give up an enrolment token for a certificate',
  request: { body: { required: true, content: { 'application/json': { schema: enrolmentRequest } } } },
  responses: {
    200: { description: 'The node is a member.', content: certificateContent },
    ...problemResponses(
      ...BODY_PROBLEMS,
      'enrolment_refused',
      'no_authority',
      'already_enrolled',
      'unusable_csr',
      'too_many_attempts',
      'fleet_full',
      'store_unavailable',
    ),
  },
});

const renewRoute = createRoute({
  method: 'post',
  path: '/api/v1/nodes/{id}/certificate',
  summary: 'Renew the certificate of the node that calls',
  request: {
    params: nodeParams,
    body: { required: true, content: { 'application/json': { schema: certificateRequest } } },
  },
  responses: {
    200: { description: 'The old certificate holds until it ends.', content: certificateContent },
    ...problemResponses(
      ...BODY_PROBLEMS,
      'certificate_needed',
      'certificate_refused',
      'not_this_node',
      'no_authority',
      'not_a_member',
      'unusable_csr',
      'renewed_too_early',
      'store_unavailable',
    ),
  },
});

const revokeRoute = createRoute({
  method: 'post',
  path: '/api/v1/nodes/{id}/revoke',
  summary: 'Let no certificate of a node admit any more',
  request: {
    params: nodeParams,
    body: { required: false, content: { 'application/json': { schema: revokeRequest } } },
  },
  responses: {
    200: {
      description: 'Every later request of the node is refused, and its channel is closed.',
      content: { 'application/json': { schema: decisionAnswer } },
    },
    ...problemResponses(
      ...BODY_PROBLEMS,
      'malformed_id',
      'unauthorized',
      'forbidden',
      'not_a_member',
      'store_unavailable',
    ),
  },
});

export function addEnrolment(app: OpenAPIHono, { identity, hub, clock, waiters }: ApiDeps): void {
  app.openapi(enrolmentTokenRoute, async (context) => {
    if (identity === null) return refuseWithoutAuthority(context);
    const wish = enrolmentTokenRequest.parse(context.req.valid('json') ?? {});
    const made = await identity.enrolment.makeToken(wish, callerOf(context));
    if (!made.ok) return replyProblem(context, made.fault.code, { detail: made.fault.detail });
    const { id, text, expiresAtMs } = made.value;
    const { fingerprint } = identity.enrolment.authority;
    const expires_at = toTimestamp(expiresAtMs);
    return context.json({ id, token: text, expires_at, ca_fingerprint: fingerprint }, 200);
  });
  app.openapi(enrolRoute, async (context) => {
    if (identity === null) return refuseWithoutAuthority(context);
    const { enrolment, budget } = identity;
    // Made-up tokens must not use up what those who have one need.
    if (enrolment.knows(context.req.valid('json')) && !budget.take(clock.nowMs())) {
      const headers = { 'Retry-After': String(budget.retryAfterSeconds()) };
      return replyProblem(context, 'too_many_attempts', { headers });
    }
    const enrolled = await enrolment.enrol(context.req.valid('json'));
    if (!enrolled.ok) return replyProblem(context, enrolled.fault.code, { detail: enrolled.fault.detail });
    return context.json(answerOf(enrolled.value), 200);
  });
  app.openapi(renewRoute, async (context) => {
    if (identity === null) return refuseWithoutAuthority(context);
    const { id } = context.req.valid('param');
    const renewed = await identity.certificates.renew(id, context.req.valid('json').csr);
    if (!renewed.ok) return replyProblem(context, renewed.fault.code, { detail: renewed.fault.detail });
    return context.json(answerOf(renewed.value), 200);
  });
  app.openapi(revokeRoute, async (context) => {
    const { id } = context.req.valid('param');
    const { reason } = revokeRequest.parse(context.req.valid('json') ?? {});
    const revoked = await revokeNode({ hub }, { nodeId: id, reason }, callerOf(context));
    if (!revoked.ok) return replyProblem(context, revoked.fault.code, { detail: revoked.fault.detail });
    waiters.wake(id);
    const message = `No certificate of ${id} admits any more.`;
    return context.json({ success: true as const, message, seq: revoked.value }, 200);
  });
}

function refuseWithoutAuthority(context: Context) {
  const detail = 'Set fleet.tls.enabled = true, so that the orchestrator has an authority for certificates.';
  return replyProblem(context, 'no_authority', { detail });
}

function answerOf({ nodeId, certPem, caPem }: Enrolled) {
  return { node_id: nodeId, certificate: certPem, ca: caPem };
}
