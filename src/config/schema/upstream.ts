/** Origins: how requests are spread over them, what they may take, and when one counts as ill. */
import { z } from 'zod';
import { fail, ok } from '../../core/result.ts';
import { quote } from '../fault.ts';
import { filePath, pathPrefix, prefixList, SECONDS_MAX, text, url } from './values.ts';

const ORIGIN_TIMEOUT_MS_MAX = 600_000;

const hostText = text('a host name or address, with a port where it is needed', 300, (value) =>
  /^[A-Za-z0-9._:[\]-]+$/.test(value)
    ? ok(value)
    : fail({ message: `must be a host, not ${quote(value)}`, suggestion: null }),
);

const healthCheckSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe('Ask each origin for its health at intervals; each worker thread asks for itself.'),
    path: pathPrefix.default('/').describe('What is asked for, by GET on a connection of its own.'),
    host: hostText.optional().describe('Host of the check; that of the first origin where it is left out.'),
    status_min: z.int().min(200).max(599).default(200).describe('Lowest status that tells of health.'),
    status_max: z.int().min(200).max(599).default(399).describe('Highest status that tells of health.'),
    interval_seconds: z.int().min(1).max(3600).default(5).describe('Seconds from one check to the next.'),
    timeout_ms: z
      .int()
      .min(10)
      .max(ORIGIN_TIMEOUT_MS_MAX)
      .default(2000)
      .describe('Milliseconds in which the head of the answer must be there.'),
    rise: z.int().min(1).max(100).default(2).describe('Good checks in a row that bring an origin back.'),
    fall: z.int().min(1).max(100).default(3).describe('Bad checks in a row that take an origin out.'),
  })
  .prefault({})
  .describe('Active health checks.');

const ejectionSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe(
        'Take origins out that fail the requests of clients: broken connections, invalid or missing answers, 502, 503 and 504.',
      ),
    consecutive_failures: z.int().min(1).max(10_000).default(5).describe('Failures in a row.'),
    failure_percent: z.int().min(1).max(100).default(50).describe('Failures of 100 requests in the window.'),
    requests_min: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(20)
      .describe('Requests in the window below which their share says nothing.'),
    window_seconds: z.int().min(1).max(3600).default(10).describe('Length of the window.'),
    duration_seconds: z
      .int()
      .min(1)
      .max(SECONDS_MAX)
      .default(10)
      .describe('Seconds that an origin is out the first time; with every repeat that much longer.'),
    duration_max_seconds: z.int().min(1).max(SECONDS_MAX).default(300).describe('The longest time out.'),
    ejected_percent_max: z
      .int()
      .min(0)
      .max(100)
      .default(50)
      .describe('Origins of 100 that may be out at once, rounded down: a single origin is never taken out.'),
  })
  .prefault({})
  .describe('Passive health: what the requests of clients tell of an origin.');

const breakerSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('Stop trying to connect to an origin that cannot be connected to.'),
    connect_failures: z.int().min(1).max(10_000).default(5).describe('Failures in a row.'),
    open_ms: z
      .int()
      .min(10)
      .max(ORIGIN_TIMEOUT_MS_MAX)
      .default(1000)
      .describe('Milliseconds until one request tries again; doubled up to 16 times while that fails.'),
  })
  .prefault({})
  .describe('Circuit breaker for connecting.');

const retrySchema = z
  .strictObject({
    attempts_max: z
      .int()
      .min(0)
      .max(10)
      .default(1)
      .describe(
        'Times that a request is repeated whose origin broke off before anything of an answer came; only GET, HEAD and OPTIONS without a body are.',
      ),
    budget_percent: z
      .int()
      .min(0)
      .max(100)
      .default(20)
      .describe('Repeats of 100 requests of the last ten seconds, over all clients.'),
    budget_per_second_min: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(3)
      .describe('Repeats a second that are always allowed.'),
  })
  .prefault({})
  .describe('Repeating requests.');

const monitorsSchema = z
  .strictObject({
    paths: z
      .array(pathPrefix)
      .max(64)
      .default([])
      .describe('Paths that are asked for, without a query. Alone they let everybody be a monitor.'),
    addresses: prefixList.default([]).describe('Addresses and prefixes that monitors ask from.'),
  })
  .prefault({})
  .describe(
    'Monitors whose requests go first when there is not room for all; both keys have to fit where both are given.',
  );

