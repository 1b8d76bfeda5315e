/**
 * Tagged requests over HTTP/2: many streams at once on each connection, answered in any order. Giving one up means to
 * reset its stream; what still comes for it is let pass.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { HpackDecoder } from '../../../src/http/hpack/decoder.ts';
import * as h2 from '../../../src/http/http2/frame-types.ts';
import { readUint32, settingsFrame } from '../../../src/http/http2/frame-writer.ts';
import { PREFACE } from '../../../src/http/http2/preface.ts';
import type { Random } from '../../fuzz/loop.ts';
import { frameOf, headerFrames, literals, requestFields, uint32 } from '../../support/http2-client.ts';
import { openSecure } from '../secure-socket.ts';
import type { TagBook, TaggedRequest } from './tag-book.ts';
import type { TagTarget } from './tag-target.ts';

const STREAMS = 50;
const CANCEL_MS_MAX = 10;
const WINDOW = 1 << 30;
/** The window of the connection is opened again by so many octets at a time. */
const WINDOW_STEP = 1 << 24;
/** Identifiers come to an end, so a connection does too. */
const LAST_STREAM = 1 << 29;

const BEGINNING = Buffer.concat([
  PREFACE,
  settingsFrame([[h2.SETTINGS_INITIAL_WINDOW_SIZE, WINDOW]]),
  frameOf(h2.WINDOW_UPDATE, 0, 0, uint32(WINDOW)),
]);

/** Runs one connection after the other until there are no more requests to draw, or `signal` says so. */
export async function askOverHttp2(
  target: TagTarget,
  book: TagBook,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  for (let more = true; more && !signal.aborted; ) {
    more = await new TagSession(target, book, random, signal).run();
  }
}

interface OpenStream {
  readonly request: TaggedRequest;
  status: number;
  tag: string | null;
  body: string;
}

class TagSession {
  readonly #socket: TLSSocket;
  readonly #target: TagTarget;
  readonly #book: TagBook;
  readonly #random: Random;
  readonly #signal: AbortSignal;
  readonly #decoder: HpackDecoder = new HpackDecoder(h2.DEFAULT_HEADER_TABLE_SIZE);
  readonly #streams = new Map<number, OpenStream>();
  readonly #over: PromiseWithResolvers<boolean> = Promise.withResolvers<boolean>();
  #input: Buffer = Buffer.alloc(0);
  #output: Buffer[] = [];
  #nextId = 1;
  #taken = 0;
  #exhausted = false;
  /** The stream whose field block is being decoded. */
  #decoding: OpenStream | null = null;

  constructor(target: TagTarget, book: TagBook, random: Random, signal: AbortSignal) {
    this.#target = target;
    this.#book = book;
    this.#random = random;
    this.#signal = signal;
    this.#socket = openSecure({ ...target, protocol: 'h2' });
  }

  /** Resolves when the connection is over: true where there may be more requests to ask. */
  run(): Promise<boolean> {
    const socket = this.#socket;
    let fault = 'closed';
    socket.once('secureConnect', () => {
      socket.write(BEGINNING);
      for (let i = 0; i < STREAMS; i++) this.#ask();
      this.#flush();
    });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => {
      fault = String(error);
      socket.destroy();
    });
    socket.once('end', () => socket.destroy());
    socket.once('close', () => {
      for (const { request } of this.#streams.values()) this.#book.lost(request, fault);
      this.#over.resolve(!this.#exhausted);
    });
    return this.#over.promise;
  }

