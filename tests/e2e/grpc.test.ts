/** gRPC through the node, by the HTTP/2 of the runtime on both sides: all kinds of calls, statuses, ends. */
import assert from 'node:assert/strict';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Settings } from '../support/node-config.ts';
import { Stand } from '../support/stand.ts';
import { until, within } from '../support/until.ts';

type Handler = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

const HEAD: OutgoingHttpHeaders = { ':status': 200, 'content-type': 'application/grpc+proto' };
const DONE: OutgoingHttpHeaders = { 'grpc-status': '0', 'grpc-message': 'fine' };
/** Looks like an attack to whoever takes it for text. */
const ODD = Buffer.from("\0\x01' OR 1=1 --\xff<script>alert(1)</script>\0../../etc/passwd\r\n\r\n", 'latin1');

let stand: Stand;
let server: Http2Server;
let session: ClientHttp2Session;
let handler: Handler = () => undefined;
/** Sessions of the node at the origin. */
let sessions = 0;

before(async () => {
  server = createServer();
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on('error', () => undefined);
    handler(stream, headers);
  });
  server.on('session', () => sessions++);
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  stand = await Stand.open({ workers: 1, settings: { sites: [site()] } });
  session = connect(`https://127.0.0.1:${stand.node.port}`, { rejectUnauthorized: false });
  session.on('error', () => undefined);
});
beforeEach(() => {
  sessions = 0;
});
after(async () => {
  session.destroy();
  await stand.close();
  server.close();
});

function site(): Settings {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    name: 'calls',
    upstream: { response_timeout_seconds: 1 },
    http: { body_bytes_per_second_min: 1_000_000 },
    origins: [{ url: `h2c://127.0.0.1:${port}` }],
  };
}

