/**
 * Everything a connection takes from the limits of the node, taken and given back in one place.
 *
 * A connection holds a unit of the node's connections, one of its client's unless the client is exempt, and during
 * the TLS handshake one of the node's handshakes. Each is recorded in the worker's ledger, and given back by
 * striking it out there first: closing twice, closing during the handshake, or clearing up after a dead worker
 * gives back exactly what is still held.
 */
import type { ClientLimits } from './client-limits.ts';
import type { ClientTable } from './client-table.ts';
import type { ConnectionCounts } from './connection-count.ts';
import { CLIENT_UNIT, CONNECTION_UNIT, type ConnectionLedger, HANDSHAKE_UNIT } from './connection-ledger.ts';
import { type AddressWords, createAddressWords } from './ip.ts';

/** Refusal of `open` beside those of the client table: all connections of the node, or the ledger, are in use. */
export const GLOBAL_LIMIT = -3;

export class ConnectionUnits {
  readonly #counts: ConnectionCounts;
  readonly #clients: ClientTable;
  readonly #ledger: ConnectionLedger;
  readonly #clientKey: AddressWords = createAddressWords();

  constructor(counts: ConnectionCounts, clients: ClientTable, ledger: ConnectionLedger) {
    this.#counts = counts;
    this.#clients = clients;
    this.#ledger = ledger;
  }

  /**
   * Takes what a new connection needs and returns its handle; or GLOBAL_LIMIT, CONNECTION_LIMIT or
   * CONNECTION_RATE, all negative, and then nothing is held. Limits of null exempt the client from its own.
   */
  open(words: AddressWords, nowMs: number, limits: ClientLimits | null, connectionsMax: number): number {
    const handle = this.#ledger.open();
    if (handle < 0) return GLOBAL_LIMIT;
    if (!this.#counts.connections.tryAcquire(connectionsMax)) {
      this.#ledger.close(handle);
      return GLOBAL_LIMIT;
    }
    this.#ledger.hold(handle, CONNECTION_UNIT);
    if (limits === null) return handle;
    const clientSlot = this.#clients.admitConnection(words, nowMs, limits);
    if (clientSlot < 0) {
      this.close(handle);
      return clientSlot;
    }
    this.#ledger.holdClient(handle, clientSlot, words);
    return handle;
  }

  /** Whether another connection would find a unit, and one for its handshake; null where it needs none. */
  hasRoom(connectionsMax: number, handshakesMax: number | null): boolean {
    const { connections, handshakes } = this.#counts;
    if (connections.value() >= connectionsMax) return false;
    return handshakesMax === null || handshakes.value() < handshakesMax;
  }

  /** Takes a handshake unit for an open connection that has none; false where all are in use. */
  beginHandshake(handle: number, handshakesMax: number): boolean {
    if (!this.#counts.handshakes.tryAcquire(handshakesMax)) return false;
    if (this.#ledger.hold(handle, HANDSHAKE_UNIT)) return true;
    this.#counts.handshakes.release();
    return false;
  }

  /** Gives the handshake unit back; harmless where none is held. */
  endHandshake(handle: number): void {
    if (this.#ledger.drop(handle, HANDSHAKE_UNIT)) this.#counts.handshakes.release();
  }

  /** Gives back all that the connection holds; false where it was closed before. */
  close(handle: number): boolean {
    const ledger = this.#ledger;
    this.endHandshake(handle);
    if (ledger.drop(handle, CLIENT_UNIT)) {
      ledger.clientKeyInto(handle, this.#clientKey);
      this.#clients.releaseConnection(ledger.clientSlot(handle), this.#clientKey);
    }
    if (ledger.drop(handle, CONNECTION_UNIT)) this.#counts.connections.release();
    return ledger.close(handle);
  }

  /** Gives back all that a dead worker held. Call it on the worker's ledger, once the worker has ended. */
  closeAll(): void {
    this.#ledger.drainInto((units, clientSlot, clientKey) => {
      if ((units & HANDSHAKE_UNIT) !== 0) this.#counts.handshakes.release();
      if ((units & CLIENT_UNIT) !== 0) this.#clients.releaseConnection(clientSlot, clientKey);
      if ((units & CONNECTION_UNIT) !== 0) this.#counts.connections.release();
    });
  }
}
