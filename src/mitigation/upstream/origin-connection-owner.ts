/** What a connection to an origin tells whoever keeps it: a pool, or a health check. */
import type { OriginFault } from '../exchange/origin-stream.ts';
import type { TurnClock } from '../turn-clock.ts';
import type { OriginConnection } from './origin-connection.ts';

/** What a connection was doing for an exchange when it ended. */
export type ConnectionUse = 'none' | 'waiting' | 'relaying' | 'tunnel';

/** What a pool wants to know of its connections. */
export interface OriginConnectionOwner {
  readonly clock: TurnClock;
  readonly originId: string;
  onReady(connection: OriginConnection): void;
  /** The head of an answer is here; of a failure, what the origin did and whether an answer had begun. */
  onAnswer(connection: OriginConnection, status: number): void;
  onFailure(connection: OriginConnection, fault: OriginFault, started: boolean): void;
  /** It became a tunnel. */
  onTunnel(connection: OriginConnection): void;
  onIdle(connection: OriginConnection): void;
  onGone(connection: OriginConnection, use: ConnectionUse): void;
  /** Something threw that never should. */
  onUnexpected(error: unknown): void;
}
