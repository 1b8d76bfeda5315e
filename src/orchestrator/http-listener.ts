/**
 * A bounded HTTP listener on `node:http`, with TLS before it where wanted, that can be closed for certain.
 *
 * Bounds: connections, head size, time for a head and for a whole request. Closing lets requests in progress
 * finish for a short while, then takes every socket down, also those that never sent a byte.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Server as Acceptor, AddressInfo, Socket } from 'node:net';
import { fail, ok, type Result } from '../core/result.ts';
import type { ListenOptions } from './options.ts';
import { createTlsFront, type TlsCredentials, useCredentials } from './tls-front.ts';

export interface HttpListener {
  readonly host: string;
  /** The real one where 0 was asked for. */
  readonly port: number;
  /** Other credentials for handshakes from now on; nothing without TLS. */
  use(credentials: TlsCredentials): void;
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
  /** Null for plain HTTP. */
  readonly tls: TlsCredentials | null;
}

const HEAD_BYTES_MAX = 16 * 1024;
const HEAD_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const CHECK_INTERVAL_MS = 2000;
/** Longer than the usual pause between two heartbeats, so that their connection is used again. */
const KEEP_ALIVE_MS = 75_000;
const CLOSE_GRACE_MS = 2000;
const FRONT_DEADLINES = {
  handshakeMs: HEAD_TIMEOUT_MS,
  firstRequestMs: HEAD_TIMEOUT_MS,
  idleMs: KEEP_ALIVE_MS,
  checkIntervalMs: CHECK_INTERVAL_MS,
} as const;

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
  const front = options.tls === null ? null : createTlsFront(options.tls, server, FRONT_DEADLINES);
  const acceptor: Acceptor = front ?? server;
  acceptor.maxConnections = options.connectionsMax;
  const closer = new ListenerCloser(acceptor, server);
  const listening = Promise.withResolvers<ListenFault | null>();
  acceptor.once('listening', () => listening.resolve(null));
  acceptor.on('error', (error: NodeJS.ErrnoException) => {
    // After the start this is a connection that could not be accepted; the next one may be.
    listening.resolve({ code: error.code ?? 'UNKNOWN', message: error.message });
  });
  acceptor.listen(options.port, options.host);
  const fault = await listening.promise;
  if (fault !== null) return fail(fault);
  const { port } = acceptor.address() as AddressInfo;
  return ok({
    host: options.host,
    port,
    use: (credentials) => {
      if (front !== null) useCredentials(front, credentials);
    },
    close: () => closer.close(),
  });
}

class ListenerCloser {
  readonly #acceptor: Acceptor;
  readonly #sockets = new Set<Socket>();
  #requestsInProgress = 0;
  #closed: Promise<void> | null = null;

  constructor(acceptor: Acceptor, server: Server) {
    this.#acceptor = acceptor;
    acceptor.on('connection', (socket: Socket) => {
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
    this.#acceptor.close(() => done.resolve());
    const timer = setTimeout(() => this.#destroySockets(), CLOSE_GRACE_MS);
    if (this.#requestsInProgress === 0) this.#destroySockets();
    await done.promise;
    clearTimeout(timer);
  }

  #destroySockets(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
