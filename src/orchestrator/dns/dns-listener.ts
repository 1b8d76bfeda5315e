/**
 * Takes questions over UDP and TCP (RFC 1035 section 4.2, RFC 7766).
 *
 * Bounds: so many TCP connections, of one address and in all, so many questions on each, so long until the next is whole;
 * UDP answers by network and second.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { ListenOptions } from '../options.ts';
import { type Asked, answerQuery, cutShort, QUERY_BYTES_MAX, type QueryContext } from './answer-query.ts';
import { wordsOf } from './client-subnet.ts';
import type { ResponseLimit } from './response-limit.ts';

export interface DnsListenerDeps {
  readonly context: QueryContext;
  readonly limit: ResponseLimit;
  readonly clock: Clock;
  /** One question more, by what became of it. */
  readonly count: (outcome: 'answered' | 'dropped') => void;
  /** How long a TCP connection may take for its next question, down to the last octet. */
  readonly questionMs?: number;
}

const CONNECTIONS_MAX = 128;
const CONNECTIONS_OF_ADDRESS_MAX = 16;
const QUESTIONS_MAX = 100;
const QUESTION_MS = 5000;
const LENGTH_BYTES = 2;

export class DnsListener {
  readonly port: number;
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #sockets: Set<Socket>;

  private constructor(udp: UdpSocket, tcp: Server, sockets: Set<Socket>) {
    this.#udp = udp;
    this.#tcp = tcp;
    this.#sockets = sockets;
    this.port = udp.address().port;
  }

  /** Listens over both transports at one port; the fault is a sentence. */
  static async open(
    { host, port }: ListenOptions,
    deps: DnsListenerDeps,
  ): Promise<Result<DnsListener, string>> {
    const udp = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    const sockets = new Set<Socket>();
    const tcp = createServer((socket) => serveStream(socket, sockets, deps));
    tcp.maxConnections = CONNECTIONS_MAX;
    try {
      udp.bind(port, host);
      await once(udp, 'listening');
      tcp.listen(udp.address().port, host);
      await once(tcp, 'listening');
    } catch (error) {
      udp.close();
      tcp.close();
      return fail(error instanceof Error ? error.message : String(error));
    }
    udp.on('error', () => undefined);
    tcp.on('error', () => undefined);
    udp.on('message', (octets, { address, port: from }) => {
      const answer = answerDatagram({ octets, from: address, stream: false }, deps);
      deps.count(answer === null ? 'dropped' : 'answered');
      if (answer !== null) udp.send(answer, from, address, () => undefined);
    });
    return ok(new DnsListener(udp, tcp, sockets));
  }

  close(): void {
    this.#udp.close();
    this.#tcp.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

function answerDatagram(asked: Asked, { context, limit, clock }: DnsListenerDeps): Buffer | null {
  const client = wordsOf(asked.from);
  if (client === null) return null;
  const leave = limit.take(client, clock.nowMs());
  if (leave === 'drop') return null;
  return leave === 'cut' ? cutShort(asked.octets) : answerQuery(asked, context);
}

function serveStream(
  socket: Socket,
  sockets: Set<Socket>,
  { context, count, questionMs = QUESTION_MS }: DnsListenerDeps,
): void {
  const { remoteAddress: from = '' } = socket;
  socket.on('error', () => socket.destroy());
  if ([...sockets].filter((other) => other.remoteAddress === from).length >= CONNECTIONS_OF_ADDRESS_MAX) {
    socket.destroy();
    return;
  }
  let rest: Buffer = Buffer.alloc(0);
  let questions = 0;
  sockets.add(socket);
  // Only a whole question gives more time: octets that come one by one hold no connection open.
  const deadline = setTimeout(() => socket.destroy(), questionMs);
  socket.on('close', () => {
    clearTimeout(deadline);
    sockets.delete(socket);
  });
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= LENGTH_BYTES) {
      const length = rest.readUInt16BE(0);
      if (length > QUERY_BYTES_MAX || questions >= QUESTIONS_MAX) {
        socket.destroy();
        return;
      }
      if (rest.length < LENGTH_BYTES + length) return;
      const octets = rest.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
      rest = rest.subarray(LENGTH_BYTES + length);
      questions += 1;
      deadline.refresh();
      const answer = answerQuery({ octets, from, stream: true }, context);
      count(answer === null ? 'dropped' : 'answered');
      if (answer === null) {
        socket.destroy();
        return;
      }
      socket.write(withLength(answer));
    }
  });
}

function withLength(answer: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt16BE(answer.length);
  return Buffer.concat([length, answer]);
}
