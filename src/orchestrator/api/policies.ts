/** `/policies`: what was written, what stands, and what runs where. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { policyScope } from '../../messages/entries/policies.ts';
import { policyEdit } from '../../messages/policy-request.ts';
import {
  policiesPage,
  policyAnswer,
  revisionDetail,
  runningPolicies,
  scopePolicy,
} from '../../messages/policy-views.ts';
import { unknownRevision } from '../policy/policy-desk.ts';
import {
  toPoliciesPage,
  toRevisionDetail,
  toRunningPolicies,
  toScopePolicy,
} from '../policy/policy-views.ts';
import { callerOf } from './caller.ts';
import type { ApiDeps } from './context.ts';
import { BODY_PROBLEMS, problemResponses, replyProblem } from './problems.ts';
import { addRollout } from './rollout.ts';

const PAGE_MAX = 200;

const revisionParams = z.object({ revision: z.string().max(16).describe('The number of a revision.') });
const scopeParams = z.object({
  scope: z.string().max(80).describe('`fleet`, `group:` or `node:` and a name.'),
});
const basedOnHeaders = z.object({
  'if-match': z
    .string()
    .max(32)
    .optional()
    .describe('The revision that the edit is based on, as the ETag has it: `"5"`.'),
});

const EDIT_PROBLEMS = [
  ...BODY_PROBLEMS,
  'malformed_request',
  'unauthorized',
  'stale_revision',
  'rollout_running',
  'precondition_required',
  'invalid_policy',
  'too_many_scopes',
  'no_rollout',
  'unknown_revision',
  'store_unavailable',
] as const;

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/policies',
  summary: 'Policy of the fleet: what is stable, the rollout under way, and the revisions',
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
      before: z.coerce.number().int().min(1).optional().describe('Only revisions older than this one.'),
    }),
  },
  responses: {
    200: { description: 'As it stands.', content: { 'application/json': { schema: policiesPage } } },
    ...problemResponses('malformed_query', 'unauthorized'),
  },
});

const runningRoute = createRoute({
  method: 'get',
  path: '/api/v1/policies/running',
  summary: 'What runs where',
  responses: {
    200: { description: 'Every node.', content: { 'application/json': { schema: runningPolicies } } },
    ...problemResponses('unauthorized'),
  },
});

const revisionRoute = createRoute({
  method: 'get',
  path: '/api/v1/policies/{revision}',
  summary: 'One revision: its text, and what it changed',
  request: { params: revisionParams },
  responses: {
    200: { description: 'The revision.', content: { 'application/json': { schema: revisionDetail } } },
    ...problemResponses('unauthorized', 'unknown_revision'),
  },
});

const scopeRoute = createRoute({
  method: 'get',
  path: '/api/v1/policies/scopes/{scope}',
  summary: 'What stands for one scope, to be edited',
  request: { params: scopeParams },
  responses: {
    200: {
      description: 'The text; the ETag is its revision.',
      content: { 'application/json': { schema: scopePolicy } },
    },
    ...problemResponses('malformed_request', 'unauthorized', 'unknown_revision'),
  },
});

const editRoute = createRoute({
  method: 'put',
  path: '/api/v1/policies/scopes/{scope}',
  summary: 'Write policy for one scope, and roll it out',
  request: {
    params: scopeParams,
    headers: basedOnHeaders,
    query: z.object({
      dry_run: z.enum(['true', 'false']).default('false').describe('Only check it and show the difference.'),
    }),
    body: { required: true, content: { 'application/json': { schema: policyEdit } } },
  },
  responses: {
    200: {
      description: 'Accepted, durable, and being rolled out; or what would be, for a dry run.',
      content: { 'application/json': { schema: policyAnswer } },
    },
    ...problemResponses('malformed_query', ...EDIT_PROBLEMS),
  },
});

const restoreRoute = createRoute({
  method: 'post',
  path: '/api/v1/policies/{revision}/restore',
  summary: 'Roll the text of an earlier revision out anew',
  request: { params: revisionParams, headers: basedOnHeaders },
  responses: {
    200: {
      description: 'Accepted as a new revision, durable, and being rolled out.',
      content: { 'application/json': { schema: policyAnswer } },
    },
    ...problemResponses(...EDIT_PROBLEMS),
  },
});

export function addPolicies(app: OpenAPIHono, deps: ApiDeps): void {
  addViews(app, deps);
  addEdits(app, deps);
  addRollout(app, deps);
}

function addViews(app: OpenAPIHono, { hub, registry, standings, rolloutWaitsFor }: ApiDeps): void {
  const { policies } = hub.state;
  app.openapi(listRoute, (context) => {
    const { limit, before = null } = context.req.valid('query');
    return context.json(toPoliciesPage(policies, { limit, before }, rolloutWaitsFor()), 200);
  });
  app.openapi(runningRoute, (context) =>
    context.json(toRunningPolicies(policies, registry.nodes(), standings()), 200),
  );
  app.openapi(revisionRoute, (context) => {
    const named = context.req.valid('param').revision;
    const written = policies.get(readRevision(named) ?? 0);
    if (written !== undefined) return context.json(toRevisionDetail(policies, written), 200);
    return replyProblem(context, 'unknown_revision', { detail: unknownRevision(named).detail });
  });
  app.openapi(scopeRoute, (context) => {
    const scope = policyScope.safeParse(context.req.valid('param').scope);
    if (!scope.success) return replyProblem(context, 'malformed_request', { detail: SCOPE_FORM });
    const found = toScopePolicy(policies, scope.data);
    if (found === null) {
      const detail = `${scope.data} has no policy of its own.`;
      return replyProblem(context, 'unknown_revision', { detail });
    }
    return context.json(found, 200, { ETag: etagOf(found.revision) });
  });
}

function addEdits(app: OpenAPIHono, { policyDesk }: ApiDeps): void {
  app.openapi(editRoute, async (context) => {
    const scope = policyScope.safeParse(context.req.valid('param').scope);
    if (!scope.success) return replyProblem(context, 'malformed_request', { detail: SCOPE_FORM });
    const basedOn = readBasedOn(context.req.valid('header')['if-match']);
    if (basedOn === undefined) return replyProblem(context, 'malformed_request', { detail: ETAG_FORM });
    const { toml, note, plan = {} } = context.req.valid('json');
    const wish = { scope: scope.data, toml, note, plan, basedOn };
    const dryRun = context.req.valid('query').dry_run === 'true';
    const edit = dryRun ? policyDesk.check(wish) : await policyDesk.accept(wish, callerOf(context));
    if (!edit.ok) return replyProblem(context, edit.fault.code, edit.fault);
    const { revision, basedOn: based_on, diff, plan: made } = edit.value;
    const answer = { revision, scope: scope.data, based_on, diff, plan: made };
    return context.json(answer, 200, revision === null ? {} : { ETag: etagOf(revision) });
  });
  app.openapi(restoreRoute, async (context) => {
    const named = context.req.valid('param').revision;
    const basedOn = readBasedOn(context.req.valid('header')['if-match']);
    if (basedOn === undefined) return replyProblem(context, 'malformed_request', { detail: ETAG_FORM });
    const edit = await policyDesk.restore(readRevision(named) ?? 0, basedOn, callerOf(context));
    if (!edit.ok) return replyProblem(context, edit.fault.code, edit.fault);
    const { revision, scope, basedOn: based_on, diff, plan } = edit.value;
    return context.json({ revision, scope, based_on, diff, plan }, 200, { ETag: etagOf(revision) });
  });
}

const SCOPE_FORM = 'The scope is `fleet`, `group:` and a name, or `node:` and the id of a node.';
const ETAG_FORM = 'If-Match names one revision, as the ETag of the scope has it: "5".';

function etagOf(revision: number): string {
  return `"${revision}"`;
}

function readRevision(text: string): number | null {
  return /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : null;
}

/** Null where the header is missing; undefined where it cannot be read. */
function readBasedOn(header: string | undefined): number | null | undefined {
  if (header === undefined) return null;
  const match = /^\s*"?([0-9]{1,15})"?\s*$/.exec(header);
  return match === null ? undefined : Number(match[1]);
}
