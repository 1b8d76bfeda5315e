/** An origin that does with each request what its target says: `/BEHAVIOUR/ID`; what it answers is the id. */
import { createServer, type Server, type Socket } from 'node:net';

export const BEHAVIOURS = [
  'answer',
  'chunks',
  'last',
  'close',
  'garbage',
  'cut',
  'silence',
  'switch',
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

export class ScriptedOrigin {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: ReadonlySet<Socket>;

  private constructor(port: number, server: Server, sockets: ReadonlySet<Socket>) {
    this.port = port;
    this.#server = server;
    this.#sockets = sockets;
  }

  static async start(): Promise<ScriptedOrigin> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      serve(socket);
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', resolve);
    await promise;
    const { port } = server.address() as { port: number };
    return new ScriptedOrigin(port, server, sockets);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

function serve(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.on('data', (bytes: Buffer) => {
    const [, behaviour, id = ''] = /^GET \/([a-z]+)\/([0-9]+) /.exec(bytes.toString('latin1')) ?? [];
    switch (behaviour as Behaviour) {
      case 'answer':
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${id.length}\r\n\r\n${id}`);
        break;
      case 'chunks':
        socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks(id)}`);
        break;
      case 'last':
        socket.end(`HTTP/1.1 503 Full\r\nConnection: close\r\nContent-Length: ${id.length}\r\n\r\n${id}`);
        break;
      case 'cut':
        socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n${id}`);
        break;
      case 'switch':
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n\r\n${id}`);
        break;
      case 'garbage':
        socket.write('garbage\r\n\r\n');
        break;
      case 'close':
        socket.destroy();
        break;
      case 'silence':
        break;
    }
  });
}

/** One chunk for each digit, all in one piece. */
function chunks(id: string): string {
  return `${[...id].map((digit) => `1\r\n${digit}\r\n`).join('')}0\r\n\r\n`;
}
