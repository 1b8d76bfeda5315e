/**
 * A small HTTP listener for the node's own endpoints, with every wait and count bounded.
 *
 * These endpoints answer while the node is under attack, so one neighbour that opens connections and says
 * nothing must not take them down: connections beyond the maximum are closed at once (counted here, because
 * not every runtime honours `maxConnections` on an HTTP server), and a request has seconds to arrive.
 */
import { type IncomingMessage, Server, type ServerOptions } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';

export interface HttpListenerOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly fetch: (request: Request, bindings: ListenerBindings) => Response | Promise<Response>;
  /** Most connections at once. */
  readonly connectionsMax?: number;
}

/** What a handler may know of the connection. */
export interface ListenerBindings {
  readonly incoming: IncomingMessage;
}

export interface HttpListener {
  readonly address: { readonly host: string; readonly port: number };
  /** Stops accepting, lets requests in progress finish for a moment, then cuts the rest; never rejects. */
  close(): Promise<void>;
}

const CONNECTIONS_MAX = 64;
const HEADER_BYTES_MAX = 8 * 1024;
const HEADERS_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 15_000;
const CLOSE_WAIT_MS = 1000;

/** Opens the listener; rejects where the address cannot be bound. */
export async function openHttpListener(options: HttpListenerOptions): Promise<HttpListener> {
  const server = createServer(options);
  const sockets = limitConnections(server, options.connectionsMax ?? CONNECTIONS_MAX);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      // A later fault of the listening socket (no descriptor left) must not end the process.
      server.on('error', () => undefined);
      resolve();
    });
  });
  const { address, port } = server.address() as AddressInfo;
  return { address: { host: address, port }, close: () => closeServer(server, sockets) };
}

function createServer(options: HttpListenerOptions): Server {
  const serverOptions: ServerOptions = {
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 1000,
  };
  const server = createAdaptorServer({
    fetch: (request, bindings) => options.fetch(request, bindings as ListenerBindings),
    overrideGlobalObjects: false,
    serverOptions,
  });
  if (!(server instanceof Server)) throw new TypeError('The adaptor made no HTTP/1.1 server');
  return server;
}

/** Closes what is beyond the maximum and returns the live set of what is open. */
function limitConnections(server: Server, connectionsMax: number): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => socket.destroy());
    if (sockets.size >= connectionsMax) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, CLOSE_WAIT_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
