/**
 * Who may call what: one row for each route. A route without a row is an admin's.
 */
import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';
import { ROLES, type Role } from '../../messages/entries/identity.ts';

/**
 * `open` asks for nothing; `enrolment` for a token in its body; `node` for the certificate of the very node that the path
 * names; everything else for a token with that role or one above it.
 */
export type Access = 'open' | 'enrolment' | 'node' | Role;

/** By method and path, as the router has them. */
export const ACCESS: Readonly<Record<string, Access>> = {
  'GET /health': 'open',
  'GET /ready': 'open',
  'GET /api/v1/health': 'open',
  'GET /api/v1/ready': 'open',

  'POST /api/v1/enroll': 'enrolment',

  'POST /api/v1/nodes/register': 'node',
  'POST /api/v1/nodes/heartbeat': 'node',
  'GET /api/v1/nodes/:id/commands': 'node',
  'GET /api/v1/nodes/:id/channel': 'node',
  'POST /api/v1/nodes/:id/reports': 'node',
  'POST /api/v1/nodes/:id/results': 'node',
  'POST /api/v1/nodes/:id/usage': 'node',
  'POST /api/v1/nodes/:id/certificate': 'node',

  'GET /api/v1/openapi.json': 'viewer',
  'GET /api/v1/nodes': 'viewer',
  'GET /api/v1/nodes/:id': 'viewer',
  'GET /api/v1/fleet/stats': 'viewer',
  'GET /api/v1/rules/blocked_ips': 'viewer',
  'GET /api/v1/commands': 'viewer',
  'GET /api/v1/commands/:id': 'viewer',
  'GET /api/v1/mode': 'viewer',
  'GET /api/v1/scaling': 'viewer',
  'GET /api/v1/export/haproxy': 'viewer',
  'GET /api/v1/export/nginx': 'viewer',
  'GET /api/v1/export/prometheus': 'viewer',
  'GET /api/v1/policies': 'viewer',
  'GET /api/v1/policies/running': 'viewer',

  'POST /api/v1/nodes/:id/terminate': 'operator',
  'POST /api/v1/nodes/:id/drain': 'operator',
  'POST /api/v1/nodes/:id/resume': 'operator',
  'POST /api/v1/commands': 'operator',
  'PUT /api/v1/mode': 'operator',
  'POST /api/v1/scale': 'operator',
  'GET /api/v1/policies/:revision': 'operator',
  'GET /api/v1/policies/scopes/:scope': 'operator',
  'PUT /api/v1/policies/scopes/:scope': 'operator',
  'POST /api/v1/policies/:revision/restore': 'operator',
  'POST /api/v1/policies/rollout/pause': 'operator',
  'POST /api/v1/policies/rollout/resume': 'operator',
  'POST /api/v1/policies/rollout/rollback': 'operator',
  'POST /api/v1/rules/block_ip': 'operator',
  'DELETE /api/v1/rules/blocked_ips/:target': 'operator',

  'POST /api/v1/nodes/:id/revoke': 'admin',
  'POST /api/v1/enrolment-tokens': 'admin',
  'GET /api/v1/tokens': 'admin',
  'POST /api/v1/tokens': 'admin',
  'DELETE /api/v1/tokens/:id': 'admin',
  'GET /api/v1/audit': 'admin',
};

/** Steps that every request passes are registered for this method. */
const EVERY_METHOD = 'ALL';

export interface MatchedAccess {
  readonly access: Access;
  /** What stands for `:id` in the path; null for a route without. */
  readonly id: string | null;
}

/** What the route asks for that will answer; where none will, whoever may see anything may hear that there is nothing. */
export function accessOf(context: Context): MatchedAccess {
  const route = matchedRoutes(context).find(({ method }) => method !== EVERY_METHOD);
  if (route === undefined) return { access: 'viewer', id: null };
  const access = Object.hasOwn(ACCESS, `${route.method} ${route.path}`)
    ? ACCESS[`${route.method} ${route.path}`]
    : undefined;
  const at = route.path.split('/').indexOf(':id');
  return { access: access ?? 'admin', id: at === -1 ? null : (context.req.path.split('/')[at] ?? '') };
}

/** Whether a role may do what is for `needed`. */
export function mayAct(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
