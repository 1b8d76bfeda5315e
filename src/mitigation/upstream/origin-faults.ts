/** What the client is told where an origin did not serve a request. */
import type { Reason } from '../../core/reasons.ts';
import type { OriginFault } from '../exchange/origin-stream.ts';

const REASONS: Readonly<Record<OriginFault, Reason>> = {
  closed: 'origin_unreachable',
  connect: 'origin_unreachable',
  invalid: 'origin_invalid',
  connect_timeout: 'origin_timeout',
  busy: 'origin_busy',
  none_healthy: 'no_origin',
  shed: 'shed',
  unprocessed: 'origin_unreachable',
};

/** Seconds after which trying again makes sense where the site as a whole has no room. */
const RETRY_AFTER_SECONDS = 2;

export function reasonOfFault(fault: OriginFault): Reason {
  return REASONS[fault];
}

/** For Retry-After; 0 where nothing is known. */
export function retryAfterOfFault(fault: OriginFault): number {
  return fault === 'busy' || fault === 'shed' || fault === 'none_healthy' ? RETRY_AFTER_SECONDS : 0;
}
