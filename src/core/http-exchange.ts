/**
 * One HTTP request and its answer as a whole, with a place that may be slow, broken or hostile.
 *
 * It ends within its time, which covers everything from connecting to the last octet; it reads at most `bytesMax`, and
 * follows no redirect: what is meant for one place goes to no other.
 */
import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type RequestOptions,
  request as requestHttp,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { readBoundedAnswer } from './bounded-answer.ts';
import { codedMessageOf } from './error-message.ts';
import { fail, ok, type Result } from './result.ts';
import type { Timers } from './timers.ts';

export interface HttpExchange {
  readonly method: string;
  /** http or https. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for none. */
  readonly body: string;
  /** Of the answer's body. */
  readonly bytesMax: number;
  readonly timeoutMs: number;
  /** Gives the exchange up; left out, only its time does. */
  readonly signal?: AbortSignal;
  /** Connections to use; left out, one of its own that ends with it. */
  readonly agent?: RequestOptions['agent'];
  /** Whom to trust, and what to show, over https. */
  readonly tls?: SecureContextOptions;
}

export interface WholeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ExchangeFault {
  /** What happened, in a few words. */
  readonly message: string;
  /** The connection was an old one that the server had given up; the exchange can be made anew at once. */
  readonly stale: boolean;
}

/** Never rejects. */
export function exchangeHttp(
  exchange: HttpExchange,
  timers: Timers,
): Promise<Result<WholeAnswer, ExchangeFault>> {
  const { body, bytesMax, timeoutMs, signal } = exchange;
  const opened = signal?.aborted === true ? fail('given up') : openRequest(exchange);
  if (!opened.ok) return Promise.resolve(fail({ message: opened.fault, stale: false }));
  const request = opened.value;
  const { promise, resolve } = Promise.withResolvers<Result<WholeAnswer, ExchangeFault>>();
  const settle = (result: Result<WholeAnswer, ExchangeFault>): void => {
    cancel();
    signal?.removeEventListener('abort', abort);
    resolve(result);
  };
  const giveUp = (message: string): void => {
    settle(fail({ message, stale: false }));
    request.destroy();
  };
  const abort = (): void => giveUp('given up');
  const cancel = timers.after(timeoutMs, () => giveUp(`no answer within ${timeoutMs} ms`));
  signal?.addEventListener('abort', abort, { once: true });
  let answered = false;
  request.on('response', (response) => {
    answered = true;
    readBoundedAnswer(response, bytesMax, (read) => {
      if (!read.ok) return giveUp(read.fault);
      const { statusCode: status = 0, headers: fields } = response;
      return settle(ok({ status, headers: fields, body: read.value }));
    });
  });
  request.on('error', (error: NodeJS.ErrnoException) => {
    settle(fail({ message: codedMessageOf(error), stale: !answered && isStale(request, error) }));
  });
  request.end(body);
  return promise;
}

function openRequest({ method, url, headers, body, agent = false, tls }: HttpExchange) {
  const open = url.startsWith('https:') ? requestHttps : requestHttp;
  const length = Buffer.byteLength(body);
  const lengthField = length === 0 ? {} : { 'Content-Length': String(length) };
  try {
    return ok(open(url, { method, agent, ...tls, headers: { ...headers, ...lengthField } }));
  } catch (error) {
    // Certificates to trust that cannot be read are noticed here at the earliest.
    return fail(codedMessageOf(error as Error));
  }
}

/** What the server asks to wait before the next attempt, in milliseconds; 0 where it does not, or names a date. */
export function retryAfterMsOf(headers: IncomingHttpHeaders): number {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}

function isStale(request: ClientRequest, error: NodeJS.ErrnoException): boolean {
  return request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}
