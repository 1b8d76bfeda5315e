/**
 * What the parts of one worker share: the snapshot in force, the shared tables, the pool, the clock.
 *
 * Only `traffic.ts` changes its fields; everything else reads them.
 */

import type { BanTable } from '../core/ban-table.ts';
import type { ClientTable } from '../core/client-table.ts';
import type { PrefixSet } from '../core/prefix-set.ts';
import type { HeadPool } from './http1/head-pool.ts';
import type { Snapshot } from './snapshot.ts';
import type { TrafficObserver } from './traffic-observer.ts';
import type { TurnClock } from './turn-clock.ts';
import type { OriginPool } from './upstream/origin-pool.ts';

export interface TrafficContext {
  snapshot: Snapshot;
  draining: boolean;
  /** Prefixes that are banned for now; single clients are in the ban table. */
  denied: PrefixSet;
  /** Octets of request bodies that this worker holds. */
  bufferedBytes: number;
  readonly clock: TurnClock;
  readonly clients: ClientTable;
  readonly bans: BanTable;
  readonly pool: OriginPool;
  readonly heads: HeadPool;
  readonly observer: TrafficObserver;
  readonly nextRequestId: () => string;
}
