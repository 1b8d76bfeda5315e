/**
 * Whether a new connection may cost anything: decided from its address alone, before a single TLS byte.
 *
 *   lists -> bans -> all connections -> connections and their rate per client -> handshakes in progress
 *
 * What an admitted connection holds is recorded in this worker's ledger in shared memory, from which the main
 * thread gives it back should the worker die. `release` is safe on every path and works once.
 */
import { CONNECTION_LIMIT, CONNECTION_RATE } from '../../core/client-table.ts';
import type { ConnectionUnits } from '../../core/connection-units.ts';
import type { Reason } from '../../core/reasons.ts';
import type { Client } from '../client.ts';
import { isBanned } from '../pipeline/bans.ts';
import { createClient } from '../pipeline/forwarded-client.ts';
import { noteViolation } from '../pipeline/violations.ts';
import type { TrafficContext } from '../traffic-context.ts';

/** An admitted connection. */
export interface Ticket {
  readonly client: Client;
  /** Whether the peer is a listed proxy. */
  readonly trusted: boolean;
  /** What is held for the connection, by its handle in the ledger. */
  readonly handle: number;
  /** Monotonic time by which the handshake must be done. */
  readonly handshakeDeadlineMs: number;
}

export class Admission {
  readonly #context: TrafficContext;
  readonly #units: ConnectionUnits;
  readonly #secure: boolean;

  constructor(context: TrafficContext, units: ConnectionUnits, secure: boolean) {
    this.#context = context;
    this.#units = units;
    this.#secure = secure;
  }

  /** Decides about a connection from `address`: a ticket, or why not. */
  admit(address: string | undefined): Ticket | Reason {
    const { snapshot, clock, draining } = this.#context;
    if (draining) return 'draining';
    const client = address === undefined ? null : createClient(address, snapshot);
    if (client === null) return 'client_gone';
    const nowMs = clock.nowMs();
    if (!client.exempt) {
      if (snapshot.lists.decide(client.words) === 'deny') return 'manual_blacklist';
      if (isBanned(client, this.#context, nowMs)) return 'banned';
    }
    const trusted = snapshot.trustedProxies.longestMatch(client.words) !== -1;
    const { admission } = snapshot;
    // A trusted proxy carries many clients over few connections: those clients are limited by request.
    const limited = admission.limitsEnabled && !client.exempt && !trusted;
    const limits = limited ? admission.client : null;
    const handle = this.#units.open(client.key, nowMs, limits, admission.connectionsTotalMax);
    if (handle < 0) return this.#refuse(handle, client);
    if (this.#secure && !this.#units.beginHandshake(handle, admission.handshakesMax)) {
      this.#units.close(handle);
      return 'handshake_limit';
    }
    return { client, trusted, handle, handshakeDeadlineMs: nowMs + snapshot.handshakeTimeoutMs };
  }

  /** Whether the client was banned since it was admitted; the order to close its connections may be on its way. */
  isBanned({ client }: Ticket): boolean {
    return !client.exempt && isBanned(client, this.#context, this.#context.clock.nowMs());
  }

  /** The handshake is over, one way or the other. */
  handshakeEnded(ticket: Ticket): void {
    this.#units.endHandshake(ticket.handle);
  }

  /** Gives back all that the connection held. */
  release(ticket: Ticket): void {
    this.#units.close(ticket.handle);
  }

  #refuse(refusal: number, client: Client): Reason {
    if (refusal !== CONNECTION_LIMIT && refusal !== CONNECTION_RATE) return 'global_limit';
    const reason = refusal === CONNECTION_LIMIT ? 'connection_limit' : 'connection_rate';
    noteViolation(client, reason, this.#context);
    return reason;
  }
}
