/** A decision for tests, with what differs. */
import type { Decision } from '../decision.ts';

export function decisionWith(differences: Partial<Decision> = {}): Decision {
  return {
    id: 'abc-1',
    time: '2026-01-02T03:04:05.000Z',
    outcome: 'blocked',
    status: 403,
    phase: 1,
    mode: 'block',
    site: '',
    route: '/',
    client_ip: '192.0.2.1',
    method: 'GET',
    host: 'example.org',
    target: '/',
    scores: { inbound: 5, outbound: 0 },
    thresholds: { inbound: 5, outbound: 4 },
    rules: [],
    ...differences,
  };
}
