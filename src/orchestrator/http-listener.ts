/**
 * A bounded HTTP listener on `node:http` that can be closed for certain.
 *
 * Bounds: connections, head size, time for a head and for a whole request. Closing lets requests in progress
 * finish for a short while, then takes every socket down, also those that never sent a byte.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { fail, ok, type Result } from '../core/result.ts';
import type { ListenOptions } from './options.ts';

export interface HttpListener {
  readonly host: string;
  /** The real one where 0 was asked for. */
  readonly port: number;
  /** Resolves once no socket is left; never rejects. */
  close(): Promise<void>;
}

export interface ListenFault {
  /** Of the system, such as EADDRINUSE. */
  readonly code: string;
  readonly message: string;
}

export interface HttpListenerOptions extends ListenOptions {
  readonly connectionsMax: number;
}

const HEAD_BYTES_MAX = 16 * 1024;
const HEAD_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const CHECK_INTERVAL_MS = 2000;
/** Longer than the usual pause between two heartbeats, so that their connection is used again. */
const KEEP_ALIVE_MS = 75_000;
const CLOSE_GRACE_MS = 2000;

/** Listens; the fault says why that was not possible. */
export async function listenHttp(
  options: HttpListenerOptions,
  handle: RequestListener,
): Promise<Result<HttpListener, ListenFault>> {
  const server = createServer(
    {
      headersTimeout: HEAD_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: HEAD_BYTES_MAX,
    },
    handle,
  );
  server.maxConnections = options.connectionsMax;
  const closer = new ListenerCloser(server);
  const listening = Promise.withResolvers<ListenFault | null>();
  server.once('listening', () => listening.resolve(null));
  server.on('error', (error: NodeJS.ErrnoException) => {
    // After the start this is a connection that could not be accepted; the next one may be.
    listening.resolve({ code: error.code ?? 'UNKNOWN', message: error.message });
  });
  server.listen(options.port, options.host);
  const fault = await listening.promise;
  if (fault !== null) return fail(fault);
  const { port } = server.address() as AddressInfo;
  return ok({ host: options.host, port, close: () => closer.close() });
}

class ListenerCloser {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #requestsInProgress = 0;
  #closed: Promise<void> | null = null;

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.prependListener('request', (_request, response) => {
      this.#requestsInProgress += 1;
      response.once('close', () => {
        this.#requestsInProgress -= 1;
        if (this.#closed !== null && this.#requestsInProgress === 0) this.#destroySockets();
      });
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#server.close(() => done.resolve());
    const timer = setTimeout(() => this.#destroySockets(), CLOSE_GRACE_MS);
    if (this.#requestsInProgress === 0) this.#destroySockets();
    await done.promise;
    clearTimeout(timer);
  }

  #destroySockets(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
