/**
 * An origin that does what a test tells it, octet by octet, and remembers every octet that reached it.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { type Request, readRequest, responseText } from './messages.ts';
import { Wire } from './wire.ts';

/** Serves one connection; what it throws once the connection is gone is nobody's fault. */
export type OriginScript = (wire: Wire, origin: ScriptedOrigin) => Promise<void>;

export class ScriptedOrigin {
  /** Every connection since the start. */
  readonly wires: Wire[] = [];
  /** Requests that `answerEach` has read, in their order. */
  readonly requests: Request[] = [];
  /** What went wrong in scripts while their connection was open. */
  readonly faults: unknown[] = [];
  readonly #server: Server;
  readonly #pieces: Buffer[] = [];
  #script: OriginScript;

  private constructor(script: OriginScript) {
    this.#script = script;
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.#serve(socket));
  }

  static async start(script: OriginScript = answerEach(() => responseText('hello'))): Promise<ScriptedOrigin> {
    const origin = new ScriptedOrigin(script);
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

  /** From now on new connections are served by another script. */
  play(script: OriginScript): void {
    this.#script = script;
  }

  /** Forgets what has been recorded. */
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
    this.#script(wire, this).catch((error: unknown) => {
      if (!wire.ended) this.faults.push(error);
      wire.close();
    });
  }
}

/** A script that answers request after request with the text that `answer` gives; null closes the connection. */
export function answerEach(answer: (request: Request) => string | null): OriginScript {
  return async (wire, origin) => {
    for (let request = await readRequest(wire); request !== null; request = await readRequest(wire)) {
      origin.requests.push(request);
      const text = answer(request);
      if (text === null) break;
      wire.write(text);
    }
    wire.end();
  };
}
