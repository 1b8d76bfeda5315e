/** Error answers of the management API: problem details (RFC 9457) with a code that keeps its meaning. */
import type { Context } from 'hono';

export const PROBLEMS = {
  malformed_json: { status: 400, title: 'The body is not valid JSON.' },
  unauthorized: { status: 401, title: 'The bearer token is missing or wrong.' },
  host_not_allowed: { status: 403, title: 'The Host field does not name this machine.' },
  origin_not_allowed: { status: 403, title: 'The request comes from a foreign web page.' },
  not_found: { status: 404, title: 'There is no such route.' },
  not_banned: { status: 404, title: 'No ban is in force for this address or prefix.' },
  drained_by_fleet: { status: 409, title: 'The orchestrator wants this node drained; undrain it there.' },
  not_possible_now: { status: 409, title: 'The node cannot do this now.' },
  reload_in_progress: { status: 409, title: 'Another reload is still in progress.' },
  body_too_large: { status: 413, title: 'The body is over its limit.' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json.' },
  invalid_request: { status: 422, title: 'The body does not have the expected shape.' },
  invalid_target: { status: 422, title: 'The address or prefix cannot be banned.' },
  configuration_refused: {
    status: 422,
    title: 'The new configuration is not valid; the old one is in force.',
  },
  too_many_attempts: { status: 429, title: 'Too many attempts with a wrong token.' },
  internal_error: { status: 500, title: 'The node failed while handling the request.' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export interface ProblemExtras {
  /** What was wrong this time. */
  readonly detail?: string;
  readonly errors?: readonly ProblemError[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** One fault of several; `path` names the field, empty for the whole. */
export interface ProblemError {
  readonly path: string;
  readonly message: string;
}

const ERRORS_MAX = 100;

/** The answer for a fault; at most a hundred single errors are listed. */
export function problem(context: Context, code: ProblemCode, extras: ProblemExtras = {}): Response {
  const { status, title } = PROBLEMS[code];
  const { detail, errors, headers } = extras;
  const body = {
    type: 'about:blank',
    title,
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors: errors.slice(0, ERRORS_MAX) }),
  };
  return context.body(JSON.stringify(body), status, {
    ...headers,
    'Content-Type': 'application/problem+json',
  });
}
