/**
 * TLS on connections whose ClientHello has been read and accepted.
 *
 * No server listens: raw connections are handed to the one of their profile, so that nothing of TLS is spent on a
 * refused one. A secured socket finds its handshake by its addresses and ports, which no other open connection has.
 * A handshake that fails or takes too long ends the raw connection, and so does one whose place a newer connection
 * takes: its client has gone without a word and come again from the same port. Handshakes are begun at a pace, and one
 * that waits for its turn is as much under way as any other: counted, with the same deadline.
 */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Reason } from '../../core/reasons.ts';
import type { ClientDemands } from '../../tls/client-demands.ts';
import type { ClientHello } from '../../tls/client-hello.ts';
import { ja4Of } from '../../tls/ja4.ts';
import type { TlsPolicy, TlsProfile } from '../../tls/tls-policy.ts';
import type { Client } from '../client.ts';
import type { TrafficContext } from '../traffic-context.ts';
import type { Place } from '../turns/client-line.ts';
import { eventLoopTurns, type Turns } from '../turns/event-loop-turns.ts';
import { goesFirst, shareKey } from '../turns/line-peer.ts';
import type { Admission, Ticket } from './admission.ts';
import { clientCertificateLines } from './client-certificate.ts';
import type { AcceptedHello } from './greetings.ts';
import { HandshakePace } from './handshake-pace.ts';
import { type HelloJudgement, judgeHello } from './judge-hello.ts';
import type { SecuredPeer } from './peer-facts.ts';
import { type TlsServer, TlsServers } from './tls-servers.ts';

/** Whoever is called has the socket and the ticket from then on. */
export type OnSecured = (socket: TLSSocket, ticket: Ticket, peer: SecuredPeer) => void;

interface Handshake {
  readonly key: string;
  readonly raw: Socket;
  readonly ticket: Ticket;
  readonly accepted: AcceptedHello;
  readonly server: TlsServer;
  /** What was asked of clients when it began. */
  readonly demands: ClientDemands;
  /** What has been read of it. */
  readonly octets: Buffer;
  /** Where it waits, or has waited; null where it began at once. */
  place: Place<Handshake> | null;
  /** When it began, from when on it is for the client to go on; infinity until then. */
  owesSinceMs: number;
  /** Done, and only waiting for its end: a challenge. */
  answered: boolean;
  /** Whether the ticket has been given on or back. */
  over: boolean;
}

/** A banned client is not told anything. */
const BANNED: HelloJudgement = { kind: 'refuse', reason: 'banned', alert: null };
/** More than any round trip takes. */
const OWED_MS = 1000;
/** Those that may not be dropped are few at the beginning, where the oldest are. */
const OLDEST_LOOKED_AT = 32;

export class TlsTerminator {
  readonly #servers: TlsServers;
  readonly #context: TrafficContext;
  readonly #admission: Admission;
  readonly #handshakes = new Map<string, Handshake>();
  readonly #onSecured: OnSecured;
  readonly #pace: HandshakePace<Handshake>;

  constructor(
    policy: TlsPolicy,
    ticketKeys: Uint8Array | null,
    context: TrafficContext,
    admission: Admission,
    onSecured: OnSecured,
    turns: Turns = eventLoopTurns(() => context.clock.readMs()),
  ) {
    this.#context = context;
    this.#admission = admission;
    this.#onSecured = onSecured;
    this.#pace = new HandshakePace(turns, (handshake) => this.#begin(handshake));
    this.#servers = new TlsServers(policy, ticketKeys, (socket) => this.#secured(socket));
  }

  /** Handshakes under way, with those that wait for their turn. */
  get handshaking(): number {
    return this.#handshakes.size;
  }

  /** Another policy for handshakes from now on; open connections keep theirs. */
  use(policy: TlsPolicy): void {
    this.#servers.use(policy);
  }

  useProfiles(profiles: readonly TlsProfile[]): void {
    this.#servers.useProfiles(profiles);
  }

  useTicketKeys(keys: Uint8Array): void {
    this.#servers.useTicketKeys(keys);
  }

