/**
 * Single HTTPS calls to a certificate authority (RFC 8555 section 6.1).
 *
 * Every call ends: with an answer, or with a fault after `CALL_TIMEOUT_MS`, which covers connecting, the handshake and
 * the last byte of the body. An answer is read up to a bound, redirects are not followed, and the certificate of the
 * server is verified against the known roots and those that the operator added. Each call has a connection of its own:
 * there are a dozen of them every other month.
 */
import type { IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { rootCertificates } from 'node:tls';
import { readBoundedAnswer } from '../../core/bounded-answer.ts';
import { codedMessageOf } from '../../core/error-message.ts';
import { fail, ok, type Result } from '../../core/result.ts';

export interface AcmeCall {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** An https URL. */
  readonly url: string;
  /** A signed request; null for none. */
  readonly body: string | null;
  readonly signal: AbortSignal;
}

export interface AcmeAnswer {
  readonly status: number;
  readonly body: Buffer;
  /** The fresh anti-replay nonce; null where it is missing or malformed. */
  readonly nonce: string | null;
  /** The URL of what was made; null where it is missing. */
  readonly location: string | null;
  /** How long the authority asks us to wait, at most `RETRY_AFTER_MAX_MS`; 0 where it does not say. */
  readonly retryAfterMs: number;
}

/** Makes one call. Never rejects; the fault says in a few words what happened. */
export type AcmeCaller = (call: AcmeCall) => Promise<Result<AcmeAnswer, string>>;

export interface AcmeCallerOptions {
  /** Certificates in PEM that are trusted beside the known roots; null for none. */
  readonly trustedCaPem: string | null;
  /** The authority wants to know which program calls. */
  readonly userAgent: string;
  /** The wall clock, for answers that name a date. */
  readonly wallMs: () => number;
  /** Milliseconds for one call. */
  readonly timeoutMs?: number;
}

const CALL_TIMEOUT_MS = 30_000;
/** Far above any chain of certificates or list of orders. */
export const ANSWER_BYTES_MAX = 256 * 1024;
/** An authority that names more is looked at again after a day: once a day hurts nobody. */
const RETRY_AFTER_MAX_MS = 86_400_000;

const NONCE_TEXT = /^[A-Za-z0-9_-]{1,512}$/;
const LOCATION_CHARACTERS_MAX = 2048;

export function createAcmeCaller(options: AcmeCallerOptions): AcmeCaller {
  const { trustedCaPem, timeoutMs = CALL_TIMEOUT_MS } = options;
  const trust = trustedCaPem === null ? {} : { ca: [...rootCertificates, trustedCaPem] };
  return ({ method, url, body, signal }) => {
    const { promise, resolve } = Promise.withResolvers<Result<AcmeAnswer, string>>();
    const deadline = AbortSignal.timeout(timeoutMs);
    const headers = { 'User-Agent': options.userAgent, ...bodyHeaders(body) };
    const settings = { method, headers, agent: false as const, ...trust };
    try {
      const request = requestHttps(url, { ...settings, signal: AbortSignal.any([signal, deadline]) });
      request.on('error', (error: NodeJS.ErrnoException) => {
        if (deadline.aborted) resolve(fail(`no answer within ${timeoutMs} ms`));
        else resolve(fail(signal.aborted ? 'given up' : codedMessageOf(error)));
      });
      request.on('response', (response) => {
        readBoundedAnswer(response, ANSWER_BYTES_MAX, (body) => {
          if (deadline.aborted) resolve(fail(`no whole answer within ${timeoutMs} ms`));
          else resolve(body.ok ? ok(answerOf(response, body.value, options.wallMs())) : body);
          if (!body.ok) request.destroy();
        });
      });
      request.end(body ?? undefined);
    } catch (error) {
      // Certificates to trust that cannot be read are noticed here at the earliest.
      resolve(fail(codedMessageOf(error as Error)));
    }
    return promise;
  };
}

function bodyHeaders(body: string | null): Record<string, string> {
  if (body === null) return {};
  return { 'Content-Type': 'application/jose+json', 'Content-Length': String(Buffer.byteLength(body)) };
}

function answerOf({ headers, statusCode = 0 }: IncomingMessage, body: Buffer, wallMs: number): AcmeAnswer {
  return {
    status: statusCode,
    body,
    nonce: nonceOf(headers['replay-nonce']),
    location: locationOf(headers.location),
    retryAfterMs: parseRetryAfter(headers['retry-after'], wallMs),
  };
}

/** Malformed nonces must be ignored (RFC 8555 section 6.5.1). */
function nonceOf(value: string | readonly string[] | undefined): string | null {
  return typeof value === 'string' && NONCE_TEXT.test(value) ? value : null;
}

function locationOf(value: string | undefined): string | null {
  return value !== undefined && value.length <= LOCATION_CHARACTERS_MAX ? value : null;
}

/** Milliseconds from a Retry-After in either form (RFC 9110 section 10.2.3); 0 where it says nothing sound. */
export function parseRetryAfter(value: string | undefined, wallMs: number): number {
  if (value === undefined || value.length > 64) return 0;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - wallMs;
  return Number.isFinite(waitMs) && waitMs > 0 ? Math.min(waitMs, RETRY_AFTER_MAX_MS) : 0;
}
