/**
 * The HTTP API of the orchestrator, in the order in which a request passes: who calls, with what token, with what
 * body, then the route. The routes are registered here, in one visible list, and described at
 * `/api/v1/openapi.json`.
 */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { except } from 'hono/combine';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from '../../core/logger.ts';
import { addBans } from './bans.ts';
import { boundedBody } from './bounded-body.ts';
import { addChannel } from './channel.ts';
import { addCommands } from './commands.ts';
import type { ApiDeps } from './context.ts';
import { addFleet } from './fleet.ts';
import { guardOrigin, guardToken } from './guard.ts';
import { addHealth, OPEN_PATHS } from './health.ts';
import { addHeartbeat } from './heartbeat.ts';
import { addNodes } from './nodes.ts';
import { type ProblemCode, replyProblem } from './problems.ts';
import { addRegistration } from './registration.ts';
import { addReports } from './reports.ts';
import { addTerminate } from './terminate.ts';

const BODY_BYTES_MAX = 64 * 1024;
const BODY_TIMEOUT_MS = 10_000;

/** More issues of one body are not worth an answer. */
const ISSUES_MAX = 20;

/** The API over these parts; it holds no state of its own. */
export function createApi(deps: ApiDeps): OpenAPIHono {
  const { options, counters, logger, version } = deps;
  const app = new OpenAPIHono({ defaultHook: replyInvalid });
  app.use(guardOrigin({ loopbackOnly: options.loopbackOnly }));
  const onRefused = (): void => counters.add('secbeat_api_unauthorized_total');
  app.use(except([...OPEN_PATHS], guardToken(options.tokens, onRefused)));
  app.use(boundedBody({ bytesMax: BODY_BYTES_MAX, timeoutMs: BODY_TIMEOUT_MS }));
  addRegistration(app, deps);
  addHeartbeat(app, deps);
  addNodes(app, deps);
  addTerminate(app, deps);
  addCommands(app, deps);
  addChannel(app, deps);
  addReports(app, deps);
  addBans(app, deps);
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
