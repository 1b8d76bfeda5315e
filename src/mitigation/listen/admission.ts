/**
 * Whether a new connection may cost anything: decided from its address alone, before a single TLS byte.
 *
 *   lists -> bans -> all connections -> connections and their rate per client -> handshakes in progress
 *
 * A sender of the PROXY protocol is let in by the node's own limits alone, and its connection is admitted once more
 * for the client that its header names. What an admitted connection holds is recorded in this worker's ledger in
 * shared memory, from which the main thread gives it back should the worker die. `release` is safe on every path and
 * works once.
 */
import type { ClientLimits } from '../../core/client-limits.ts';
import { CONNECTION_LIMIT, CONNECTION_RATE } from '../../core/client-table.ts';
import type { ConnectionUnits } from '../../core/connection-units.ts';
import type { Reason } from '../../core/reasons.ts';
import type { Client } from '../client.ts';
import { isBanned } from '../pipeline/bans.ts';
import { createClient } from '../pipeline/forwarded-client.ts';
import { refusalOfLists } from '../pipeline/list-refusal.ts';
import { noteViolation } from '../pipeline/violations.ts';
import type { Snapshot } from '../snapshot.ts';
import type { TrafficContext } from '../traffic-context.ts';
import { goesFirst } from '../turns/line-peer.ts';
import type { ProxiedPeer } from './proxy-header.ts';

/** An admitted connection. */
export interface Ticket {
  readonly client: Client;
  /** Whether the peer is a listed proxy. */
  readonly trusted: boolean;
  /** Whether the connection must begin with a PROXY header; the client is its sender until then. */
  readonly expectsHeader: boolean;
  /** What that header told, or null. */
  readonly proxied: ProxiedPeer | null;
  /** What is held for the connection, by its handle in the ledger. */
  readonly handle: number;
  /** Monotonic time by which the connection must be ready for a request. */
  readonly deadlineMs: number;
  /** What the client was judged by. */
  readonly snapshot: Snapshot;
}

/** The part of the handshakes that is for clients which are known as good: a flood of others does not lock them out. */
const RESERVED = 1 / 8;

export class Admission {
  readonly #context: TrafficContext;
  readonly #units: ConnectionUnits;
  readonly #secure: boolean;

  constructor(context: TrafficContext, units: ConnectionUnits, secure: boolean) {
    this.#context = context;
    this.#units = units;
    this.#secure = secure;
  }

  /** Whether the node's own limits leave room for the connection of a client that is not known. */
  get hasRoom(): boolean {
    const { connectionsTotalMax, handshakesMax } = this.#context.snapshot.admission;
    return this.#units.hasRoom(connectionsTotalMax, this.#secure ? forAll(handshakesMax) : null);
  }

  /** Decides about a connection from `address`: a ticket, or why not. */
  admit(address: string | undefined): Ticket | Reason {
    const { snapshot, clock, draining } = this.#context;
    if (draining) return 'draining';
    const client = address === undefined ? null : createClient(address, snapshot);
    if (client === null) return 'client_gone';
    const waitMs = this.#secure ? snapshot.handshakeTimeoutMs : snapshot.http.headerTimeoutMs;
    const deadlineMs = clock.nowMs() + waitMs;
    if (snapshot.proxySenders.longestMatch(client.words) === -1) return this.#admit(client, null, deadlineMs);
    const ticket = { client, trusted: false, expectsHeader: true, proxied: null, deadlineMs, snapshot };
    return this.#open(ticket, null);
  }

  /** Decides again, once a sender's header has told whom it speaks for; null where it speaks for itself. */
  admitProxied(sender: Ticket, proxied: ProxiedPeer | null): Ticket | Reason {
    this.release(sender);
    const client = proxied === null ? sender.client : createClient(proxied.address, this.#context.snapshot);
    return client === null ? 'proxy_header' : this.#admit(client, proxied, sender.deadlineMs);
  }

  /** The same ticket as the policy in force sees its client: that may be another one than when it was admitted. */
  current(ticket: Ticket): Ticket {
    const { snapshot } = this.#context;
    if (ticket.snapshot === snapshot) return ticket;
    const client = createClient(ticket.client.address, snapshot) ?? ticket.client;
    return { ...ticket, client, trusted: isTrusted(client, snapshot), snapshot };
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

  #admit(client: Client, proxied: ProxiedPeer | null, deadlineMs: number): Ticket | Reason {
    const { snapshot, clock } = this.#context;
    if (!client.exempt) {
      const listed = refusalOfLists(client.words, snapshot.lists);
      if (listed !== null) return listed;
      if (isBanned(client, this.#context, clock.nowMs())) return 'banned';
    }
    const trusted = isTrusted(client, snapshot);
    const { admission } = snapshot;
    // A trusted proxy carries many clients over few connections: those clients are limited by request.
    const limited = admission.limitsEnabled && !client.exempt && !trusted;
    const ticket = { client, trusted, expectsHeader: false, proxied, deadlineMs, snapshot };
    return this.#open(ticket, limited ? admission.client : null);
  }

  /** Takes what the connection needs; the ticket lacks nothing but its handle. */
  #open(ticket: Omit<Ticket, 'handle'>, limits: ClientLimits | null): Ticket | Reason {
    const { client } = ticket;
    const { connectionsTotalMax, handshakesMax } = this.#context.snapshot.admission;
    const handle = this.#units.open(client.key, this.#context.clock.nowMs(), limits, connectionsTotalMax);
    if (handle < 0) return this.#refuse(handle, client);
    if (this.#secure && !this.#units.beginHandshake(handle, this.#handshakesFor(client, handshakesMax))) {
      this.#units.close(handle);
      return 'handshake_limit';
    }
    return { ...ticket, handle };
  }

  #handshakesFor(client: Client, handshakesMax: number): number {
    return goesFirst({ client, trusted: false }, this.#context) ? handshakesMax : forAll(handshakesMax);
  }

  #refuse(refusal: number, client: Client): Reason {
    if (refusal !== CONNECTION_LIMIT && refusal !== CONNECTION_RATE) return 'global_limit';
    const reason = refusal === CONNECTION_LIMIT ? 'connection_limit' : 'connection_rate';
    noteViolation(client, reason, this.#context);
    return reason;
  }
}

/** Handshakes that clients may use whoever they are. */
function forAll(handshakesMax: number): number {
  return handshakesMax - Math.floor(handshakesMax * RESERVED);
}

/** Whether the client is a proxy whose word on others is taken. */
export function isTrusted({ words }: Client, { trustedProxies }: Snapshot): boolean {
  return trustedProxies.longestMatch(words) !== -1;
}
