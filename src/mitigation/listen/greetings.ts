/**
 * Connections whose first octets are awaited, because they decide what comes next:
 *
 *   [PROXY header of a listed sender] -> ClientHello -> TLS
 *   [PROXY header of a listed sender] -> preface of HTTP/2, or anything else -> HTTP
 *
 * Octets are looked at once and given on untouched, but for the PROXY header. One deadline covers all of it and the
 * handshake behind it. What is neither is refused: with an alert, with 400 where somebody speaks plain HTTP to the
 * TLS port, or without a word.
 */
import type { Socket } from 'node:net';
import type { Reason } from '../../core/reasons.ts';
import { prefaceMatch } from '../../http/http2/preface.ts';
import { DECODE_ERROR, fatalAlert, ILLEGAL_PARAMETER } from '../../tls/alert.ts';
import type { ClientHello } from '../../tls/client-hello.ts';
import { HelloReader, type HelloReaderFault } from '../../tls/hello-reader.ts';
import type { Client } from '../client.ts';
import type { TrafficContext } from '../traffic-context.ts';
import type { Admission, Ticket } from './admission.ts';
import type { HelloJudgement } from './judge-hello.ts';
import { parseProxyHeader } from './proxy-header.ts';

/** What follows on the first octets. */
export interface GreetingEnd {
  /** Whether a connection without TLS may begin with the preface of HTTP/2. */
  readonly speaksHttp2: boolean;
  judgeHello(hello: ClientHello, ticket: Ticket): HelloJudgement;
  /** From here on the callee has the socket, which is paused, and the ticket; `octets` are all that has come. */
  helloAccepted(raw: Socket, ticket: Ticket, accepted: AcceptedHello, octets: Buffer): void;
  /** The same for a connection without TLS. */
  plainReady(raw: Socket, ticket: Ticket, http2: boolean, octets: Buffer): void;
}

export interface AcceptedHello {
  readonly hello: ClientHello;
  readonly judgement: Exclude<HelloJudgement, { readonly kind: 'refuse' }>;
}

/** How long a refused client may take to read why. */
const LINGER_MS = 1000;
/** How long a silent connection may still bring a request once the node drains. */
const DRAIN_IDLE_MS = 1000;

/** In the second turn behind its own, what a connection has sent at once has been read. */
const TURNS_TO_SPEAK = 2;
/** Those that may not be dropped are few. */
const OLDEST_LOOKED_AT = 32;

const NOTHING: Buffer = Buffer.alloc(0);

export class Greetings {
  readonly #context: TrafficContext;
  readonly #admission: Admission;
  readonly #secure: boolean;
  readonly #end: GreetingEnd;
  readonly #open = new Set<Greeting>();
  #turn = 0;
  #turnAwaited = false;

  constructor(context: TrafficContext, admission: Admission, secure: boolean, end: GreetingEnd) {
    this.#context = context;
    this.#admission = admission;
    this.#secure = secure;
    this.#end = end;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Waits for the first octets of an admitted connection. */
  start(raw: Socket, ticket: Ticket): void {
    const greeting: Greeting = {
      raw,
      ticket,
      deadlineMs: ticket.deadlineMs,
      turn: this.#turn,
      refused: false,
      reader: this.#secure ? new HelloReader() : null,
      collected: NOTHING,
      onData: (piece) => this.#guard(greeting, piece),
      onClose: () => this.#closed(greeting),
    };
    this.#open.add(greeting);
    // A client that ends its side before it has said enough has gone.
    raw.allowHalfOpen = false;
    raw.on('data', greeting.onData);
    raw.on('close', greeting.onClose);
  }

  /** Ends waits that have lasted too long; called a few times a second. */
  sweep(nowMs: number): void {
    this.#turn += 1;
    for (const greeting of this.#open) {
      if (greeting.deadlineMs > nowMs) continue;
      if (this.#secure && !greeting.refused) this.#count(greeting, 'handshake_timeout');
      greeting.refused = true;
      greeting.raw.destroy();
      this.#closed(greeting);
    }
  }

  /** Ends the connection that has said too little for longest, to make room; false where there is none. */
  dropOldest(): boolean {
    this.#countTurn();
    let looked = 0;
    for (const greeting of this.#open) {
      if (++looked > OLDEST_LOOKED_AT || this.#turn - greeting.turn < TURNS_TO_SPEAK) return false;
      const { client, expectsHeader } = greeting.ticket;
      if (expectsHeader || client.exempt) continue;
      if (!greeting.refused) this.#count(greeting, this.#secure ? 'handshake_limit' : 'global_limit');
      greeting.refused = true;
      greeting.raw.destroy();
      this.#closed(greeting);
      return true;
    }
    return false;
  }

  /** Ends the connections of the clients that `isUnwanted` says; senders of PROXY headers are no clients. */
  endClients(isUnwanted: (client: Client) => boolean): void {
    for (const { raw, ticket } of this.#open) {
      if (!ticket.expectsHeader && isUnwanted(ticket.client)) raw.destroy();
    }
  }

  /** Handshakes under way go on; on a plain listener, silence is not waited for much longer. */
  drain(): void {
    const latestMs = this.#context.clock.nowMs() + DRAIN_IDLE_MS;
    if (this.#secure) return;
    for (const greeting of this.#open) greeting.deadlineMs = Math.min(greeting.deadlineMs, latestMs);
  }

  /** Counts the turns of the event loop while somebody wants to know; else only those that sweep. */
  #countTurn(): void {
    if (this.#turnAwaited) return;
    this.#turnAwaited = true;
    setImmediate(() => {
      this.#turnAwaited = false;
      this.#turn += 1;
    });
  }

  #guard(greeting: Greeting, piece: Buffer): void {
    this.#context.clock.tick();
    try {
      this.#read(greeting, piece);
    } catch (error) {
      this.#context.observer.unexpected(error);
      this.#open.delete(greeting);
      // Whoever had it by now gives it back once more, which does nothing.
      this.#admission.release(greeting.ticket);
      greeting.raw.destroy();
    }
  }

  #read(greeting: Greeting, piece: Buffer): void {
    if (greeting.refused) return;
    const rest = greeting.ticket.expectsHeader ? this.#readProxyHeader(greeting, piece) : piece;
    if (rest === null) return;
    if (greeting.reader !== null) this.#readHello(greeting, greeting.reader, rest);
    else this.#readPreface(greeting, rest);
  }

  /** What stands behind the header, or null while there is none. */
  #readProxyHeader(greeting: Greeting, piece: Buffer): Buffer | null {
    const bytes = collect(greeting, piece);
    const header = parseProxyHeader(bytes);
    if (header.kind === 'more') return null;
    if (header.kind === 'fault') {
      this.#refuse(greeting, 'proxy_header', NOTHING);
      return null;
    }
    const ticket = this.#admission.admitProxied(greeting.ticket, header.peer);
    if (typeof ticket === 'string') {
      this.#context.observer.connectionRefused(ticket, header.peer?.address ?? '');
      this.#open.delete(greeting);
      greeting.raw.destroy();
      return null;
    }
    greeting.ticket = ticket;
    greeting.collected = NOTHING;
    return bytes.subarray(header.length);
  }

  #readHello(greeting: Greeting, reader: HelloReader, piece: Buffer): void {
    if (piece.length === 0) return;
    const reading = reader.push(piece);
    if (reading.kind === 'more') return;
    if (reading.kind === 'fault') {
      const isHttp = reading.fault === 'not_tls' && looksLikeHttp(reader.octets());
      this.#refuse(greeting, reasonOf(reading.fault), isHttp ? PLAIN_HTTP_ANSWER : answerTo(reading.fault));
      return;
    }
    const { hello } = reading;
    const judgement = this.#end.judgeHello(hello, greeting.ticket);
    if (judgement.kind === 'refuse') {
      const { reason, alert } = judgement;
      this.#refuse(greeting, reason, alert === null ? NOTHING : fatalAlert(alert));
      return;
    }
    this.#giveOn(greeting);
    this.#end.helloAccepted(greeting.raw, greeting.ticket, { hello, judgement }, reader.octets());
  }

  #readPreface(greeting: Greeting, piece: Buffer): void {
    const octets = collect(greeting, piece);
    const match = this.#end.speaksHttp2 ? prefaceMatch(octets, 0, octets.length) : 'mismatch';
    if (match === 'more') return;
    this.#giveOn(greeting);
    greeting.raw.allowHalfOpen = true;
    this.#end.plainReady(greeting.raw, greeting.ticket, match === 'match', octets);
  }

