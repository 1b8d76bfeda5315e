/**
 * The node's scrape endpoint: GET /metrics, /health and /ready, and nothing else. It needs no token, so it
 * says no more than numbers and listens on loopback unless configured otherwise.
 */
import { Hono } from 'hono';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import { formatPrometheus, type MetricFamily, PROMETHEUS_CONTENT_TYPE } from '../../export/prometheus.ts';
import { answerProbe, type HealthFacts } from './health.ts';
import { type HttpListener, openHttpListener } from './http-listener.ts';

export interface MetricsServerOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Reads all metrics; called once per scrape. */
  readonly readFamilies: () => readonly MetricFamily[];
  readonly readHealth: () => HealthFacts;
}

export interface MetricsServer {
  /** Opens the listener; rejects where the address cannot be bound. */
  start(): Promise<HttpListener>;
}

export function createMetricsServer(options: MetricsServerOptions): MetricsServer {
  const app = createMetricsApp(options);
  return {
    start: () =>
      openHttpListener({ host: options.host, port: options.port, fetch: (request) => app.fetch(request) }),
  };
}

function createMetricsApp({ clock, logger, readFamilies, readHealth }: MetricsServerOptions): Hono {
  const app = new Hono();
  app.get('/metrics', (context) =>
    context.body(formatPrometheus(readFamilies()), 200, {
      'Content-Type': PROMETHEUS_CONTENT_TYPE,
      'Cache-Control': 'no-store',
    }),
  );
  for (const probe of ['health', 'ready'] as const) {
    app.get(`/${probe}`, (context) => {
      const { httpStatus, body } = answerProbe(probe, readHealth(), clock.wallMs());
      return context.json(body, httpStatus, { 'Cache-Control': 'no-store' });
    });
  }
  app.notFound((context) => context.text('Not found\n', 404));
  app.onError((error, context) => {
    logger.error('Metrics could not be read', { error: error.message });
    return context.text('Internal error\n', 500);
  });
  return app;
}