/** A message with its five octets in front. */
function message(payload: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

/** Messages as they come over a stream, one after the other; null at its end. */
class Messages {
  #input: Buffer = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(stream: ClientHttp2Stream | ServerHttp2Stream) {
    stream.on('data', (piece: Buffer) => {
      this.#input = Buffer.concat([this.#input, piece]);
      this.#wake();
    });
    stream.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  async next(): Promise<Buffer | null> {
    for (;;) {
      const input = this.#input;
      const length = input.length < 5 ? -1 : input.readUInt32BE(1);
      if (length >= 0 && input.length >= 5 + length) {
        this.#input = input.subarray(5 + length);
        return input.subarray(5, 5 + length);
      }
      if (this.#ended) return null;
      const changed = Promise.withResolvers<void>();
      this.#wake = changed.resolve;
      await within('message', changed.promise);
    }
  }

  async all(): Promise<readonly Buffer[]> {
    const all: Buffer[] = [];
    for (let one = await this.next(); one !== null; one = await this.next()) all.push(one);
    return all;
  }
}

/** One call from the client's side. */
class Call {
  readonly stream: ClientHttp2Stream;
  readonly messages: Messages;
  readonly head: Promise<IncomingHttpHeaders>;
  readonly trailers: Promise<IncomingHttpHeaders>;
  readonly closed: Promise<number>;

  constructor(path: string, headers: OutgoingHttpHeaders = {}) {
    const head = Promise.withResolvers<IncomingHttpHeaders>();
    const trailers = Promise.withResolvers<IncomingHttpHeaders>();
    const closed = Promise.withResolvers<number>();
    this.stream = session.request({
      ':method': 'POST',
      ':path': path,
      ':authority': 'calls.example',
      'content-type': 'application/grpc+proto',
      te: 'trailers',
      'grpc-timeout': '5S',
      'user-agent': 'grpc-test/1.0',
      ...headers,
    });
    this.messages = new Messages(this.stream);
    this.stream.on('response', (fields) => head.resolve(fields));
    this.stream.on('trailers', (fields) => trailers.resolve(fields));
    this.stream.on('error', () => undefined);
    this.stream.on('close', () => closed.resolve(this.stream.rstCode ?? 0));
    this.head = within('head', head.promise);
    this.trailers = within('trailers', trailers.promise);
    this.closed = within('close', closed.promise);
    for (const late of [this.head, this.trailers, this.closed]) late.catch(() => undefined);
  }

  send(payload: Buffer): void {
    this.stream.write(message(payload));
  }
}

function text(payload: Buffer | null): string | null {
  return payload?.toString('latin1') ?? null;
}

/** Serves calls so: the status comes in the trailers, once `work` is done. */
function serve(work: (messages: Messages, stream: ServerHttp2Stream) => Promise<void>): void {
  handler = (stream) => {
    stream.respond(HEAD, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(DONE));
    work(new Messages(stream), stream)
      .then(() => stream.end())
      .catch(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  };
}

describe('a call of gRPC', () => {
  it('with one message each way comes back with its status', async () => {
    const seen = Promise.withResolvers<IncomingHttpHeaders>();
    serve(async (messages, stream) => {
      stream.write(message((await messages.next()) ?? Buffer.alloc(0)));
    });
    const answer = handler;
    handler = (stream, headers) => {
      seen.resolve(headers);
      answer(stream, headers);
    };
    const call = new Call('/shop.Cart/Get?a=1', { 'x-meta-bin': 'AAECAw==' });
    call.send(ODD);
    call.stream.end();
    const head = await call.head;
    assert.deepEqual([head[':status'], head['content-type']], [200, 'application/grpc+proto']);
    assert.equal(text(await call.messages.next()), ODD.toString('latin1'));
    const trailers = await call.trailers;
    assert.deepEqual([trailers['grpc-status'], trailers['grpc-message']], ['0', 'fine']);
    assert.equal(await call.closed, constants.NGHTTP2_NO_ERROR);
    const headers = await seen.promise;
    assert.equal(headers[':path'], '/shop.Cart/Get?a=1');
    assert.deepEqual(
      [headers.te, headers['grpc-timeout'], headers['content-type'], headers['x-meta-bin']],
      ['trailers', '5S', 'application/grpc+proto', 'AAECAw=='],
    );
    assert.equal(headers.via, '2.0 secbeat');
  });

  it('with an empty message and one of a megabyte', async () => {
    serve(async (messages, stream) => {
      for (const one of await messages.all()) stream.write(message(one));
    });
    const call = new Call('/shop.Cart/Echo');
    const large = Buffer.alloc(1 << 20, 'x');
    call.send(Buffer.alloc(0));
    call.send(large);
    call.stream.end();
    assert.deepEqual(
      (await call.messages.all()).map(({ length }) => length),
      [0, large.length],
    );
  });

  it('streams answers as they come', async () => {
    const more: (() => void)[] = [];
    serve(async (messages, stream) => {
      await messages.all();
      for (let index = 0; index < 3; index++) {
        stream.write(message(Buffer.from(`answer ${index}`)));
        const next = Promise.withResolvers<void>();
        more.push(next.resolve);
        await next.promise;
      }
    });
    const call = new Call('/shop.Cart/List');
    call.send(Buffer.from('list'));
    call.stream.end();
    for (let index = 0; index < 3; index++) {
      assert.equal(text(await call.messages.next()), `answer ${index}`);
      more[index]!();
    }
    assert.equal((await call.trailers)['grpc-status'], '0');
  });

  it('streams messages to the origin as they come', async () => {
    const received: string[] = [];
    serve(async (messages, stream) => {
      for (let one = await messages.next(); one !== null; one = await messages.next())
        received.push(text(one)!);
      stream.write(message(Buffer.from(String(received.length))));
    });
    const call = new Call('/shop.Cart/Fill');
    for (let index = 0; index < 3; index++) {
      call.send(Buffer.from(`message ${index}`));
      await until(
        'message',
        () => received.length,
        (count) => count === index + 1,
      );
    }
    call.stream.end();
    assert.equal(text(await call.messages.next()), '3');
  });

  it('is a conversation in which each side waits for the other', async () => {
    serve(async (messages, stream) => {
      for (let one = await messages.next(); one !== null; one = await messages.next()) {
        stream.write(message(Buffer.concat([Buffer.from('re: '), one])));
      }
    });
    const call = new Call('/shop.Cart/Talk');
    // The head of the answer comes before anything was said.
    assert.equal((await call.head)[':status'], 200);
    for (let index = 0; index < 20; index++) {
      call.send(Buffer.from(`turn ${index}`));
      assert.equal(text(await call.messages.next()), `re: turn ${index}`);
    }
    call.stream.end();
    assert.equal(await call.messages.next(), null);
    assert.equal((await call.trailers)['grpc-status'], '0');
  });

  it('is not cut by the times for answers and bodies while it is silent', async () => {
    serve(async (messages, stream) => {
      for (let one = await messages.next(); one !== null; one = await messages.next())
        stream.write(message(one));
    });
    const call = new Call('/shop.Cart/Talk');
    call.send(Buffer.from('first'));
    assert.equal(text(await call.messages.next()), 'first');
    const start = performance.now();
    await until(
      'two times the time to answer',
      () => performance.now() - start,
      (ms) => ms > 2500,
    );
    call.send(Buffer.from('second'));
    assert.equal(text(await call.messages.next()), 'second');
    call.stream.end();
    assert.equal((await call.trailers)['grpc-status'], '0');
  });

  it('that fails at once is answered by a head alone', async () => {
    handler = (stream) => {
      stream.respond(
        { ...HEAD, 'grpc-status': '12', 'grpc-message': 'unknown%20method' },
        { endStream: true },
      );
    };
    const call = new Call('/shop.Cart/Nothing');
    call.send(Buffer.from('x'));
    call.stream.end();
    const head = await call.head;
    assert.deepEqual(
      [head[':status'], head['grpc-status'], head['grpc-message']],
      [200, '12', 'unknown%20method'],
    );
    assert.equal(await call.messages.next(), null);
  });

  it('that the client gives up is cancelled at the origin, and no other one', async () => {
    const cancelled = Promise.withResolvers<number>();
    handler = (stream, headers) => {
      stream.respond(HEAD, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers(DONE));
      stream.write(message(Buffer.from('begun')));
      if (headers[':path'] !== '/shop.Cart/Long') {
        stream.on('data', () => stream.end());
        return;
      }
      stream.on('close', () => cancelled.resolve(stream.rstCode ?? 0));
      stream.resume();
    };
    const other = new Call('/shop.Cart/Other');
    const call = new Call('/shop.Cart/Long');
    assert.equal(text(await call.messages.next()), 'begun');
    assert.equal(text(await other.messages.next()), 'begun');
    call.stream.close(constants.NGHTTP2_CANCEL);
    assert.equal(await within('cancelling', cancelled.promise), constants.NGHTTP2_CANCEL);
    other.send(Buffer.from('end'));
    other.stream.end();
    assert.equal((await other.trailers)['grpc-status'], '0');
  });

  it('shares one connection to the origin with many others', async () => {
    serve(async (messages, stream) => {
      for (const one of await messages.all()) stream.write(message(one));
    });
    const calls = Array.from({ length: 50 }, (_, index) => {
      const call = new Call('/shop.Cart/Echo');
      call.send(Buffer.from(`call ${index}`));
      call.stream.end();
      return call;
    });
    const answers = await Promise.all(calls.map(({ messages }) => messages.next()));
    assert.deepEqual(
      answers.map(text),
      calls.map((_, index) => `call ${index}`),
    );
    await Promise.all(calls.map(({ trailers }) => trailers));
    assert.ok(sessions <= 1, String(sessions));
  });
});