  #ask(): void {
    const request = this.#signal.aborted || this.#nextId > LAST_STREAM ? null : this.#book.draw();
    if (request === null) {
      this.#exhausted ||= this.#nextId <= LAST_STREAM;
      if (this.#streams.size === 0) this.#socket.destroy();
      return;
    }
    const id = this.#nextId;
    this.#nextId += 2;
    this.#streams.set(id, { request, status: 0, tag: null, body: '' });
    const { path, body } = request;
    const block = literals([
      ...requestFields(path, [], body === '' ? 'GET' : 'POST').map(([name, value]): [string, string] =>
        name === ':authority' ? [name, this.#target.host] : [name, value],
      ),
      ...(body === '' ? [] : [['content-type', 'text/plain'] as const]),
    ]);
    this.#output.push(headerFrames(id, block, body === ''));
    for (let at = 0; at < body.length; at += h2.DEFAULT_FRAME_SIZE) {
      const last = at + h2.DEFAULT_FRAME_SIZE >= body.length;
      const piece = Buffer.from(body.slice(at, at + h2.DEFAULT_FRAME_SIZE), 'latin1');
      this.#output.push(frameOf(h2.DATA, last ? h2.FLAG_END_STREAM : 0, id, piece));
    }
    if (request.cancel) setTimeout(() => this.#cancel(id), this.#random(CANCEL_MS_MAX));
  }

  #cancel(id: number): void {
    if (this.#socket.destroyed || !this.#streams.delete(id)) return;
    this.#book.cancelled();
    this.#output.push(frameOf(h2.RST_STREAM, 0, id, uint32(h2.CANCEL)));
    this.#ask();
    this.#flush();
  }

  async #next(): Promise<void> {
    if (this.#target.pauseMs > 0) await pause(this.#target.pauseMs);
    if (this.#socket.destroyed) return;
    this.#ask();
    if (this.#target.pauseMs > 0) this.#flush();
  }

  #flush(): void {
    if (this.#output.length === 0 || this.#socket.destroyed) return;
    const octets = Buffer.concat(this.#output);
    this.#output = [];
    this.#socket.write(octets);
  }

  #receive(chunk: Buffer): void {
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
    let at = 0;
    while (this.#input.length - at >= h2.FRAME_HEADER_BYTES) {
      const end = at + h2.FRAME_HEADER_BYTES + this.#input.readUIntBE(at, 3);
      if (this.#input.length < end) break;
      const payload = this.#input.subarray(at + h2.FRAME_HEADER_BYTES, end);
      this.#take(this.#input[at + 3]!, this.#input[at + 4]!, readUint32(this.#input, at + 5), payload);
      at = end;
    }
    this.#input = this.#input.subarray(at);
    this.#flush();
  }

  #take(type: number, flags: number, id: number, payload: Buffer): void {
    const acknowledged = (flags & h2.FLAG_ACK) !== 0;
    if (type === h2.SETTINGS && !acknowledged) this.#output.push(frameOf(h2.SETTINGS, h2.FLAG_ACK, 0));
    if (type === h2.PING && !acknowledged) this.#output.push(frameOf(h2.PING, h2.FLAG_ACK, 0, payload));
    if (type === h2.HEADERS) this.#takeHeaders(id, payload);
    if (type === h2.DATA) this.#takeData(id, payload);
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    if (type === h2.RST_STREAM) this.#reset(id, stream, readUint32(payload, 0));
    else if (type <= h2.HEADERS && (flags & h2.FLAG_END_STREAM) !== 0) this.#answered(id, stream);
  }

  /** Answers of the trials fit into one frame; that of a stream that was given up changes the table all the same. */
  #takeHeaders(id: number, block: Buffer): void {
    this.#decoding = this.#streams.get(id) ?? null;
    const code = this.#decoder.decode(block, 0, block.length, {
      lineBytesMax: 1 << 16,
      field: (bytes, nameStart, nameEnd, valueStart, valueEnd) => {
        const stream = this.#decoding;
        if (stream === null) return 0;
        const name = bytes.toString('latin1', nameStart, nameEnd);
        if (name === ':status') stream.status = Number(bytes.toString('latin1', valueStart, valueEnd));
        if (name === 'x-tag') stream.tag = bytes.toString('latin1', valueStart, valueEnd);
        return 0;
      },
      overlong: () => undefined,
    });
    if (code !== 0) this.#socket.destroy(new Error('a field block that cannot be decoded'));
  }

  #takeData(id: number, payload: Buffer): void {
    const stream = this.#streams.get(id);
    if (stream !== undefined) stream.body += payload.toString('latin1');
    this.#taken += payload.length;
    if (this.#taken < WINDOW_STEP) return;
    this.#output.push(frameOf(h2.WINDOW_UPDATE, 0, 0, uint32(this.#taken)));
    this.#taken = 0;
  }

  #answered(id: number, { request, status, tag, body }: OpenStream): void {
    this.#streams.delete(id);
    this.#book.answered(request, status, tag, body);
    void this.#next();
  }

  #reset(id: number, { request }: OpenStream, code: number): void {
    this.#streams.delete(id);
    this.#book.lost(request, `reset with ${code}`);
    void this.#next();
  }
}