  judge(hello: ClientHello, { client }: Ticket): HelloJudgement {
    const { fingerprints } = this.#context.denied;
    // Most of the time no fingerprint is banned, and none is made.
    if (fingerprints.size > 0 && !client.exempt && fingerprints.has(ja4Of(hello))) return BANNED;
    return judgeHello(hello, this.#servers.rules, this.#context.challenges);
  }

  /** Does the handshake on a paused connection, of which `octets` have been read: at once, or as soon as it is its turn. */
  start(raw: Socket, ticket: Ticket, accepted: AcceptedHello, octets: Buffer): void {
    const { judgement } = accepted;
    const server =
      judgement.kind === 'challenge'
        ? this.#servers.forChallenge(judgement.certificate)
        : this.#servers.at(judgement.profile);
    const key = connectionKey(raw);
    this.#end(this.#handshakes.get(key), 'handshake_failed');
    const { clientDemands: demands } = this.#context;
    const state = {
      demands,
      octets,
      place: null,
      owesSinceMs: Number.POSITIVE_INFINITY,
      answered: false,
      over: false,
    };
    const handshake: Handshake = { key, raw, ticket, accepted, server, ...state };
    this.#handshakes.set(key, handshake);
    raw.on('close', () => this.#end(handshake, 'handshake_failed'));
    if (this.#pace.isFree) this.#pace.beginNow(handshake);
    else handshake.place = this.#wait(handshake);
  }

  /** Ends handshakes that take too long; called a few times a second. */
  sweep(nowMs: number): void {
    for (const handshake of this.#handshakes.values()) {
      if (handshake.ticket.deadlineMs <= nowMs) this.#end(handshake, 'handshake_timeout');
    }
  }

  /** Ends the handshake whose client has owed its next message for longest, to make room; false where there is none. */
  dropOldest(): boolean {
    const latestMs = this.#context.clock.nowMs() - OWED_MS;
    let looked = 0;
    for (const handshake of this.#handshakes.values()) {
      if (++looked > OLDEST_LOOKED_AT) return false;
      if (handshake.owesSinceMs > latestMs || handshake.ticket.client.exempt) continue;
      this.#end(handshake, 'handshake_limit');
      return true;
    }
    return false;
  }

  /** Ends the handshakes of the clients that `isUnwanted` says. */
  endClients(isUnwanted: (client: Client) => boolean): void {
    for (const { raw, ticket } of this.#handshakes.values()) {
      if (isUnwanted(ticket.client)) raw.destroy();
    }
  }

  #wait(handshake: Handshake): Place<Handshake> {
    const { ticket } = handshake;
    return this.#pace.wait(handshake, shareKey(ticket), goesFirst(ticket, this.#context));
  }

  #begin(handshake: Handshake): void {
    const { raw, server, octets } = handshake;
    handshake.owesSinceMs = this.#context.clock.nowMs();
    // Its 'close' is on the way and gives everything back.
    if (raw.destroyed) return;
    try {
      raw.unshift(octets);
      server.server.emit('connection', raw);
    } catch (error) {
      this.#context.observer.unexpected(error);
      this.#end(handshake, 'handshake_failed');
    }
  }

  #secured(socket: TLSSocket): void {
    this.#context.clock.tick();
    socket.allowHalfOpen = true;
    socket.on('error', () => socket.destroy());
    const handshake = this.#handshakes.get(connectionKey(socket));
    if (handshake === undefined) {
      socket.destroy();
      return;
    }
    try {
      this.#accept(socket, handshake);
    } catch (error) {
      this.#context.observer.unexpected(error);
      socket.destroy();
      this.#admission.release(handshake.ticket);
      this.#end(handshake, 'handshake_failed');
    }
  }

  #accept(socket: TLSSocket, handshake: Handshake): void {
    const { judgement, hello } = handshake.accepted;
    const { clientDemands } = this.#context;
    const outdated =
      judgement.kind === 'serve' && clientDemands.isNewFor(judgement.serverName, handshake.demands);
    const lines = clientCertificateLines(socket, handshake.server.clientCertificates);
    if (lines === null || outdated) {
      socket.destroy();
      this.#end(handshake, 'handshake_failed');
      return;
    }
    this.#admission.handshakeEnded(handshake.ticket);
    this.#context.observer.handshakeDone(socket.getProtocol(), socket.isSessionReused());
    if (judgement.kind === 'challenge') {
      handshake.answered = true;
      socket.end();
      return;
    }
    // From here on the secured socket's end counts, not the raw one's.
    this.#handshakes.delete(handshake.key);
    handshake.over = true;
    const { serverName } = judgement;
    this.#onSecured(socket, handshake.ticket, { hello, serverName, lines });
  }

  /** Ends a handshake that has not led to a connection; once, whoever notices first. */
  #end(handshake: Handshake | undefined, reason: Reason): void {
    if (handshake === undefined || handshake.over) return;
    handshake.over = true;
    if (handshake.place !== null) this.#pace.forget(handshake.place);
    if (this.#handshakes.get(handshake.key) === handshake) this.#handshakes.delete(handshake.key);
    if (!handshake.answered) this.#context.observer.handshakeFailed(reason);
    this.#admission.release(handshake.ticket);
    handshake.raw.destroy();
  }
}

/** What tells a connection from all others of this process, on the raw and on the secured socket alike. */
function connectionKey({ localAddress, remoteAddress, remotePort }: Socket): string {
  return `${localAddress}|${remoteAddress}|${remotePort}`;
}
