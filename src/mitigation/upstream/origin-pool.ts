/**
 * The keep-alive connections of one worker to the origin.
 *
 * The connection used last is used next, so that a quiet pool shrinks by itself. Open connections, waiting
 * exchanges and every wait are bounded; an exchange that cannot be served hears so in time.
 */
import { connect } from 'node:net';
import type { TurnClock } from '../turn-clock.ts';
import {
  OriginConnection,
  type OriginConnectionOwner,
  type OriginFault,
  type OriginListener,
} from './origin-connection.ts';

export interface OriginPoolOptions {
  readonly host: string;
  readonly port: number;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly queueTimeoutMs: number;
  readonly connectionsMax: number;
  readonly queueMax: number;
}

/** An exchange in need of a connection. */
export interface OriginClient extends OriginListener {
  onOrigin(connection: OriginConnection): void;
}

interface Waiting {
  readonly client: OriginClient;
  readonly deadlineMs: number;
}

/** How long a connection may have been idle to carry a request that must not be sent twice. */
const FRESH_MS = 1000;

export class OriginPool implements OriginConnectionOwner {
  #options: OriginPoolOptions;
  readonly #idle: OriginConnection[] = [];
  /** Connections on their way, each for one exchange; null where that has ended meanwhile. */
  readonly #connecting = new Map<OriginConnection, OriginClient | null>();
  #queue: Waiting[] = [];
  #open = 0;
  /** Rises when the address changes: connections of before finish what they do and end. */
  #generation = 0;
  readonly clock: TurnClock;
  readonly #reportUnexpected: (error: unknown) => void;

  constructor(options: OriginPoolOptions, clock: TurnClock, reportUnexpected: (error: unknown) => void) {
    this.#options = options;
    this.clock = clock;
    this.#reportUnexpected = reportUnexpected;
  }

  /** Connections in any state. */
  get open(): number {
    return this.#open;
  }

  /** New limits for what comes; a changed address retires the idle connections. */
  configure(options: OriginPoolOptions): void {
    const moved = options.host !== this.#options.host || options.port !== this.#options.port;
    this.#options = options;
    if (!moved) return;
    this.#generation++;
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  /**
   * Finds a connection for the exchange: `onOrigin` is called at once or later, or else `onOriginFault`.
   *
   * @param once the request must not be repeated, so a connection that may have gone stale will not do
   */
  acquire(client: OriginClient, once: boolean): void {
    const connection = this.#takeIdle(once);
    if (connection !== null) {
      connection.attach(client);
      client.onOrigin(connection);
    } else if (this.#open < this.#options.connectionsMax || this.#dropOldestIdle()) {
      this.#connect(client);
    } else if (this.#queue.length < this.#options.queueMax) {
      this.#queue.push({ client, deadlineMs: this.clock.nowMs() + this.#options.queueTimeoutMs });
    } else {
      client.onOriginFault('busy', false);
    }
  }

  /** Takes back a request for a connection, where the exchange has ended meanwhile. */
  cancel(client: OriginClient): void {
    const index = this.#queue.findIndex((waiting) => waiting.client === client);
    if (index !== -1) {
      this.#queue.splice(index, 1);
      return;
    }
    for (const [connection, waiting] of this.#connecting) {
      if (waiting !== client) continue;
      this.#connecting.set(connection, null);
      return;
    }
  }

  /** Ends what has waited or idled too long; called a few times a second. */
  sweep(nowMs: number): void {
    const idleBefore = nowMs - this.#options.idleTimeoutMs;
    while (this.#idle.length > 0 && this.#idle[0]!.idleSinceMs < idleBefore) this.#idle.shift()!.destroy();
    for (const connection of this.#connecting.keys()) {
      if (connection.connectDeadlineMs < nowMs) this.#failConnecting(connection, 'connect_timeout');
    }
    while (this.#queue.length > 0 && this.#queue[0]!.deadlineMs < nowMs) {
      this.#queue.shift()!.client.onOriginFault('busy', false);
    }
  }

  /** Closes what is idle; connections in use close when they are given back. */
  close(): void {
    this.#options = { ...this.#options, idleTimeoutMs: 0 };
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  onReady(connection: OriginConnection): void {
    const client = this.#connecting.get(connection) ?? null;
    this.#connecting.delete(connection);
    if (client === null) {
      this.onIdle(connection);
    } else if (connection.generation === this.#generation) {
      this.#hand(connection, client);
    } else {
      connection.destroy();
      this.#connect(client);
    }
  }

  onIdle(connection: OriginConnection): void {
    if (connection.generation !== this.#generation) {
      connection.destroy();
      return;
    }
    const waiting = this.#queue.shift();
    if (waiting !== undefined) {
      this.#hand(connection, waiting.client);
      return;
    }
    connection.idleSinceMs = this.clock.nowMs();
    if (this.#options.idleTimeoutMs === 0) connection.destroy();
    else this.#idle.push(connection);
  }

  onGone(connection: OriginConnection): void {
    this.#open--;
    const client = this.#connecting.get(connection);
    this.#connecting.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
    client?.onOriginFault('connect', false);
    this.#serveQueue();
  }

  onUnexpected(error: unknown): void {
    this.#reportUnexpected(error);
  }

  #hand(connection: OriginConnection, client: OriginClient): void {
    connection.attach(client);
    client.onOrigin(connection);
  }

  #takeIdle(once: boolean): OriginConnection | null {
    if (this.#idle.length === 0) return null;
    const last = this.#idle[this.#idle.length - 1]!;
    if (once && last.idleSinceMs < this.clock.nowMs() - FRESH_MS) return null;
    this.#idle.pop();
    return last;
  }

  /** Makes room for a new connection where all are idle but none is fresh enough. */
  #dropOldestIdle(): boolean {
    const oldest = this.#idle.shift();
    oldest?.destroy();
    return oldest !== undefined;
  }

  #connect(client: OriginClient): void {
    const { host, port, connectTimeoutMs } = this.#options;
    const socket = connect({ host, port, noDelay: true });
    this.#open++;
    const connection = new OriginConnection(socket, this);
    connection.generation = this.#generation;
    connection.connectDeadlineMs = this.clock.nowMs() + connectTimeoutMs;
    this.#connecting.set(connection, client);
  }

  #failConnecting(connection: OriginConnection, fault: OriginFault): void {
    const client = this.#connecting.get(connection);
    this.#connecting.delete(connection);
    connection.destroy();
    client?.onOriginFault(fault, false);
  }

  /** A place became free: the exchange that has waited longest gets it. */
  #serveQueue(): void {
    if (this.#queue.length === 0 || this.#open >= this.#options.connectionsMax) return;
    this.#connect(this.#queue.shift()!.client);
  }
}
