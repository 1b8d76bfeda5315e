/**
 * What an operator wrote about the origins of one site, compiled: units converted, shares per worker, files read.
 *
 * Each worker balances, checks and limits for itself, so counts and limits here are those of one worker. Plain
 * values throughout: two policies are compared to find out what a reload has left as it was.
 */

export type BalanceMethod = 'round_robin' | 'least_connections' | 'client_hash' | 'latency';

export type OriginProtocol = 'http1' | 'http2';

export interface UpstreamPolicy {
  /** Names the group across reloads: what was learnt of its origins is kept under it. */
  readonly id: string;
  /** The Host of requests that name none. */
  readonly authority: string;
  readonly balance: BalanceMethod;
  /** At least one. */
  readonly origins: readonly OriginPolicy[];
  /** To wait for the head of a response, and between two pieces of one. */
  readonly responseTimeoutMs: number;
  /** Requests that may wait for an origin to have room, and for how long. */
  readonly queueMax: number;
  readonly queueTimeoutMs: number;
  /** Null where nothing is asked of origins but the requests of clients. */
  readonly healthCheck: HealthCheckPolicy | null;
  readonly ejection: EjectionPolicy | null;
  readonly breaker: BreakerPolicy | null;
  /** While an origin that came back gets less than its share; 0 for none. */
  readonly slowStartMs: number;
  /** What becomes of requests while no origin is healthy. */
  readonly whenNoneHealthy: 'refuse' | 'try_any';
  readonly retry: RetryPolicy;
}

export interface OriginPolicy {
  /** The same across reloads while it is the same origin, such as its address. */
  readonly id: string;
  /** An IP address without brackets, or a host name. */
  readonly host: string;
  readonly port: number;
  readonly protocol: OriginProtocol;
  /** Null for plain TCP. */
  readonly tls: OriginTlsPolicy | null;
  /** From 1; an origin of weight 2 gets twice as much as one of weight 1. */
  readonly weight: number;
  /** Gets requests only while no other origin can take any. */
  readonly backup: boolean;
  /** Says whom a connection serves (PROXY protocol); such connections serve one client only. */
  readonly sendProxy: 'off' | 'v1' | 'v2';
  /** Over HTTP/2, where requests share connections, also requests. */
  readonly connectionsMax: number;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly concurrency: ConcurrencyPolicy;
}

export interface OriginTlsPolicy {
  /** The name that the certificate has to carry, and that is asked for; '' sends and checks none. */
  readonly serverName: string;
  /** Whether chain and name are checked. */
  readonly verify: boolean;
  /** Authorities in PEM that are trusted instead of the system's; null for those. */
  readonly ca: string | null;
  /** Certificate and key in PEM that the node shows; null for none. */
  readonly client: { readonly cert: string; readonly key: string } | null;
}

/** Requests at once, adapted to what the origin answers in good time. */
export interface ConcurrencyPolicy {
  readonly min: number;
  readonly max: number;
  /** Whether the limit moves at all; without it it is `max`. */
  readonly adaptive: boolean;
}

export interface HealthCheckPolicy {
  readonly path: string;
  /** The Host of the check. */
  readonly host: string;
  /** Lowest and highest status that tells of health. */
  readonly statusMin: number;
  readonly statusMax: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Good checks in a row that make an origin healthy, bad ones that make it unhealthy. */
  readonly rise: number;
  readonly fall: number;
}

/** Taking origins out that fail the requests of clients. */
export interface EjectionPolicy {
  /** Failures in a row. */
  readonly consecutiveFailures: number;
  /** Failures of 100 requests within one window, judged from `requestsMin` requests on. */
  readonly failurePercent: number;
  readonly requestsMin: number;
  readonly windowMs: number;
  /** The first time; each repeat takes that much longer, up to the maximum. */
  readonly durationMs: number;
  readonly durationMaxMs: number;
  /** Origins of 100 that may be out at once, by their number, rounded down. */
  readonly ejectedPercentMax: number;
}

/** Not trying to connect for a time to an origin that could not be connected to. */
export interface BreakerPolicy {
  readonly connectFailures: number;
  readonly openMs: number;
}

export interface RetryPolicy {
  /** Attempts beyond the first that one request may have; 0 for none. */
  readonly attemptsMax: number;
  /** Retries of 100 requests, beyond those that are free each second. */
  readonly budgetPercent: number;
  readonly budgetPerSecondMin: number;
}
