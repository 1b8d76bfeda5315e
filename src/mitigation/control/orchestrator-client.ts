/**
 * Small bounded HTTP client for one orchestrator; failover-transport.ts makes one of several.
 *
 * Every call ends: with an answer, or with a fault after its timeout, which covers the whole exchange. An answer is
 * read up to `ANSWER_BYTES_MAX`, a line up to `LINE_CHARACTERS_MAX`. Redirects are not followed, so the token goes to the configured place only.
 */
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { messageOf } from '../../core/error-message.ts';
import {
  type ExchangeFault,
  exchangeHttp,
  retryAfterMsOf,
  type WholeAnswer,
} from '../../core/http-exchange.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { systemTimers } from '../../core/timers.ts';
import type { Answer, Call, LineCall, OrchestratorTransport } from './orchestrator-transport.ts';

/** Whom the node trusts in the place of the authorities of the system, and how it proves who it is. */
export interface ClientTls {
  readonly caPem: string;
  readonly identity: { readonly certPem: string; readonly keyPem: string } | null;
}

export interface ClientOptions {
  /** `http://` or `https://`, possibly with a path before `/api/v1`. */
  readonly serverUrl: string;
  readonly token: string | null;
}

const ANSWER_BYTES_MAX = 64 * 1024;
/** More than a line of a snapshot has. */
const LINE_CHARACTERS_MAX = 1 << 20;
/** One each for heartbeats, the long poll, reports of bans and of usage, and one for the last heartbeat beside them. */
const SOCKETS_MAX = 5;

export class OrchestratorClient implements OrchestratorTransport {
  readonly #baseUrl: string;
  readonly #token: string | null;
  readonly #request: typeof requestHttp;
  readonly #secure: boolean;
  #agent: HttpAgent;
  /** Of the certificate before: calls under way end on it. */
  #oldAgent: HttpAgent | null = null;
  #tls: SecureContextOptions = {};

  constructor({ serverUrl, token }: ClientOptions) {
    this.#secure = serverUrl.startsWith('https:');
    this.#baseUrl = serverUrl.replace(/\/+$/, '');
    this.#token = token;
    this.#agent = this.#createAgent();
    this.#request = this.#secure ? requestHttps : requestHttp;
  }

  /** For connections from now on; nothing without https. */
  useTls({ caPem, identity }: ClientTls): void {
    this.#tls = { ca: caPem, ...(identity && { cert: identity.certPem, key: identity.keyPem }) };
    this.#oldAgent?.destroy();
    this.#oldAgent = this.#agent;
    this.#agent = this.#createAgent();
  }

  /** Makes one call. Never rejects; the fault says in a few words what happened. */
  async call(call: Call): Promise<Result<Answer, string>> {
    const first = await this.#attempt(call);
    if (first.ok || !first.fault.stale) return first.ok ? first : fail(first.fault.message);
    // The server closed the idle connection in the very moment it was used again: nothing was read from it.
    const second = await this.#attempt(call);
    return second.ok ? second : fail(second.fault.message);
  }

  readLines({ path, silenceMaxMs, signal, onOpen, onLine }: LineCall): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const options = {
      headers: this.#headers(),
      signal,
      agent: false as const,
      timeout: silenceMaxMs,
      ...this.#tls,
    };
    const request = this.#request(this.#baseUrl + path, options);
    const end = (fault: string): void => {
      resolve(fault);
      request.destroy();
    };
    request.on('timeout', () => end(`nothing came for ${silenceMaxMs / 1000} seconds`));
    request.on('error', (error) => end(messageOf(error)));
    request.on('response', (response) => {
      if (response.statusCode !== 200) return end(`the orchestrator answered ${response.statusCode}`);
      onOpen();
      return splitLines(response, onLine, end);
    });
    request.end();
    return promise;
  }

  /** Gives up all connections; calls under way fail. */
  close(): void {
    this.#oldAgent?.destroy();
    this.#agent.destroy();
  }

  #createAgent(): HttpAgent {
    const options = { keepAlive: true, maxSockets: SOCKETS_MAX, ...this.#tls };
    return this.#secure ? new HttpsAgent(options) : new HttpAgent(options);
  }

  async #attempt({ method, path, body, timeoutMs, signal }: Call): Promise<Result<Answer, ExchangeFault>> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const url = this.#baseUrl + path;
    const contentType = text === '' ? {} : { 'Content-Type': 'application/json' };
    const exchange = { method, url, headers: { ...this.#headers(), ...contentType }, body: text };
    const bounds = { bytesMax: ANSWER_BYTES_MAX, timeoutMs, signal };
    const connection = { agent: this.#agent, tls: this.#tls };
    const answer = await exchangeHttp({ ...exchange, ...bounds, ...connection }, systemTimers);
    return answer.ok ? ok(answerOf(answer.value)) : answer;
  }

  #headers(): Record<string, string> {
    return {
      Accept: 'application/json',
      ...(this.#token === null ? {} : { Authorization: `Bearer ${this.#token}` }),
    };
  }
}

/** Hands out whole lines until the stream ends or a line is refused. */
function splitLines(
  response: IncomingMessage,
  onLine: (line: string) => string | null,
  end: (fault: string) => void,
): void {
  let rest = '';
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_CHARACTERS_MAX) end('a line has no end');
    for (const line of lines) {
      const fault = onLine(line);
      if (fault === null) continue;
      end(fault);
      return;
    }
  });
  response.on('error', (error) => end(messageOf(error)));
  response.on('close', () => end('the orchestrator has closed the stream'));
}

function answerOf({ status, headers, body }: WholeAnswer): Answer {
  return { status, json: parseJson(body), retryAfterMs: retryAfterMsOf(headers) };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
