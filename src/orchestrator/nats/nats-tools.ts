/** What everything that the orchestrator keeps on NATS is opened with. */
import type { NatsConnection } from '@nats-io/transport-node';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Timers } from '../../core/timers.ts';

export interface NatsPlace {
  readonly connection: NatsConnection;
  /** What names of streams, buckets and subjects begin with. */
  readonly prefix: string;
  /** Servers that keep a copy; counts when a stream or a bucket is made. */
  readonly replicas: number;
}

export interface NatsTools extends NatsPlace {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}
