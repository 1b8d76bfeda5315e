/**
 * Clients of WebSockets that echo, a program: each sends a message, waits for its echo and sends the next.
 *
 *   start {port, from, sockets, everyMs}
 *   counts   what came of it so far
 *   stop     closes all of them; the counts
 */
import { randomBytes } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { serveCommands } from '../helper-program.ts';
import { openSecure } from '../secure-socket.ts';

export interface WebSocketOrder {
  readonly port: number;
  readonly from: string;
  readonly sockets: number;
  /** Milliseconds from an echo to the next message. */
  readonly everyMs: number;
}

export interface WebSocketCounts {
  readonly opened: number;
  readonly echoes: number;
  /** Sockets that ended by themselves, or said something else. */
  readonly broken: number;
}

/** After so many messages a socket is closed and opened again. */
const MESSAGES_EACH = 200;
const HEAD_END = '\r\n\r\n';
const MASK = Buffer.from([1, 2, 3, 4]);

class WebSocketClient {
  #stopped = false;
  #opened = 0;
  #echoes = 0;
  #broken = 0;
  readonly #sockets = new Set<EchoSocket>();

  start(order: WebSocketOrder): void {
    for (let i = 0; i < order.sockets; i++) this.#open(order);
  }

  counts(): WebSocketCounts {
    return { opened: this.#opened, echoes: this.#echoes, broken: this.#broken };
  }

  stop(): WebSocketCounts {
    this.#stopped = true;
    for (const socket of this.#sockets) socket.close();
    return this.counts();
  }

  #open(order: WebSocketOrder): void {
    if (this.#stopped) return;
    const socket = new EchoSocket(order, (event) => {
      if (event === 'opened') this.#opened++;
      else if (event === 'echo') this.#echoes++;
      else this.#ended(socket, event, order);
    });
    this.#sockets.add(socket);
  }

  #ended(socket: EchoSocket, event: 'closed' | 'broken', order: WebSocketOrder): void {
    this.#sockets.delete(socket);
    if (event === 'broken') this.#broken++;
    setTimeout(() => this.#open(order), order.everyMs);
  }
}

type EchoEvent = 'opened' | 'echo' | 'closed' | 'broken';

/** One socket from its handshake to its end. */
class EchoSocket {
  readonly #socket: TLSSocket;
  readonly #everyMs: number;
  readonly #tell: (event: EchoEvent) => void;
  #left = MESSAGES_EACH;
  /** What has to come next. */
  #wanted: string = HEAD_END;
  #input = '';
  #closing = false;

  constructor(order: WebSocketOrder, tell: (event: EchoEvent) => void) {
    this.#everyMs = order.everyMs;
    this.#tell = tell;
    this.#socket = openSecure({ ...order, protocol: 'http/1.1' });
    this.#socket.once('secureConnect', () => this.#socket.write(handshake()));
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.once('end', () => this.#socket.destroy());
    this.#socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#socket.once('close', () => tell(this.#closing ? 'closed' : 'broken'));
  }

  close(): void {
    this.#closing = true;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#input += chunk.toString('latin1');
    if (!this.#input.includes(this.#wanted)) return;
    this.#input = '';
    this.#tell(this.#wanted === HEAD_END ? 'opened' : 'echo');
    setTimeout(() => this.#say(), this.#everyMs);
  }

  #say(): void {
    if (this.#left-- === 0) this.close();
    if (this.#socket.destroyed) return;
    const text = `message ${this.#left}`;
    this.#wanted = `\u0081${String.fromCharCode(text.length)}${text}`;
    this.#socket.write(message(text));
  }
}

function handshake(): string {
  const key = randomBytes(16).toString('base64');
  return `GET /websocket HTTP/1.1\r\nHost: shop.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}${HEAD_END}`;
}

/** A masked text message of fewer than 126 octets (RFC 6455 section 5.2). */
function message(text: string): Buffer {
  const payload = Buffer.from(text);
  for (let i = 0; i < payload.length; i++) payload[i]! ^= MASK[i & 3]!;
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length]), MASK, payload]);
}

const client = new WebSocketClient();
serveCommands({
  start: (order: WebSocketOrder) => client.start(order),
  counts: () => client.counts(),
  stop: () => client.stop(),
});
