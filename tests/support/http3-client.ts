/**
 * An HTTP/3 client on the runtime's own QUIC, stream by stream: fields as a test says them, bodies in pieces, cancelling.
 *
 * Where the runtime has no QUIC there is no such client.
 */
import type { QuicSession, QuicStream } from 'node:quic';
import { loadQuic } from '../../src/mitigation/http3/quic-runtime.ts';
import { within } from './until.ts';

export type Http3Fields = Readonly<Record<string, string | readonly string[]>>;

export interface Http3Answer {
  status: number;
  fields: Record<string, string | string[] | undefined>;
  interim: number[];
  trailers: Record<string, string | string[] | undefined>;
  body: string;
  /** Whether the answer came to its end. */
  ended: boolean;
}

export interface Http3Target {
  readonly host: string;
  readonly port: number;
  readonly serverName?: string;
  /** Local address: who the client is to the node. */
  readonly from?: string;
}

export class Http3Client {
  readonly session: QuicSession;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly ended: Promise<void>;

  private constructor(session: QuicSession) {
    this.session = session;
    // The library's client puts some things off until the event loop turns for another reason.
    const turning = setInterval(() => undefined, TURN_MS);
    const ended = (): void => clearInterval(turning);
    this.ended = session.closed.then(ended, ended);
  }

  /** Resolves once the handshake is done; rejects where the node refuses it. */
  static async open({ host, port, serverName = 'localhost', from }: Http3Target): Promise<Http3Client> {
    const session = await loadQuic()!.connect(`${host}:${port}`, {
      alpn: 'h3',
      servername: serverName,
      verifyPeer: 'manual',
      endpoint: { address: `${from ?? '127.0.0.1'}:0` },
    });
    session.onerror = () => undefined;
    const client = new Http3Client(session);
    await within('handshake', session.opened);
    return client;
  }

  /** Begins a request and leaves its end open. */
  async begin(fields: Http3Fields = {}): Promise<Http3Exchange> {
    const stream = await this.session.createBidirectionalStream({ onheaders: () => undefined });
    return new Http3Exchange(stream, { ...PSEUDO, ...fields });
  }

  /** One request with its whole answer. */
  async request(fields: Http3Fields = {}, body: string | Buffer = ''): Promise<Http3Answer> {
    const exchange = await this.begin(fields);
    if (body.length > 0) await exchange.send(Buffer.from(body));
    exchange.end();
    return await exchange.answer();
  }

  async get(path: string, fields: Http3Fields = {}): Promise<Http3Answer> {
    return await this.request({ ':path': path, ...fields });
  }

  /** Says goodbye, so that the node need not wait for more. */
  close(): void {
    this.session.close().catch(() => undefined);
  }
}

const TURN_MS = 20;

const PSEUDO: Http3Fields = {
  ':method': 'GET',
  ':scheme': 'https',
  ':authority': 'example.org',
  ':path': '/',
};

const DRAIN = Symbol.for('Stream.drainableProtocol');

interface DrainableWriter {
  writeSync(chunk: Uint8Array): boolean;
  endSync(): number;
  [DRAIN](): Promise<boolean> | null;
}

export class Http3Exchange {
  /** Resolves when both directions have ended; trailers are there by then. */
  readonly closed: Promise<void>;
  readonly #stream: QuicStream;
  readonly #answer: Http3Answer = {
    status: 0,
    fields: {},
    interim: [],
    trailers: {},
    body: '',
    ended: false,
  };
  #reading: Promise<void> | null = null;
  readonly #head = Promise.withResolvers<void>();

  constructor(stream: QuicStream, fields: Http3Fields) {
    const answer = this.#answer;
    this.#stream = stream;
    stream.onerror = () => undefined;
    stream.onheaders = (table) => {
      answer.status = Number(table[':status']);
      answer.fields = table;
      this.#head.resolve();
    };
    stream.oninfo = (table) => answer.interim.push(Number(table[':status']));
    stream.ontrailers = (table) => {
      answer.trailers = table;
    };
    this.closed = stream.closed.then(
      () => undefined,
      () => undefined,
    );
    stream.sendHeaders(fields as Record<string, string | string[]>);
  }

  /** Resolves once the octets have been taken, which waits for the node to take those before. */
  async send(bytes: Uint8Array): Promise<void> {
    const writer = this.#stream.writer as unknown as DrainableWriter;
    while (!writer.writeSync(bytes)) await within('room', writer[DRAIN]() ?? Promise.resolve(true));
  }

  end(trailers: Http3Fields | null = null): void {
    const stream = this.#stream;
    if (trailers !== null) {
      stream.onwanttrailers = () => stream.sendTrailers(trailers as Record<string, string | string[]>);
    }
    stream.writer.endSync();
  }

  /** The head of the answer has come. */
  async head(): Promise<Http3Answer> {
    await within('head of the answer', this.#head.promise);
    return this.#answer;
  }

  /** The answer, whole or broken off. */
  async answer(): Promise<Http3Answer> {
    this.#reading ??= this.#readAll();
    await within('answer', this.#reading);
    return this.#answer;
  }

  /** Wants no answer any more. */
  cancel(): void {
    const abandon = this.#stream as unknown as {
      stopSending(code: bigint): void;
      resetStream(code: bigint): void;
    };
    abandon.stopSending(REQUEST_CANCELLED);
    if (!this.#stream.destroyed) this.#stream.destroy(undefined, { code: REQUEST_CANCELLED });
  }

  async #readAll(): Promise<void> {
    try {
      for await (const pieces of this.#stream) {
        for (const piece of pieces) this.#answer.body += Buffer.from(piece).toString('latin1');
      }
      this.#answer.ended = this.#answer.status !== 0;
    } catch {
      // Broken off: `ended` stays false.
    }
    // The head of an answer without a body may come behind its end.
    await Promise.race([this.closed, this.#head.promise]);
  }
}

const REQUEST_CANCELLED = 0x10cn;
