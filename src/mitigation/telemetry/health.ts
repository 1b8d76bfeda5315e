/**
 * What probes are told. Healthy: at least one worker serves. Ready: healthy and not on the way out.
 *
 * A node whose orchestrator is away is ready, since it serves on with its last good policy. The answers tell
 * nothing else, because they are given without a token.
 */
import type { NodeState } from '../node-control.ts';

export interface HealthFacts {
  readonly state: NodeState;
  readonly workersAlive: number;
}

export interface HealthAnswer {
  readonly httpStatus: 200 | 503;
  readonly body: { readonly status: string; readonly service: string; readonly timestamp: string };
}

export type Probe = 'health' | 'ready' | 'live';

const SERVICE = 'mitigation-node';

/** Answers a probe; `live` is always positive, because a process that is stuck does not answer at all. */
export function answerProbe(probe: Probe, facts: HealthFacts, wallMs: number): HealthAnswer {
  const healthy = facts.workersAlive > 0;
  const leaving = facts.state === 'Draining' || facts.state === 'Terminating';
  const positive = probe === 'live' || (healthy && (probe === 'health' || !leaving));
  return {
    httpStatus: positive ? 200 : 503,
    body: {
      status: positive ? WORDS[probe].yes : WORDS[probe].no,
      service: SERVICE,
      timestamp: new Date(wallMs).toISOString(),
    },
  };
}

const WORDS: Readonly<Record<Probe, { readonly yes: string; readonly no: string }>> = {
  health: { yes: 'healthy', no: 'unhealthy' },
  ready: { yes: 'ready', no: 'not ready' },
  live: { yes: 'alive', no: 'dead' },
};
