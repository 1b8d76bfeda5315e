/** Large bodies: they arrive whole in both directions, and whoever does not read holds the sender, not memory. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, it } from 'node:test';
import { readResponse, responseText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';
import type { Wire } from '../support/wire.ts';

const MEGABYTE = 1 << 20;
const BODY_BYTES = 50 * MEGABYTE;
const PIECE = Buffer.alloc(MEGABYTE, 'The quick brown fox jumps over the lazy dog. ');
const DIGEST = digestOf(Array.from({ length: BODY_BYTES / MEGABYTE }, () => PIECE));
/** What a node may keep for one body while the other side does not read: inspected beginning, buffers, slack. */
const GROWTH_BYTES_MAX = 60 * MEGABYTE;

let stand: Stand;
before(async () => {
  stand = await Stand.open({ workers: 1 });
  await stand.request();
});
after(() => stand.close());

function digestOf(pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

/** Writes the body as fast as the other side takes it; `written` hears of the octets that were handed over. */
async function writeBody(wire: Wire, framing: Framing, written: (bytes: number) => void): Promise<void> {
  for (let sent = 0; sent < BODY_BYTES; sent += MEGABYTE) {
    if (framing === 'chunked') wire.write(`${MEGABYTE.toString(16)}\r\n`);
    const flowing = wire.write(PIECE);
    if (framing === 'chunked') wire.write('\r\n');
    written(sent + MEGABYTE);
    if (flowing) continue;
    await drained(wire);
  }
  if (framing === 'chunked') wire.write('0\r\n\r\n');
}

type Framing = 'length' | 'chunked';

const field = (framing: Framing): string =>
  framing === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${BODY_BYTES}`;

/** Resolves when the other side takes octets again, or is gone. */
async function drained({ socket }: Wire): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once('drain', resolve);
  socket.once('close', resolve);
  await promise;
  socket.off('drain', resolve);
  socket.off('close', resolve);
}

/** Takes the octets behind a head as they come and keeps none: a count and a digest of the data. */
class BodySink {
  bytes = 0;
  /** Whether the last chunk has come, or all of the length. */
  whole = false;
  readonly #hash = createHash('sha256');
  readonly #framing: Framing;
  #chunkLeft = 0;
  #line = '';

  constructor(wire: Wire, framing: Framing) {
    this.#framing = framing;
    wire.socket.removeAllListeners('data');
    this.#take(Buffer.from(wire.pending, 'latin1'));
    wire.socket.on('data', (piece: Buffer) => this.#take(piece));
  }

  digest(): string {
    return this.#hash.digest('hex');
  }

  #take(piece: Buffer): void {
    if (this.#framing === 'length') {
      this.#data(piece);
      this.whole = this.bytes >= BODY_BYTES;
      return;
    }
    for (let at = 0; at < piece.length; ) {
      const length = Math.min(this.#chunkLeft, piece.length - at);
      if (length > 0) this.#data(piece.subarray(at, at + length));
      this.#chunkLeft -= length;
      at += length;
      while (this.#chunkLeft === 0 && at < piece.length) this.#octet(String.fromCharCode(piece[at++]!));
    }
  }

  /** An octet of the line end behind a chunk, or of the next size. */
  #octet(octet: string): void {
    this.#line += octet;
    const size = /^(?:\r\n)?([0-9a-f]+)\r\n$/i.exec(this.#line)?.[1];
    if (size === undefined) {
      if (this.#line.length > 20) throw new Error(`Not a chunk size: ${JSON.stringify(this.#line)}`);
      return;
    }
    this.#line = '';
    this.#chunkLeft = Number.parseInt(size, 16);
    this.whole = this.#chunkLeft === 0;
  }

  #data(piece: Buffer): void {
    this.bytes += piece.length;
    this.#hash.update(piece);
  }
}

async function assertWhole(body: BodySink): Promise<void> {
  await until(
    'whole body',
    () => body.whole,
    (whole) => whole,
  );
  assert.equal(body.bytes, BODY_BYTES);
  assert.equal(body.digest(), DIGEST);
}

/** The figure that has not changed for a while: whoever sends has been stopped. */
async function standstill(read: () => number): Promise<number> {
  let last = -1;
  let calm = 0;
  return await until('standstill', read, (value) => {
    calm = value === last ? calm + 1 : 0;
    last = value;
    return calm >= 30;
  });
}

for (const framing of ['length', 'chunked'] as const) {
  it(`carries 50 MB to the origin, framed by ${framing}, and holds the client while the origin does not read`, async () => {
    const upstream = Promise.withResolvers<Wire>();
    stand.origin.play(async (wire) => {
      await wire.readUntil('\r\n\r\n');
      wire.socket.pause();
      upstream.resolve(wire);
    });
    const client = await stand.connect();
    const quietBytes = stand.node.residentBytes();
    let written = 0;
    client.write(`POST /upload HTTP/1.1\r\nHost: a\r\n${field(framing)}\r\n\r\n`);
    const sending = writeBody(client, framing, (bytes) => {
      written = bytes;
    });
    const origin = await upstream.promise;
    const handedOver = await standstill(() => written);
    const growth = stand.node.residentBytes() - quietBytes;
    assert.ok(handedOver < BODY_BYTES, 'the client was never held back');
    assert.ok(growth < GROWTH_BYTES_MAX, `grew by ${(growth / MEGABYTE).toFixed(1)} MB`);
    assert.ok(origin.receivedBytes < BODY_BYTES);
    const body = new BodySink(origin, framing);
    origin.socket.resume();
    await sending;
    await assertWhole(body);
    origin.write(responseText('stored'));
    assert.equal((await readResponse(client)).body.toString(), 'stored');
    client.close();
  });

  it(`carries 50 MB to the client, framed by ${framing}, and holds the origin while the client does not read`, async () => {
    let written = 0;
    const sent = Promise.withResolvers<void>();
    stand.origin.play(async (wire) => {
      await wire.readUntil('\r\n\r\n');
      wire.write(`HTTP/1.1 200 OK\r\n${field(framing)}\r\n\r\n`);
      await writeBody(wire, framing, (bytes) => {
        written = bytes;
      });
      sent.resolve();
    });
    const client = await stand.connect();
    client.socket.pause();
    const quietBytes = stand.node.residentBytes();
    client.write('GET /download HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(
      'start of the answer',
      () => written,
      (bytes) => bytes > 0,
    );
    const handedOver = await standstill(() => written);
    const growth = stand.node.residentBytes() - quietBytes;
    assert.ok(handedOver < BODY_BYTES, 'the origin was never held back');
    assert.ok(growth < GROWTH_BYTES_MAX, `grew by ${(growth / MEGABYTE).toFixed(1)} MB`);
    client.socket.resume();
    assert.match(await client.readUntil('\r\n\r\n'), /^HTTP\/1\.1 200 OK\r\n/);
    await assertWhole(new BodySink(client, framing));
    await sent.promise;
    client.close();
  });
}
