/** One process of the orchestrator as callers reach it. */
import type { Life } from './machine.ts';

export interface Server {
  readonly life: Life;
  fetch(request: Request): Response | Promise<Response>;
}

/** Null while nobody listens. */
export type FindServer = () => Server | null;

export const BASE_URL = 'http://localhost:3030';

/** What is asked; `headers` beside those that every call has. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function makeRequest({ method, path, body, headers: more = {} }: Asked, signal: AbortSignal): Request {
  const headers = new Headers({ host: 'localhost:3030', ...more });
  if (body !== undefined) headers.set('content-type', 'application/json');
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  return new Request(BASE_URL + path, { method, headers, signal, ...content });
}