  #giveOn(greeting: Greeting): void {
    const { raw, onData, onClose } = greeting;
    this.#open.delete(greeting);
    raw.off('data', onData);
    raw.off('close', onClose);
    raw.pause();
  }

  #refuse(greeting: Greeting, reason: Reason, answer: Buffer): void {
    const { raw } = greeting;
    this.#count(greeting, reason);
    greeting.refused = true;
    this.#admission.handshakeEnded(greeting.ticket);
    if (answer.length === 0) {
      raw.destroy();
      return;
    }
    greeting.deadlineMs = Math.min(greeting.deadlineMs, this.#context.clock.nowMs() + LINGER_MS);
    // What still comes is read and dropped: a reset would take the answer away.
    raw.resume();
    raw.end(answer);
  }

  #closed(greeting: Greeting): void {
    if (!this.#open.delete(greeting)) return;
    if (this.#secure && !greeting.refused) this.#count(greeting, 'handshake_failed');
    this.#admission.release(greeting.ticket);
  }

  #count({ ticket }: Greeting, reason: Reason): void {
    if (this.#secure) this.#context.observer.handshakeFailed(reason);
    else this.#context.observer.connectionRefused(reason, ticket.client.address);
  }
}

/** One connection that has not said enough yet. */
interface Greeting {
  readonly raw: Socket;
  ticket: Ticket;
  deadlineMs: number;
  /** When it began, in turns. */
  readonly turn: number;
  refused: boolean;
  /** Null without TLS. */
  readonly reader: HelloReader | null;
  /** Octets of a header or preface that is cut: a few hundred as a rule, so that putting them together is cheap. */
  collected: Buffer;
  readonly onData: (piece: Buffer) => void;
  readonly onClose: () => void;
}

function collect(greeting: Greeting, piece: Buffer): Buffer {
  const { collected } = greeting;
  greeting.collected = collected.length === 0 ? piece : Buffer.concat([collected, piece]);
  return greeting.collected;
}

const PLAIN_HTTP_TEXT = 'This port speaks HTTPS.\n';
const PLAIN_HTTP_ANSWER: Buffer = Buffer.from(
  'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n' +
    `Content-Length: ${PLAIN_HTTP_TEXT.length}\r\n\r\n${PLAIN_HTTP_TEXT}`,
  'latin1',
);

/** A method begins with a letter; no record of TLS does. */
function looksLikeHttp(octets: Buffer): boolean {
  const first = octets[0] ?? 0;
  return first >= 0x41 && first <= 0x5a;
}

function reasonOf(fault: HelloReaderFault): Reason {
  return fault === 'not_tls' ? 'not_tls' : 'handshake_failed';
}

function answerTo(fault: HelloReaderFault): Buffer {
  if (fault === 'not_tls') return NOTHING;
  return fatalAlert(fault === 'repeated' ? ILLEGAL_PARAMETER : DECODE_ERROR);
}
