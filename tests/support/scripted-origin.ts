/**
 * An origin that does what a test tells it, octet by octet, and remembers every octet that reached it.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { type Request, readRequest, responseText } from './messages.ts';
import { Wire } from './wire.ts';

/** Answers one request that has been read to its end; ending the wire is its own business. */
export type Responder = (request: Request, wire: Wire) => string | Promise<void>;

/** Serves one connection octet by octet, for origins that are to misbehave. */
export type OriginScript = (wire: Wire) => Promise<void>;

export class ScriptedOrigin {
  /** Every connection since the start. */
  readonly wires: Wire[] = [];
  /** Requests that were read to their end, in their order; those of a script are not among them. */
  readonly requests: Request[] = [];
  /** What went wrong while a connection was open. */
  readonly faults: unknown[] = [];
  readonly #server: Server;
  readonly #pieces: Buffer[] = [];
  #responder: Responder = () => responseText('hello');
  #script: OriginScript | null = null;

  private constructor(tls: TlsOptions | null) {
    const options = { noDelay: true, allowHalfOpen: true };
    this.#server =
      tls === null
        ? createServer(options, (socket) => this.#serve(socket))
        : createTlsServer({ ...options, ...tls }, (socket) => this.#serve(socket));
    // A client that breaks its handshake off is what some tests are about.
    this.#server.on('tlsClientError', () => undefined);
  }

  /** @param tls null for plain TCP */
  static async start(tls: TlsOptions | null = null): Promise<ScriptedOrigin> {
    const origin = new ScriptedOrigin(tls);
    const listening = Promise.withResolvers<void>();
    origin.#server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => listening.resolve());
    await listening.promise;
    return origin;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Everything that has reached the origin, over all connections. */
  get received(): string {
    return Buffer.concat(this.#pieces).toString('latin1');
  }

  /** Connections that are open now. */
  get openWires(): number {
    return this.wires.filter((wire) => !wire.ended).length;
  }

  /** From now on each request is answered so, also on open connections; forgets what was recorded. */
  respond(responder: Responder): void {
    this.#responder = responder;
    this.#script = null;
    this.forget();
  }

  /** From now on each new connection is served so; forgets what was recorded, and ends open connections. */
  play(script: OriginScript): void {
    for (const wire of this.wires) wire.close();
    this.#script = script;
    this.forget();
  }

  forget(): void {
    this.#pieces.length = 0;
    this.requests.length = 0;
  }

  /** Cuts all connections and frees the port. */
  async close(): Promise<void> {
    const closed = Promise.withResolvers<void>();
    this.#server.close(() => closed.resolve());
    for (const wire of this.wires) wire.close();
    await closed.promise;
    if (this.faults.length > 0) throw this.faults[0];
  }

  #serve(socket: Socket): void {
    const wire = new Wire(socket);
    socket.on('data', (piece: Buffer) => this.#pieces.push(piece));
    this.wires.push(wire);
    const served = this.#script === null ? this.#answerEach(wire) : this.#script(wire);
    served.catch((error: unknown) => {
      if (!wire.ended) this.faults.push(error);
      wire.close();
    });
  }

  async #answerEach(wire: Wire): Promise<void> {
    for (let request = await readRequest(wire); request !== null; request = await readRequest(wire)) {
      this.requests.push(request);
      const answer = this.#responder(request, wire);
      if (typeof answer === 'string') wire.write(answer);
      else await answer;
    }
    wire.end();
  }
}
