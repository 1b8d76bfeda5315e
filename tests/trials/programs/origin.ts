/**
 * The origin of the trials, a program: quick, without a memory, and misbehaving on demand.
 *
 *   listen 0        answers with the port
 *   behave MODE     serve | reset: ends connections at the request | garbage: answers what is no HTTP
 *   counts          requests since the start, and those of floods among them
 *
 * Requests: `/tag/TEXT?wait=MS` comes back with the text in a field, and in the body that of the request, or the text
 * where there is none; what ends in `/large` is a mebibyte; `/held` is never answered; a WebSocket echoes short messages; all else
 * gets a greeting.
 */
import { createHash } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { FLOOD_PATH } from '../../support/http2-floods.ts';
import { serveCommands } from '../helper-program.ts';

export type OriginMode = 'serve' | 'reset' | 'garbage';

export interface OriginCounts {
  readonly requests: number;
  readonly floods: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const HEAD_BYTES_MAX = 65_536;
const LARGE = Buffer.alloc(1 << 20, 0x78);
const WEB_SOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const GARBAGE = Buffer.from('\u0016\u0003\u0001 this is no answer \r\n\r\n\u0000\u00ff');

class TrialOrigin {
  mode: OriginMode = 'serve';
  requests = 0;
  floods = 0;
  readonly #server: Server = createServer({ noDelay: true }, (socket) => this.#serve(socket));

  async listen(port: number): Promise<number> {
    const listening = Promise.withResolvers<void>();
    this.#server.once('error', listening.reject);
    this.#server.listen({ host: '127.0.0.1', port, backlog: 4096 }, () => listening.resolve());
    await listening.promise;
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  #serve(socket: Socket): void {
    let input: Buffer = Buffer.alloc(0);
    let tunnel = false;
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      if (tunnel) return echoMessages(socket, chunk);
      input = input.length === 0 ? chunk : Buffer.concat([input, chunk]);
      for (;;) {
        const headEnd = input.indexOf(HEAD_END);
        if (headEnd === -1) {
          if (input.length > HEAD_BYTES_MAX) socket.destroy();
          return;
        }
        const head = input.toString('latin1', 0, headEnd);
        const end = headEnd + HEAD_END.length + Number(fieldOf(head, 'content-length') ?? 0);
        if (input.length < end) return;
        const body = input.subarray(headEnd + HEAD_END.length, end);
        input = input.subarray(end);
        tunnel = this.#answer(socket, head, body);
      }
    });
  }

  /** Answers one request; true where the connection is a WebSocket from then on. */
  #answer(socket: Socket, head: string, body: Buffer): boolean {
    this.requests++;
    const target = head.slice(head.indexOf(' ') + 1, head.indexOf(' HTTP/'));
    if (target.startsWith(FLOOD_PATH)) this.floods++;
    if (this.mode === 'reset') socket.resetAndDestroy();
    else if (this.mode === 'garbage') socket.write(GARBAGE);
    else if (target.startsWith('/tag/')) answerTag(socket, target, body);
    else if (target.endsWith('/large')) socket.write(answer(LARGE));
    else if (target.startsWith('/websocket')) return openTunnel(socket, head);
    else if (!target.startsWith('/held')) socket.write(answer(GREETING));
    return false;
  }
}

const GREETING = Buffer.from('hello');

function answer(body: Buffer, field = ''): Buffer {
  const head = `HTTP/1.1 200 OK\r\n${field}Content-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

function answerTag(socket: Socket, target: string, body: Buffer): void {
  const { pathname, searchParams } = new URL(target, 'http://origin');
  const tag = pathname.slice('/tag/'.length);
  const octets = answer(body.length > 0 ? body : Buffer.from(tag), `X-Tag: ${tag}\r\n`);
  const waitMs = Number(searchParams.get('wait') ?? 0);
  if (waitMs === 0) socket.write(octets);
  else setTimeout(() => socket.writable && socket.write(octets), waitMs);
}

/** RFC 6455 section 4.2.2. */
function openTunnel(socket: Socket, head: string): boolean {
  const key = fieldOf(head, 'sec-websocket-key') ?? '';
  const accept = createHash('sha1').update(`${key}${WEB_SOCKET_GUID}`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  return true;
}

/** Echoes whole short messages, as the clients of the trials send them. */
function echoMessages(socket: Socket, chunk: Buffer): void {
  for (let at = 0; at + 6 <= chunk.length; ) {
    const length = chunk[at + 1]! & 0x7f;
    const message = Buffer.from(chunk.subarray(at + 6, at + 6 + length));
    for (let i = 0; i < message.length; i++) message[i]! ^= chunk[at + 2 + (i & 3)]!;
    socket.write(Buffer.concat([Buffer.from([chunk[at]!, length]), message]));
    at += 6 + length;
  }
}

/** The value of a field of a request that the node has written: one line each, in any case. */
function fieldOf(head: string, name: string): string | null {
  const lower = head.toLowerCase();
  const at = lower.indexOf(`\r\n${name}:`);
  if (at === -1) return null;
  const start = at + name.length + 3;
  const end = head.indexOf('\r\n', start);
  return head.slice(start, end === -1 ? head.length : end).trim();
}

const origin = new TrialOrigin();
serveCommands({
  listen: (port: number) => origin.listen(port),
  behave: (mode: OriginMode) => {
    origin.mode = mode;
  },
  counts: (): OriginCounts => ({ requests: origin.requests, floods: origin.floods }),
});
