/**
 * Error answers: problem details (RFC 9457) with a stable code. One table of codes, for answers and document alike.
 */
import type { Context, TypedResponse } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type Problem, problem } from '../../messages/problem.ts';

interface ProblemDefinition {
  readonly status: ContentfulStatusCode;
  readonly title: string;
}

/** Every code with its status and what it says to people. */
export const PROBLEMS = {
  malformed_request: { status: 400, title: 'The request is malformed.' },
  malformed_json: { status: 400, title: 'The body is not JSON.' },
  malformed_id: { status: 400, title: 'The node id is not a UUID.' },
  malformed_query: { status: 400, title: 'The query is malformed.' },
  unauthorized: { status: 401, title: 'A valid bearer token is needed.' },
  certificate_needed: { status: 401, title: 'The certificate of the node is needed.' },
  certificate_refused: { status: 401, title: 'This certificate does not admit.' },
  enrolment_refused: { status: 401, title: 'This enrolment token does not admit.' },
  forbidden: { status: 403, title: 'The role of the caller does not allow this.' },
  not_this_node: { status: 403, title: 'A node may speak for itself only.' },
  foreign_host: { status: 403, title: 'This host name is not served here.' },
  foreign_origin: { status: 403, title: 'Pages of other origins may not call this API.' },
  not_found: { status: 404, title: 'There is nothing here.' },
  unknown_node: { status: 404, title: 'No node of the fleet has this id.' },
  unknown_command: { status: 404, title: 'There is no such command, or it is too old to be remembered.' },
  not_banned: { status: 404, title: 'This is not banned.' },
  not_a_member: { status: 404, title: 'The node has no valid certificate.' },
  unknown_revision: { status: 404, title: 'There is no such revision.' },
  unknown_token: { status: 404, title: 'There is no such token.' },
  body_timeout: { status: 408, title: 'The body did not arrive in time.' },
  stale_revision: { status: 412, title: 'The edit is based on a revision that is not the newest.' },
  unsupported_version: { status: 409, title: 'The versions of node and orchestrator do not fit.' },
  rollout_running: { status: 409, title: 'Another rollout is under way.' },
  no_rollout: { status: 409, title: 'No rollout is under way.' },
  fleet_in_doubt: { status: 409, title: 'The orchestrator does not trust what it sees of the fleet now.' },
  superseded_process: { status: 409, title: 'A newer process uses this node id.' },
  late_report: { status: 409, title: 'The node has reported something newer already.' },
  node_terminated: { status: 409, title: 'This process has ended as planned.' },
  no_authority: { status: 409, title: 'Nodes have certificates with fleet.tls only.' },
  already_enrolled: { status: 409, title: 'The node has a certificate already.' },
  admin_needed: { status: 409, title: 'An admin without an end must remain.' },
  repeated_while_busy: { status: 409, title: 'The first call with this idempotency key is still under way.' },
  body_too_large: { status: 413, title: 'The body is too large.' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json.' },
  invalid_policy: { status: 422, title: 'The policy has faults.' },
  invalid_body: { status: 422, title: 'The body has the wrong shape.' },
  no_node_matches: { status: 422, title: 'No node of the fleet is meant by this selector.' },
  too_many_nodes: { status: 422, title: 'The selector means too many nodes for this command.' },
  target_out_of_bounds: { status: 422, title: 'The fleet may not have this size.' },
  too_wide_target: { status: 422, title: 'A ban on this prefix would be on too many at once.' },
  unreadable_target: { status: 422, title: 'This is no address and no prefix.' },
  unusable_csr: { status: 422, title: 'This certificate request cannot be used.' },
  idempotency_key_reused: { status: 422, title: 'This idempotency key belongs to another call.' },
  precondition_required: { status: 428, title: 'The edit must say which revision it is based on.' },
  too_many_attempts: { status: 429, title: 'Too many attempts at once.' },
  renewed_too_early: { status: 429, title: 'The certificate of the node is still fresh.' },
  too_many_reports: { status: 429, title: 'This node reports more bans than any node should.' },
  too_many_registrations: { status: 429, title: 'Too many registrations at once.' },
  internal_error: { status: 500, title: 'The orchestrator failed while handling the request.' },
  fleet_full: { status: 503, title: 'The fleet has no room for another node.' },
  store_unavailable: { status: 503, title: 'The fleet store does not take writes now.' },
  too_many_commands: { status: 503, title: 'Too many commands are not finished yet.' },
  too_many_modes: { status: 503, title: 'Modes are set for too many selectors.' },
  too_many_bans: { status: 503, title: 'The fleet has no room for another ban.' },
  too_many_scopes: { status: 503, title: 'Too many scopes have policy of their own.' },
  too_many_tokens: { status: 503, title: 'There is no room for another token.' },
  too_many_waiters: { status: 503, title: 'Too many nodes wait already.' },
} as const satisfies Record<string, ProblemDefinition>;

export type ProblemCode = keyof typeof PROBLEMS;

/** What can be wrong with any body. */
export const BODY_PROBLEMS = [
  'malformed_json',
  'body_too_large',
  'unsupported_media_type',
  'invalid_body',
] as const satisfies readonly ProblemCode[];

export interface ProblemExtras {
  readonly detail?: string;
  readonly errors?: Problem['errors'];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with one problem of the table. */
export function replyProblem<Code extends ProblemCode>(
  context: Context,
  code: Code,
  { detail, errors, headers = {} }: ProblemExtras = {},
): Response & TypedResponse<Problem, (typeof PROBLEMS)[Code]['status'], 'json'> {
  const { status, title } = PROBLEMS[code];
  const body: Problem = { type: 'about:blank', title, status, detail: detail ?? title, code };
  if (errors !== undefined) body.errors = errors;
  return context.json<Problem, (typeof PROBLEMS)[Code]['status']>(body, status, {
    ...headers,
    'Content-Type': 'application/problem+json',
  });
}

/** The part of a route's document that names what can go wrong. */
export function problemResponses<Code extends ProblemCode>(
  ...codes: readonly Code[]
): Record<(typeof PROBLEMS)[Code]['status'], ProblemResponse> {
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  const responses = statuses.map((status) => {
    const names = codes.filter((code) => PROBLEMS[code].status === status);
    const description = names.map((name) => `\`${name}\`: ${PROBLEMS[name].title}`).join(' ');
    return [status, { description, content: { 'application/problem+json': { schema: problem } } }];
  });
  return Object.fromEntries(responses);
}

interface ProblemResponse {
  readonly description: string;
  readonly content: { readonly 'application/problem+json': { readonly schema: typeof problem } };
}
