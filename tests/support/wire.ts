/**
 * One end of a connection, octet by octet: what is written is exactly what is given, what arrives is kept until
 * it is read. Clients and origins of the end-to-end tests are made of it.
 */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { PATIENCE_MS } from './until.ts';

export interface WireTarget {
  readonly host: string;
  readonly port: number;
  /** Local address, which is who the client is to the node; the system's choice where left out. */
  readonly from?: string;
  readonly fromPort?: number;
}

export class Wire {
  readonly socket: Socket;
  /** Octets that have arrived, read or not. */
  receivedBytes = 0;
  /** The error that ended the connection, if one did. */
  error: NodeJS.ErrnoException | null = null;
  #pending: Buffer = Buffer.alloc(0);
  #ended = false;
  #closed = false;
  readonly #waiting = new Set<() => void>();
  /** What carries the connection: the socket itself, or the one below TLS. */
  readonly #raw: Socket;

  constructor(socket: Socket, raw: Socket = socket) {
    this.socket = socket;
    this.#raw = raw;
    socket.on('data', (chunk: Buffer) => {
      this.receivedBytes += chunk.length;
      this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
      this.#changed();
    });
    socket.on('end', () => {
      this.#ended = true;
      this.#changed();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error;
    });
    socket.on('close', () => {
      this.#ended = true;
      this.#closed = true;
      this.#changed();
    });
  }

  /** Connects by plain TCP; the connection may be closed by the other side at any time from then on. */
  static async tcp(target: WireTarget): Promise<Wire> {
    const wire = new Wire(connect(socketOptions(target)));
    await wire.#opened('connect');
    return wire;
  }

  /** Connects and does a TLS handshake; rejects where that fails. */
  static async tls(target: WireTarget): Promise<Wire> {
    return await (await Wire.tcp(target)).secure();
  }

  /** Does a TLS handshake on a plain connection; from then on only the secured one is used. */
  async secure(): Promise<Wire> {
    const { socket: raw } = this;
    raw.removeAllListeners('data');
    const socket = connectTls({ socket: raw, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
    const wire = new Wire(socket, raw);
    await wire.#opened('secureConnect');
    return wire;
  }

  /** What has arrived and has not been read, as text of octets. */
  get pending(): string {
    return this.#pending.toString('latin1');
  }

  /** Whether the other side has ended its direction, or the connection is gone. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether the connection was reset rather than closed. */
  get wasReset(): boolean {
    return this.error?.code === 'ECONNRESET' || this.error?.code === 'EPIPE';
  }

  /** Writes octets; texts are latin-1. False where the other side reads too slowly. */
  write(octets: string | Buffer): boolean {
    return typeof octets === 'string' ? this.socket.write(octets, 'latin1') : this.socket.write(octets);
  }

  /** Writes a text in pieces of `size` octets, each in a packet of its own as far as the system lets it. */
  async writePieces(octets: string, size: number): Promise<void> {
    for (let at = 0; at < octets.length; at += size) {
      const written = Promise.withResolvers<void>();
      this.socket.write(octets.slice(at, at + size), 'latin1', () => written.resolve());
      await written.promise;
    }
  }

  /** Reads up to and with `marker`. */
  async readUntil(marker: string): Promise<string> {
    const end = await this.#when(`"${marker}"`, () => {
      const at = this.#pending.indexOf(marker, 0, 'latin1');
      return at === -1 ? null : at + marker.length;
    });
    return this.#take(end).toString('latin1');
  }

  /** Reads exactly `length` octets. */
  async readBytes(length: number): Promise<Buffer> {
    await this.#when(`${length} octets`, () => (this.#pending.length >= length ? length : null));
    return this.#take(length);
  }

  /** Reads until the other side ends. */
  async readToEnd(patienceMs: number = PATIENCE_MS): Promise<Buffer> {
    await this.#when('end', () => (this.#ended ? true : null), patienceMs);
    return this.#take(this.#pending.length);
  }

  /** Resolves when the other side has ended its direction or reset the connection; what arrived stays readable. */
  async untilEnd(patienceMs: number = PATIENCE_MS): Promise<void> {
    await this.#when('end', () => (this.#ended ? true : null), patienceMs);
  }

  /** True once something can be read, false where the connection ended before. */
  async hasMore(): Promise<boolean> {
    return await this.#when('octet', () => (this.#pending.length > 0 ? true : this.#ended ? false : null));
  }

  /** Ends the own direction; the other side may still send. */
  end(): void {
    this.socket.end();
  }

  /** Ends the connection at once with a reset. */
  reset(): void {
    this.#raw.resetAndDestroy();
    this.socket.destroy();
  }

  /** Closes at once. */
  close(): void {
    this.socket.destroy();
    this.#raw.destroy();
  }

  /** Resolves once the own socket is gone. */
  async untilClosed(patienceMs: number = PATIENCE_MS): Promise<void> {
    await this.#when('close', () => (this.#closed ? true : null), patienceMs);
  }

  #take(length: number): Buffer {
    const taken = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    return taken;
  }

  #changed(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Waits for a reading that is not null; rejects at the deadline, or once nothing more can come. */
  async #when<T>(what: string, read: () => T | null, patienceMs: number = PATIENCE_MS): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const look = (): void => {
      const value = read();
      if (value !== null) resolve(value);
      else if (this.#closed) reject(new Error(`The connection ended before ${what}; ${this.#describe()}`));
    };
    const timer = setTimeout(() => {
      reject(new Error(`No ${what} in ${patienceMs} ms; ${this.#describe()}`));
    }, patienceMs);
    this.#waiting.add(look);
    look();
    return await promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(look);
    });
  }

  #describe(): string {
    const shown = JSON.stringify(this.pending.slice(0, 300));
    return `unread: ${shown}, error: ${this.error?.code ?? 'none'}`;
  }

  #opened(event: 'connect' | 'secureConnect'): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.socket.once(event, () => resolve());
    this.socket.once('close', () => {
      reject(this.error ?? new Error(`The connection closed before ${event}`));
    });
    return promise;
  }
}

function socketOptions({ host, port, from, fromPort }: WireTarget): {
  readonly host: string;
  readonly port: number;
  readonly noDelay: true;
  readonly localAddress?: string;
  readonly localPort?: number;
} {
  return {
    host,
    port,
    noDelay: true,
    ...(from === undefined ? {} : { localAddress: from }),
    ...(fromPort === undefined ? {} : { localPort: fromPort }),
  };
}
