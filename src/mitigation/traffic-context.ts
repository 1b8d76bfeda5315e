/**
 * What the parts of one worker share: the snapshot in force, the shared tables, the pool, the clock.
 *
 * Only `traffic.ts` changes its fields; everything else reads them.
 */

import type { BanTable } from '../core/ban-table.ts';
import type { ClientTable } from '../core/client-table.ts';
import type { GeoTable } from '../core/geo-table.ts';
import type { ClientDemands } from '../tls/client-demands.ts';
import type { DeniedPeers } from './bans/denied-peers.ts';
import type { HeadPool } from './exchange/head-pool.ts';
import type { HeadReaders } from './http2/head-readers.ts';
import type { Limiter } from './limits/limiter.ts';
import type { Tarpit } from './limits/tarpit.ts';
import type { Challenges } from './listen/challenges.ts';
import type { GoodClients } from './pipeline/good-clients.ts';
import type { Snapshot } from './snapshot.ts';
import type { TrafficObserver } from './traffic-observer.ts';
import type { TurnClock } from './turn-clock.ts';
import type { InputTurns } from './turns/input-turns.ts';
import type { Upstreams } from './upstream/upstreams.ts';

export interface TrafficContext {
  snapshot: Snapshot;
  draining: boolean;
  /** What is banned for now beside single clients, which are in the ban table. */
  denied: DeniedPeers;
  /** Countries and networks of addresses; null where they are not known. Another table may take its place at any time. */
  geo: GeoTable | null;
  /** What is asked of clients in handshakes, by host. */
  clientDemands: ClientDemands;
  /** Octets of request bodies that this worker holds. */
  bufferedBytes: number;
  /** Octets of answers that wait for HTTP/2 clients to take them. */
  answerBytes: number;
  readonly clock: TurnClock;
  /** Whose octets have their turn. */
  readonly inputTurns: InputTurns;
  readonly clients: ClientTable;
  readonly bans: BanTable;
  readonly limiter: Limiter;
  readonly tarpit: Tarpit;
  readonly upstreams: Upstreams;
  readonly goodClients: GoodClients;
  readonly heads: HeadPool;
  readonly headReaders: HeadReaders;
  /** What certificate authorities ask for at the moment. */
  readonly challenges: Challenges;
  readonly observer: TrafficObserver;
  readonly nextRequestId: () => string;
}
