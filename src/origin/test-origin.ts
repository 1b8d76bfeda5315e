/**
 * A web server that stands in for the site behind the shield: every request gets the same page.
 *
 * It answers once a request has arrived in full, whatever its method, path and body, and keeps nothing of it.
 * By default each answer closes its connection; keep-alive and the size of the body can be set for measurements.
 * Connections, header sizes (by node:http) and the time for a request are bounded.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { renderPage } from './page.ts';

export interface OriginOptions {
  /** Address to listen on; loopback unless set. */
  readonly host?: string;
  /** Port to listen on; 0 takes a free one. */
  readonly port?: number;
  /** Leaves connections open for further requests. */
  readonly keepAlive?: boolean;
  /** Bytes of the body; 0, the default, serves the page as it is. */
  readonly bodyBytes?: number;
}

export interface RunningOrigin {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Requests answered so far. */
  requests(): number;
  /** Cuts all connections and frees the port. */
  close(): Promise<void>;
}

const CONNECTIONS_MAX = 4096;
const REQUEST_TIMEOUT_MS = 60_000;
const IDLE_TIMEOUT_MS = 60_000;

/** Starts the test origin. Rejects with the error of `listen` where the address cannot be taken. */
export async function startOrigin(options: OriginOptions = {}): Promise<RunningOrigin> {
  const { host = '127.0.0.1', port = 0, keepAlive = false, bodyBytes = 0 } = options;
  let answered = 0;
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: IDLE_TIMEOUT_MS },
    createAnswer(renderPage(bodyBytes), keepAlive, () => {
      answered += 1;
    }),
  );
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, host, port);
  const bound = (server.address() as AddressInfo).port;
  return {
    host,
    port: bound,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    requests: () => answered,
    close: () => close(server),
  };
}

function createAnswer(body: Buffer, keepAlive: boolean, onAnswer: () => void): RequestListener {
  const head = {
    Server: 'TestOrigin/1.0',
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': String(body.length),
    Connection: keepAlive ? 'keep-alive' : 'close',
  };
  return (request, response) => {
    // A client that goes away in between ends its own connection and nothing else.
    request.on('error', () => response.destroy());
    response.on('error', () => request.destroy());
    whenComplete(request, () => {
      onAnswer();
      response.writeHead(200, head);
      response.end(request.method === 'HEAD' ? undefined : body);
    });
  };
}

function whenComplete(request: IncomingMessage, answer: () => void): void {
  request.on('end', answer);
  request.resume();
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, () => {
    server.removeListener('error', reject);
    resolve();
  });
  await promise;
}

function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}
