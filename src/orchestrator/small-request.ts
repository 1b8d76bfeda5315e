/**
 * One small HTTP request to a place that may be slow, broken or hostile.
 *
 * It ends within its time, reads at most `ANSWER_BYTES_MAX`, keeps no connection, and follows no redirect: what is meant
 * for one place goes to no other.
 */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { readBoundedAnswer } from '../core/bounded-answer.ts';
import { codedMessageOf } from '../core/error-message.ts';
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

export function createSender(timers: Timers): Send {
  return ({ method, url, headers, body, timeoutMs, signal }) => {
    const { promise, resolve } = Promise.withResolvers<Result<SmallAnswer, string>>();
    if (signal.aborted) return Promise.resolve(fail('given up'));
    const open = url.startsWith('https:') ? requestHttps : requestHttp;
    const length = Buffer.byteLength(body);
    const request = open(url, {
      ...{ method, agent: false },
      headers: { ...headers, ...(length === 0 ? {} : { 'content-length': String(length) }) },
    });
    const settle = (result: Result<SmallAnswer, string>): void => {
      cancel();
      signal.removeEventListener('abort', abort);
      resolve(result);
      request.destroy();
    };
    const cancel = timers.after(timeoutMs, () => settle(fail(`no answer within ${timeoutMs} ms`)));
    const abort = (): void => settle(fail('given up'));
    signal.addEventListener('abort', abort, { once: true });
    request.on('response', (response) => {
      readBoundedAnswer(response, ANSWER_BYTES_MAX, (read) => {
        settle(read.ok ? ok(answerOf(response)) : read);
      });
    });
    request.on('error', (error) => settle(fail(codedMessageOf(error))));
    request.end(body);
    return promise;
  };
}

function answerOf({ headers, statusCode = 0 }: IncomingMessage): SmallAnswer {
  const seconds = Number(headers['retry-after']);
  return { status: statusCode, retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0 };
}
