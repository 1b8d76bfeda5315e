/** What an upstream tells telemetry: plain facts, by calls that return at once. */
import type { Priority } from '../pipeline/priority.ts';

export interface UpstreamEvents {
  /** A request was given up for others, or for the node's own sake. */
  requestShed(priority: Priority): void;
  /** A request was given to an origin once more. */
  requestRetried(): void;
  originEjected(): void;
  /** An origin went out of service or came back, as this worker sees it; the first is told of ill ones only. */
  originHealthChanged(healthy: boolean): void;
  /** Something threw that never should. */
  unexpected(error: unknown): void;
}
