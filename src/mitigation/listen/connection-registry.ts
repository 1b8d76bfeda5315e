/**
 * The open client connections of one worker, in an array without holes: cheap to sweep, and a connection
 * leaves by swapping places with the last one.
 */
import type { ClientConnection } from '../http1/client-connection.ts';

export class ConnectionRegistry {
  readonly #connections: ClientConnection[] = [];

  get size(): number {
    return this.#connections.length;
  }

  add(connection: ClientConnection): void {
    connection.registryIndex = this.#connections.length;
    this.#connections.push(connection);
  }

  remove(connection: ClientConnection): void {
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
  each(visit: (connection: ClientConnection) => void): void {
    for (let i = this.#connections.length - 1; i >= 0; i--) {
      const connection = this.#connections[i];
      if (connection !== undefined) visit(connection);
    }
  }
}
