/**
 * The HTTP API of the orchestrator, in the order in which a request passes: who calls and may they, with what body,
 * have they called before, then the route. The routes are registered here, in one visible list, and described at
 * `/api/v1/openapi.json`.
 */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from '../../core/logger.ts';
import { addAudit } from './audit.ts';
import { addBans } from './bans.ts';
import { boundedBody } from './bounded-body.ts';
import { addChannel } from './channel.ts';
import { addCommands } from './commands.ts';
import type { ApiDeps } from './context.ts';
import { addEnrolment } from './enrolment.ts';
import { addExports } from './exports.ts';
import { addFleet } from './fleet.ts';
import { addFleetCommands } from './fleet-commands.ts';
import { guardOrigin } from './guard.ts';
import { guardAccess } from './guard-access.ts';
import { addHealth } from './health.ts';
import { addHeartbeat } from './heartbeat.ts';
import { rememberAnswers } from './idempotency.ts';
import { addMode } from './mode.ts';
import { noteNodeCalls } from './node-calls.ts';
import { addNodes } from './nodes.ts';
import { addPolicies } from './policies.ts';
import { type ProblemCode, replyProblem } from './problems.ts';
import { addRegistration } from './registration.ts';
import { addReports } from './reports.ts';
import { addResults } from './results.ts';
import { addScaling } from './scaling.ts';
import { addTerminate } from './terminate.ts';
import { addTokens } from './tokens.ts';
import { addUsage } from './usage.ts';

const BODY_BYTES_MAX = 64 * 1024;
const BODY_TIMEOUT_MS = 10_000;

/** More issues of one body are not worth an answer. */
const ISSUES_MAX = 20;

/** The API over these parts; it holds no state of its own. */
export function createApi(deps: ApiDeps): OpenAPIHono {
  const { options, counters, logger, version, hub, tokenVerifier: verifier } = deps;
  const app = new OpenAPIHono({ defaultHook: replyInvalid });
  app.use(guardOrigin({ loopbackOnly: options.loopbackOnly }));
  const { tokens, loopbackOnly } = options;
  const members = () => hub.state.members;
  const onRefused = (): void => counters.add('secbeat_api_unauthorized_total');
  const wallMs = (): number => hub.wallMs();
  app.use(guardAccess({ tokens, loopbackOnly, members, verifier, wallMs, onRefused }));
  app.use(noteNodeCalls(deps.nodeCalls, (nodeId) => deps.registry.place(nodeId) !== null));
  app.use(boundedBody({ bytesMax: BODY_BYTES_MAX, timeoutMs: BODY_TIMEOUT_MS }));
  app.use(rememberAnswers(deps.clock));
  addRegistration(app, deps);
  addHeartbeat(app, deps);
  addNodes(app, deps);
  addTerminate(app, deps);
  addCommands(app, deps);
  addChannel(app, deps);
  addReports(app, deps);
  addUsage(app, deps);
  addResults(app, deps);
  addFleetCommands(app, deps);
  addMode(app, deps);
  addPolicies(app, deps);
  addBans(app, deps);
  addEnrolment(app, deps);
  addTokens(app, deps);
  addAudit(app, deps);
  addExports(app, deps);
  addScaling(app, deps);
  addFleet(app, deps);
  addHealth(app, deps);
  app.doc31('/api/v1/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'SecBeat orchestrator', version, description: 'The fleet of mitigation nodes.' },
  });
  app.notFound((context) => replyProblem(context, 'not_found'));
  app.onError((error, context) => rescue(error, context, logger));
  return app;
}

type Checked = Parameters<NonNullable<ConstructorParameters<typeof OpenAPIHono>[0]>['defaultHook'] & {}>[0];

const CODE_BY_TARGET: Readonly<Record<string, ProblemCode>> = {
  json: 'invalid_body',
  param: 'malformed_id',
  query: 'malformed_query',
};

function replyInvalid(checked: Checked, context: Context): Response | undefined {
  if (checked.success) return undefined;
  const errors = checked.error.issues.slice(0, ISSUES_MAX).map(({ path, message }) => ({
    path: path.join('.'),
    message,
  }));
  return replyProblem(context, CODE_BY_TARGET[checked.target] ?? 'malformed_request', { errors });
}

/** Turns what the framework throws into an answer; anything else is our own fault and told to the log only. */
function rescue(error: Error, context: Context, logger: Logger): Response {
  if (error instanceof HTTPException && error.status === 400) return replyProblem(context, 'malformed_json');
  if (error instanceof HTTPException && error.status === 415) {
    return replyProblem(context, 'unsupported_media_type');
  }
  logger.error('A request failed', { method: context.req.method, error: error.message });
  return replyProblem(context, 'internal_error');
}
