/** The connections that an origin's protocol asks for. */
import { Http2Pool } from './http2/pool.ts';
import { OriginPool } from './origin-pool.ts';
import type { StreamPool, StreamPoolOwner } from './stream-pool.ts';
import type { OriginPolicy } from './upstream-policy.ts';

export function createStreamPool(policy: OriginPolicy, owner: StreamPoolOwner): StreamPool {
  switch (policy.protocol) {
    case 'http1':
      return new OriginPool(policy, owner);
    case 'http2':
      return new Http2Pool(policy, owner);
  }
}
