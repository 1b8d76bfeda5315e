/** HTTP/1.1 over one socket with as little in between as possible: the swarm shares its core with nothing it can avoid. */
import { connect, type Socket } from 'node:net';

export interface Place {
  readonly host: string;
  readonly port: number;
}

const HEAD_END = '\r\n\r\n';

function requestText(method: string, path: string, { host, port }: Place, body: string): string {
  const length =
    body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n${length}\r\n${body}`;
}

export interface PlainAnswer {
  readonly status: number;
  readonly body: string;
}

/** Calls one after the other over a connection that stays open. */
export class PlainCaller {
  readonly #place: Place;
  readonly #socket: Socket;
  #text = '';
  #waiting: ((answer: PlainAnswer) => void) | null = null;

  constructor(place: Place) {
    this.#place = place;
    this.#socket = connect({ ...place, noDelay: true });
    this.#socket.setEncoding('utf8');
    this.#socket.on('error', () => undefined);
    this.#socket.on('data', (text: string) => {
      this.#text += text;
      this.#take();
    });
  }

  call(method: string, path: string, body: unknown): Promise<PlainAnswer> {
    const { promise, resolve } = Promise.withResolvers<PlainAnswer>();
    this.#waiting = resolve;
    this.#socket.write(requestText(method, path, this.#place, body === null ? '' : JSON.stringify(body)));
    return promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(): void {
    const end = this.#text.indexOf(HEAD_END);
    if (end < 0) return;
    const head = this.#text.slice(0, end);
    const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    const from = end + HEAD_END.length;
    if (this.#text.length < from + length) return;
    const body = this.#text.slice(from, from + length);
    this.#text = this.#text.slice(from + length);
    const answered = this.#waiting;
    this.#waiting = null;
    answered?.({ status: Number(head.slice(9, 12)), body });
  }
}

/**
 * Reads the lines of a channel. They are JSON objects that no chunk of the transfer divides, so whatever begins otherwise
 * is the transfer's own.
 */
export function followLines(
  place: Place,
  path: string,
  onLine: (line: string) => void,
): { close(): void; bytes(): number } {
  const socket = connect({ ...place, noDelay: true });
  let rest = '';
  let bytes = 0;
  socket.setEncoding('utf8');
  socket.on('error', () => undefined);
  socket.on('data', (text: string) => {
    bytes += text.length;
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('{')) onLine(line);
  });
  socket.write(requestText('GET', path, place, ''));
  return { close: () => socket.destroy(), bytes: () => bytes };
}
