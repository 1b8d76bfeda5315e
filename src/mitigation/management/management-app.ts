/**
 * The management API of a node: who may call it, and the table of its routes.
 *
 * A request passes, in this order: the guard against web pages, the probes (no token), the token gate, the
 * routes. An unknown route without a token gets 401, so that the gate hides what exists.
 */
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { NodeControl } from '../node-control.ts';
import { answerProbe } from '../telemetry/health.ts';
import type { ListenerBindings } from '../telemetry/http-listener.ts';
import { createBlacklistRoutes } from './blacklist-routes.ts';
import { createControlRoutes } from './control-routes.ts';
import { findForeignOrigin } from './origin-guard.ts';
import { problem } from './problem.ts';
import { createStatusRoutes } from './status-routes.ts';
import type { TokenGate } from './token-gate.ts';

export interface ManagementAppOptions {
  readonly control: NodeControl;
  readonly gate: TokenGate;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The host that the listener is bound to; on loopback the Host field is checked. */
  readonly listenHost: string;
}

export type ManagementApp = Hono<{ Bindings: ListenerBindings }>;

export function createManagementApp(options: ManagementAppOptions): ManagementApp {
  const { control, clock, logger } = options;
  const app: ManagementApp = new Hono();
  app.use(setSafeHeaders);
  app.use(refuseForeignOrigins(options.listenHost));
  addProbes(app, control, clock);
  app.use(requireToken(options));
  app.use(logChanges(logger));
  app.route('/', createControlRoutes(control, clock));
  app.route('/api/v1', createStatusRoutes(control, clock));
  app.route('/api/v1/blacklist', createBlacklistRoutes(control));
  app.notFound((context) => problem(context, 'not_found'));
  app.onError((error, context) => {
    logger.error('Management request failed', { uri: context.req.path, error: error.message });
    return problem(context, 'internal_error');
  });
  return app;
}

function addProbes(app: ManagementApp, control: NodeControl, clock: Clock): void {
  for (const probe of ['health', 'ready', 'live'] as const) {
    app.get(`/${probe}`, (context) => {
      const { state, workers } = control.status();
      const answer = answerProbe(probe, { state, workersAlive: workers.alive }, clock.wallMs());
      return context.json(answer.body, answer.httpStatus);
    });
  }
}

const setSafeHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  context.header('Cache-Control', 'no-store');
  context.header('X-Content-Type-Options', 'nosniff');
};

function refuseForeignOrigins(listenHost: string): MiddlewareHandler {
  return async (context, next) => {
    const fault = findForeignOrigin(listenHost, {
      host: context.req.header('host'),
      origin: context.req.header('origin'),
      fetchSite: context.req.header('sec-fetch-site'),
    });
    if (fault !== null) return problem(context, fault);
    return await next();
  };
}

function requireToken({
  gate,
  logger,
}: ManagementAppOptions): MiddlewareHandler<{ Bindings: ListenerBindings }> {
  return async (context, next) => {
    const clientIp = clientAddress(context);
    const authorization = context.req.header('authorization');
    const answer = gate.check(authorization, clientIp);
    if (answer.kind === 'granted') return await next();
    if (answer.kind === 'throttled') {
      const headers = { 'Retry-After': String(answer.retryAfterSeconds) };
      return problem(context, 'too_many_attempts', { headers });
    }
    // Only what counts as an attempt is logged, so the limiter bounds these lines as well.
    if (authorization !== undefined) {
      logger.warn('Management token refused', { client_ip: clientIp, uri: context.req.path });
    }
    return problem(context, 'unauthorized', { headers: { 'WWW-Authenticate': 'Bearer' } });
  };
}

/** Leaves a trace of every request that may have changed something. */
function logChanges(logger: Logger): MiddlewareHandler<{ Bindings: ListenerBindings }> {
  return async (context, next) => {
    await next();
    if (context.req.method === 'GET' || context.req.method === 'HEAD') return;
    logger.info('Management request', {
      client_ip: clientAddress(context),
      method: context.req.method,
      uri: context.req.path,
      status: context.res.status,
    });
  };
}

function clientAddress(context: Context<{ Bindings: ListenerBindings }>): string {
  return context.env.incoming.socket.remoteAddress ?? '';
}
