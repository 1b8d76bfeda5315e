/**
 * The open client connections of one worker, in an array without holes: cheap to sweep, and a connection
 * leaves by swapping places with the last one.
 */
import type { ConnectionFacts } from '../exchange/connection-facts.ts';

/** A client connection of any protocol, as its listener sees it. */
export interface OpenConnection {
  /** Position in the registry, which keeps it; -1 outside. */
  registryIndex: number;
  readonly facts: ConnectionFacts;
  /** Ends the connection at once. */
  destroy(): void;
  /** Ends waits that have lasted too long; called a few times a second. */
  sweep(nowMs: number): void;
  /** Finishes what is in progress and takes no more. */
  drain(): void;
}

export class ConnectionRegistry {
  readonly #connections: OpenConnection[] = [];

  get size(): number {
    return this.#connections.length;
  }

  add(connection: OpenConnection): void {
    connection.registryIndex = this.#connections.length;
    this.#connections.push(connection);
  }

  remove(connection: OpenConnection): void {
    const index = connection.registryIndex;
    if (index === -1) return;
    const last = this.#connections.pop()!;
    if (last !== connection) {
      this.#connections[index] = last;
      last.registryIndex = index;
    }
    connection.registryIndex = -1;
  }

  /** Calls `visit` with each; it may end the connection it is given, so the walk goes from the end. */
  each(visit: (connection: OpenConnection) => void): void {
    for (let i = this.#connections.length - 1; i >= 0; i--) {
      const connection = this.#connections[i];
      if (connection !== undefined) visit(connection);
    }
  }
}
