/** Small requests of other machines, of whose answers only the status counts. */
import { exchangeHttp, retryAfterMsOf } from '../core/http-exchange.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Timers } from '../core/timers.ts';

export interface SmallRequest {
  readonly method: 'GET' | 'POST';
  /** http or https. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for none. */
  readonly body: string;
  /** For the whole exchange. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface SmallAnswer {
  readonly status: number;
  /** What the server asks to wait before the next attempt; 0 where it does not. */
  readonly retryAfterMs: number;
}

/** Makes one request; never rejects. The fault says in a few words what happened. */
export type Send = (request: SmallRequest) => Promise<Result<SmallAnswer, string>>;

const ANSWER_BYTES_MAX = 64 * 1024;

/** Over the network, each request on a connection of its own. */
export function createSender(timers: Timers): Send {
  return async (request) => {
    const answer = await exchangeHttp({ ...request, bytesMax: ANSWER_BYTES_MAX }, timers);
    if (!answer.ok) return fail(answer.fault.message);
    const { status, headers } = answer.value;
    return ok({ status, retryAfterMs: retryAfterMsOf(headers) });
  };
}
