/**
 * An origin that speaks HTTP/2 frame by frame: it says what a test tells it, valid or not, and keeps every frame that
 * comes. The other end of `http2-client.ts`, whose reading and writing it shares.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { Setting } from '../../src/http/http2/frame-writer.ts';
import { PREFACE } from '../../src/http/http2/preface.ts';
import { type Answer, type Fields, Http2Client } from './http2-client.ts';
import { Wire } from './wire.ts';

/** Serves one request, whose head is here; what follows of it comes to `request` by and by. */
export type Http2Responder = (peer: Http2Client, streamId: number, request: Answer) => unknown;

/** Serves one connection once its preface has come, in place of all that is usual. */
export type Http2Script = (peer: Http2Client) => unknown;

export interface Http2OriginOptions {
  readonly settings?: readonly Setting[];
  /** Null or left out for plain TCP. */
  readonly tls?: TlsOptions | null;
}

const OK: Fields = [[':status', '200']];

export class Http2Origin {
  /** The connections since the start whose preface has come. */
  readonly peers: Http2Client[] = [];
  /** Requests since the last change of what is done with them. */
  readonly requests: Answer[] = [];
  settings: readonly Setting[];
  /** PROXY headers in front of the prefaces; null where none are expected. */
  proxyHeaders: string[] | null = null;
  readonly #server: Server;
  readonly #wires: Wire[] = [];
  #responder: Http2Responder = answerWith('hello');
  #script: Http2Script | null = null;

  private constructor({ settings = [], tls = null }: Http2OriginOptions) {
    this.settings = settings;
    this.#server =
      tls === null
        ? createServer({ noDelay: true }, (socket) => this.#serve(socket))
        : createTlsServer({ ALPNProtocols: ['h2'], ...tls }, (socket) => this.#serve(socket));
    this.#server.on('tlsClientError', () => undefined);
  }

  static async start(options: Http2OriginOptions = {}): Promise<Http2Origin> {
    const origin = new Http2Origin(options);
    const listening = Promise.withResolvers<void>();
    origin.#server.listen(0, '127.0.0.1', () => listening.resolve());
    await listening.promise;
    return origin;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get openConnections(): number {
    return this.#wires.filter(({ ended }) => !ended).length;
  }

  /** From now on requests are served so, also on open connections. */
  respond(responder: Http2Responder): void {
    this.#responder = responder;
    this.#script = null;
    this.requests.length = 0;
  }

  /** From now on new connections are served so; those that are open end. */
  play(script: Http2Script): void {
    this.endAll();
    this.#script = script;
    this.requests.length = 0;
  }

  endAll(): void {
    for (const wire of this.#wires.splice(0)) wire.close();
  }

  async close(): Promise<void> {
    const closed = Promise.withResolvers<void>();
    this.#server.close(() => closed.resolve());
    this.endAll();
    await closed.promise;
  }

  #serve(socket: Socket): void {
    const wire = new Wire(socket);
    this.#wires.push(wire);
    this.#converse(wire).catch(() => wire.close());
  }

  async #converse(wire: Wire): Promise<void> {
    this.proxyHeaders?.push(await wire.readUntil('\r\n'));
    await wire.readBytes(PREFACE.length);
    const peer = new Http2Client(wire);
    this.peers.push(peer);
    if (this.#script !== null) {
      await this.#script(peer);
      return;
    }
    peer.settings(this.settings);
    for (let id = 1; ; id += 2) {
      const request = await peer.when(`request on stream ${id}`, () => peer.answers.get(id) ?? null, null);
      this.requests.push(request);
      // What is said at once arrives at once.
      wire.socket.cork();
      Promise.resolve(this.#responder(peer, id, request)).catch(() => wire.close());
      wire.socket.uncork();
    }
  }
}

/** Answers with a head and a body in one read. */
export function answerWith(body: string, fields: Fields = OK): Http2Responder {
  return (peer, id) => {
    peer.headers(id, fields, false);
    peer.data(id, body, true);
  };
}

/** The value of a field of a request or an answer, or null. */
export function fieldOf({ fields }: Pick<Answer, 'fields'>, name: string): string | null {
  return fields.find(([one]) => one === name)?.[1] ?? null;
}
