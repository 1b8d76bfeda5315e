/** Whoever watches the wires of a simulation: what arrived at the orchestrator, and what callers were answered. */
import type { Answer } from '../../src/mitigation/control/orchestrator-transport.ts';

export interface TappedCall {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

export interface WireTap {
  /** A call has reached a running orchestrator. */
  arrived(caller: string, call: TappedCall): void;
  /** The caller has its answer; null where there was none. */
  answered(caller: string, call: TappedCall, answer: Answer | null): void;
}
