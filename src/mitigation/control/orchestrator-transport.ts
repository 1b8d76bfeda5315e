/** How a node reaches its orchestrator: single calls, and lines that come for as long as both sides stand. */
import type { Result } from '../../core/result.ts';

export interface Call {
  readonly method: 'GET' | 'POST';
  /** Below the server's URL, with its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  /** Undefined when the body is empty or not JSON. */
  readonly json: unknown;
  /** From Retry-After; 0 where it is missing or a date. */
  readonly retryAfterMs: number;
}

export interface LineCall {
  readonly path: string;
  /** Silence that ends the stream. */
  readonly silenceMaxMs: number;
  readonly signal: AbortSignal;
  /** The orchestrator has agreed, lines follow. */
  readonly onOpen: () => void;
  /** One line without its end; a fault that is returned ends the stream. */
  readonly onLine: (line: string) => string | null;
}

export interface OrchestratorTransport {
  /** Makes one call. Never rejects; the fault says in a few words what happened. */
  call(call: Call): Promise<Result<Answer, string>>;
  /** Reads lines until the stream ends; resolves with why it did. Never rejects. */
  readLines(call: LineCall): Promise<string>;
  /** Gives up all connections; calls under way fail. */
  close(): void;
}
