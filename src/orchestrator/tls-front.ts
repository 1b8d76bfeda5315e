/**
 * TLS in front of a server for plain HTTP, with certificates of clients asked for but not demanded.
 *
 * A listener of its own does the handshakes and hands the secured sockets on, because an HTTPS server does not show
 * certificates of clients on every runtime. A server that does not listen itself watches no deadlines either, so they are
 * watched here.
 *
 * Bounds: the time for a handshake, for a first request, and between two requests.
 */
import type { Server as HttpServer } from 'node:http';
import { createServer, type Server, type TLSSocket } from 'node:tls';

export interface TlsCredentials {
  /** The server's certificate and its authority's. */
  readonly certPem: string;
  readonly keyPem: string;
  /** Who issues certificates of clients. */
  readonly caPem: string;
  readonly expiresAtMs: number;
}

export interface FrontDeadlines {
  readonly handshakeMs: number;
  readonly firstRequestMs: number;
  readonly idleMs: number;
  readonly checkIntervalMs: number;
}

interface Line {
  /** When it was secured, or its last answer had gone; by the monotonic clock of the process. */
  sinceMs: number;
  requests: number;
  used: boolean;
}

/** A server to listen with; what is asked on its connections is for `http`, which does not listen. */
export function createTlsFront(
  credentials: TlsCredentials,
  http: HttpServer,
  deadlines: FrontDeadlines,
): Server {
  const lines = new Map<TLSSocket, Line>();
  const options = { requestCert: true, rejectUnauthorized: false, handshakeTimeout: deadlines.handshakeMs };
  const front = createServer({ ...options, ...contextOf(credentials) }, (socket) => {
    lines.set(socket, { sinceMs: performance.now(), requests: 0, used: false });
    socket.once('close', () => lines.delete(socket));
    http.emit('connection', socket);
  });
  // A handshake that fails leaves its connection open otherwise.
  front.on('tlsClientError', (_error, socket) => socket.destroy());
  http.on('request', (request, response) => {
    const line = lines.get(request.socket as TLSSocket);
    if (line === undefined) return;
    line.requests += 1;
    line.used = true;
    response.once('close', () => {
      line.requests -= 1;
      line.sinceMs = performance.now();
    });
  });
  // One that cannot listen is never closed either, and must keep no process alive.
  let timer: NodeJS.Timeout | undefined;
  front.once('listening', () => {
    timer = setInterval(() => endOverdue(lines, deadlines), deadlines.checkIntervalMs);
  });
  front.once('close', () => clearInterval(timer));
  return front;
}

/** Other credentials for handshakes from now on. */
export function useCredentials(front: Server, credentials: TlsCredentials): void {
  front.setSecureContext(contextOf(credentials));
}

function contextOf({ certPem, keyPem, caPem }: TlsCredentials) {
  return { cert: certPem, key: keyPem, ca: [caPem], minVersion: 'TLSv1.2' as const };
}

function endOverdue(lines: ReadonlyMap<TLSSocket, Line>, { firstRequestMs, idleMs }: FrontDeadlines): void {
  const nowMs = performance.now();
  for (const [socket, { sinceMs, requests, used }] of lines) {
    if (requests === 0 && nowMs - sinceMs > (used ? idleMs : firstRequestMs)) socket.destroy();
  }
}
