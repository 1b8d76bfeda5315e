/** The open client connections of one listener, each with the ticket that admission gave for it. */
import type { Client } from '../client.ts';
import type { ConnectionFacts } from '../exchange/connection-facts.ts';
import type { TrafficContext } from '../traffic-context.ts';
import type { Admission, Ticket } from './admission.ts';

/** A client connection of any protocol, as its listener sees it. */
export interface OpenConnection {
  readonly facts: ConnectionFacts;
  /** Ends the connection at once. */
  destroy(): void;
  /** Ends waits that have lasted too long; called a few times a second. */
  sweep(nowMs: number): void;
  /** Finishes what is in progress and takes no more; tunnels go on. */
  drain(): void;
  /** Says goodbye over WebSockets (RFC 6455 section 7.4.1: 1001) and ends them. */
  drainTunnels(): void;
}

/** Who has to hear of the end of a connection, once. */
export interface ConnectionEnd {
  connectionEnded(connection: OpenConnection): void;
}

export class ConnectionRegistry implements ConnectionEnd {
  readonly #context: TrafficContext;
  readonly #admission: Admission;
  readonly #tickets = new Map<OpenConnection, Ticket>();

  constructor(context: TrafficContext, admission: Admission) {
    this.#context = context;
    this.#admission = admission;
  }

  get size(): number {
    return this.#tickets.size;
  }

  add(connection: OpenConnection, ticket: Ticket): void {
    this.#tickets.set(connection, ticket);
    this.#context.observer.connectionOpened();
    if (this.#context.draining) connection.drain();
  }

  /** Gives back what the connection held; harmless where that was done before. */
  connectionEnded(connection: OpenConnection): void {
    const ticket = this.#tickets.get(connection);
    if (ticket === undefined) return;
    this.#tickets.delete(connection);
    this.#admission.release(ticket);
    this.#context.observer.connectionClosed();
  }

  /** Ends waits that have lasted too long; called a few times a second. */
  sweep(nowMs: number): void {
    this.each((connection) => connection.sweep(nowMs));
  }

  /** Ends all connections of the clients that `isUnwanted` says. */
  endClients(isUnwanted: (client: Client) => boolean): void {
    this.each((connection) => {
      if (isUnwanted(connection.facts.client)) connection.destroy();
    });
  }

  /** Calls `visit` with each, which may end it. */
  each(visit: (connection: OpenConnection) => void): void {
    for (const connection of this.#tickets.keys()) visit(connection);
  }
}
