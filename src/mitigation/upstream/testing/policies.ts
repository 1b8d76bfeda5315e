/** A group and its origins as most tests want them: no limit is near, nothing is checked. */
import type { OriginPolicy, UpstreamPolicy } from '../upstream-policy.ts';

/** Connections to one origin. */
export const CONNECTIONS_MAX = 4;

export function policyOf(origins: readonly OriginPolicy[]): UpstreamPolicy {
  return {
    id: 'shop',
    authority: 'shop.example',
    balance: 'round_robin',
    origins,
    responseTimeoutMs: 1000,
    queueMax: 3,
    queueTimeoutMs: 300,
    healthCheck: null,
    ejection: null,
    breaker: null,
    slowStartMs: 1000,
    whenNoneHealthy: 'try_any',
    retry: { attemptsMax: 1, budgetPercent: 20, budgetPerSecondMin: 3 },
  };
}

/** Plain HTTP/1.1 at a port of this machine. */
export function originOf(port: number): OriginPolicy {
  return {
    id: `http://127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    protocol: 'http1',
    tls: null,
    weight: 1,
    backup: false,
    sendProxy: 'off',
    connectionsMax: CONNECTIONS_MAX,
    connectTimeoutMs: 200,
    idleTimeoutMs: 400,
    concurrency: { min: 1, max: CONNECTIONS_MAX, adaptive: false },
  };
}