export const upstreamSchema = z
  .strictObject({
    balance: z
      .enum(['round_robin', 'least_connections', 'client_hash', 'latency'])
      .default('round_robin')
      .describe(
        'How one of several origins is chosen: in turn by weight; the one with the fewest requests; the same one for the same client; or the faster of two drawn at random.',
      ),
    connections_max: z
      .int()
      .min(1)
      .max(65_535)
      .default(256)
      .describe(
        'Connections to one origin at once, counted over the whole node; over HTTP/2, where requests share connections, requests at once. Suspicious clients may use half of them, others nine tenths; the rest is left for clients known to be good and for health checks. No client holds more than are still free, but always 8.',
      ),
    adaptive_concurrency: z
      .boolean()
      .default(true)
      .describe(
        'Send an origin fewer requests at once while its answers take clearly longer than they usually do, and more again when they do not.',
      ),
    concurrency_min: z
      .int()
      .min(1)
      .max(65_535)
      .default(32)
      .describe('Requests at once that are never gone below, counted over the whole node.'),
    idle_timeout_seconds: z
      .int()
      .min(1)
      .max(3600)
      .default(4)
      .describe(
        'Seconds that an unused connection is kept. Stay below the keep-alive time of the origin, or it closes while a request is on its way.',
      ),
    response_timeout_seconds: z
      .int()
      .min(1)
      .max(SECONDS_MAX)
      .default(60)
      .describe(
        'Seconds to wait for the head of a response, and between two pieces of one; then the answer is 504.',
      ),
    queue_timeout_ms: z
      .int()
      .min(1)
      .max(600_000)
      .default(5000)
      .describe('Milliseconds that a request waits for room at an origin; then the answer is 503.'),
    queue_max: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(1000)
      .describe(
        'Requests that may wait for room; above it the answer is 503 at once, for the waiting request of the lowest class.',
      ),
    slow_start_seconds: z
      .int()
      .min(0)
      .max(3600)
      .default(10)
      .describe('Seconds in which an origin that came back gets back to its full share.'),
    when_none_healthy: z
      .enum(['refuse', 'try_any'])
      .default('refuse')
      .describe('While no origin is healthy: answer 503 at once, or try them all the same.'),
    health_check: healthCheckSchema,
    ejection: ejectionSchema,
    breaker: breakerSchema,
    retry: retrySchema,
    monitors: monitorsSchema,
  })
  .prefault({})
  .describe('Origins: connections to them, and what becomes of requests when they are slow or ill.');

/** One entry of a site's list of origins. */
export const siteOriginSchema = z.strictObject({
  url: url('http', 'https', 'h2c', 'h2').describe(
    'Where the origin is: scheme, host and, where it is not 80 or 443, port. Over h2 and h2c it is spoken to by HTTP/2, with TLS and without; gRPC needs one of them.',
  ),
  weight: z.int().min(1).max(1000).default(1).describe('Its share of the requests in proportion to others.'),
  backup: z.boolean().default(false).describe('Use it only while no other origin of the site is healthy.'),
  connections_max: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('As upstream.connections_max, for this origin.'),
  send_proxy: z
    .enum(['off', 'v1', 'v2'])
    .default('off')
    .describe(
      'Tell the origin by the PROXY protocol whom a connection serves; every request then has a connection for itself.',
    ),
  verify: z
    .boolean()
    .default(true)
    .describe(
      'With https and h2, check that the certificate leads to a trusted authority and carries the name.',
    ),
  server_name: hostText
    .optional()
    .describe(
      'With https and h2, the name to ask for and to check; the host of the URL where it is left out.',
    ),
  ca_path: filePath
    .optional()
    .describe('With https and h2, authorities in PEM to trust instead of those of the system.'),
  cert_path: filePath.optional().describe('With https and h2, the certificate in PEM that the node shows.'),
  key_path: filePath.optional().describe('Private key of that certificate, in PEM.'),
});

const { shape } = upstreamSchema.unwrap();

/** What a site may say differently from [upstream]. */
export const siteUpstreamSchema = z
  .strictObject({
    balance: asIn(shape.balance, 'balance'),
    connections_max: asIn(shape.connections_max, 'connections_max'),
    adaptive_concurrency: asIn(shape.adaptive_concurrency, 'adaptive_concurrency'),
    concurrency_min: asIn(shape.concurrency_min, 'concurrency_min'),
    idle_timeout_seconds: asIn(shape.idle_timeout_seconds, 'idle_timeout_seconds'),
    response_timeout_seconds: asIn(shape.response_timeout_seconds, 'response_timeout_seconds'),
    queue_timeout_ms: asIn(shape.queue_timeout_ms, 'queue_timeout_ms'),
    queue_max: asIn(shape.queue_max, 'queue_max'),
    slow_start_seconds: asIn(shape.slow_start_seconds, 'slow_start_seconds'),
    when_none_healthy: asIn(shape.when_none_healthy, 'when_none_healthy'),
    health_check: asIn(shape.health_check, 'health_check'),
    ejection: asIn(shape.ejection, 'ejection'),
    breaker: asIn(shape.breaker, 'breaker'),
    retry: asIn(shape.retry, 'retry'),
  })
  .optional()
  .describe('What differs from [upstream] for this site; a table replaces the one of [upstream] as a whole.');

/** The key of [upstream] of this name, which follows [upstream] where it is left out. */
function asIn<Inner extends z.ZodType>(key: { unwrap(): Inner }, name: string): z.ZodOptional<Inner> {
  return key.unwrap().optional().describe(`As upstream.${name}.`);
}
