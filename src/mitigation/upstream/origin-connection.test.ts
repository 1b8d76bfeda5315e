import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createSystemClock } from '../../core/clock.ts';
import { BODY_NONE } from '../../http/framing.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import type { OriginListener } from '../exchange/origin-stream.ts';
import { TurnClock } from '../turn-clock.ts';
import { OriginConnection } from './origin-connection.ts';
import type { OriginConnectionOwner } from './origin-connection-owner.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n';
const SHORT = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';

/** The origin's end of the connection, and what the node's end told its owner and its exchange. */
class Bench implements OriginConnectionOwner, OriginListener {
  readonly clock = new TurnClock(createSystemClock());
  readonly originId = 'origin';
  readonly method = 'GET';
  readonly takesTrailers = false;
  readonly told: string[] = [];
  onRun: () => void = () => undefined;
  #wake: (() => void) | null = null;

  onReady(): void {
    this.#tell('ready');
  }
  onAnswer(): void {
    // Told by `onResponse` as well.
  }
  onFailure(_connection: OriginConnection, fault: string): void {
    this.#tell(`failure ${fault}`);
  }
  onTunnel(): void {
    // The origin switches to nothing.
  }
  onIdle(): void {
    this.#tell('idle');
  }
  onGone(_connection: OriginConnection, use: string): void {
    this.#tell(`gone ${use}`);
  }
  onUnexpected(error: unknown): void {
    this.#tell(String(error));
  }
  onInterim({ status }: ResponseHead): void {
    this.#tell(String(status));
  }
  onResponse(head: ResponseHead, bytes: Buffer, start: number, end: number, done: boolean): void {
    this.#tell(String(head.status));
    this.onResponseData(bytes, start, end, done);
  }
  onResponseData(bytes: Buffer, start: number, end: number, done: boolean): void {
    this.onRun();
    this.#tell(`${bytes.toString('latin1', start, end)}${done ? '.' : ''}`);
  }
  onResponseTrailers(): void {
    this.#tell('trailers');
  }
  onTunnelData(): void {
    // As for `onTunnel`.
  }
  onTunnelEnd(): void {
    // As for `onTunnel`.
  }
  onOriginFault(fault: string, started: boolean): void {
    this.#tell(`${fault}${started ? ' within an answer' : ''}`);
  }
  onOriginDrain(): void {
    // The request is one small write.
  }

  /** Resolves as soon as something of that name has been told. */
  async until(what: string): Promise<void> {
    while (!this.told.includes(what)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #tell(what: string): void {
    this.told.push(what);
    this.#wake?.();
  }
}

describe('a connection to an origin', () => {
  let server: Server;
  let bench: Bench;
  let origin: Socket;
  let connection: OriginConnection;

  beforeEach(async () => {
    bench = new Bench();
    const accepted = Promise.withResolvers<Socket>();
    server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => undefined);
      accepted.resolve(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    connection = new OriginConnection(connect({ port, host: '127.0.0.1' }), 'connect', bench);
    origin = await accepted.promise;
    await bench.until('ready');
  });
  afterEach(() => {
    connection.destroy();
    origin.destroy();
    server.close();
  });

  /** Sends a request and lets the origin answer it. */
  async function ask(answer: string, last: string): Promise<void> {
    bench.told.length = 0;
    connection.attach(bench);
    connection.sendRequest(REQUEST, BODY_NONE, Buffer.alloc(0), true);
    origin.once('data', () => origin.write(answer, 'latin1'));
    await bench.until(last);
  }

  it('reads on for the next exchange where the one before was held back at its end', async () => {
    bench.onRun = () => connection.pause();
    await ask('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n', 'cd.');
    connection.release(true);
    bench.onRun = () => undefined;
    await ask(SHORT, 'hi.');
    assert.deepEqual(bench.told, ['200', 'hi.']);
  });

  it('takes a close without an answer for one that may be stale', async () => {
    bench.told.length = 0;
    connection.attach(bench);
    connection.sendRequest(REQUEST, BODY_NONE, Buffer.alloc(0), true);
    origin.end();
    await bench.until('closed');
    assert.deepEqual(bench.told, ['failure closed', 'gone waiting', 'closed']);
  });

  for (const [name, beginning] of [
    ['the beginning of a head', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['an interim answer', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ] as const) {
    it(`takes ${name} for a broken answer where the origin closes behind it`, async () => {
      bench.told.length = 0;
      connection.attach(bench);
      connection.sendRequest(REQUEST, BODY_NONE, Buffer.alloc(0), true);
      origin.end(beginning);
      await bench.until('invalid');
      assert.deepEqual(bench.told.slice(-3), ['failure invalid', 'gone waiting', 'invalid']);
    });
  }

  it('ends in silence where the origin closes it unused', async () => {
    bench.told.length = 0;
    origin.end();
    await bench.until('gone none');
    assert.deepEqual(bench.told, ['gone none']);
  });
});
