/**
 * An HTTP/2 client, frame by frame: it sends exactly what a test says, valid or not, and keeps every frame that comes.
 *
 * It acknowledges SETTINGS and opens its windows widely, unless a test wants to do that itself. Field blocks are written
 * as plain literals, so that any octets can stand in them; blocks that come are decoded in the order of their arrival.
 */
import { connect as connectTls } from 'node:tls';
import { HpackDecoder } from '../../src/http/hpack/decoder.ts';
import * as h2 from '../../src/http/http2/frame-types.ts';
import {
  readUint32,
  type Setting,
  settingsFrame,
  writeFrameHeader,
} from '../../src/http/http2/frame-writer.ts';
import { PREFACE } from '../../src/http/http2/preface.ts';
import { PATIENCE_MS } from './until.ts';
import { Wire, type WireTarget } from './wire.ts';

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

export type Fields = readonly (readonly [name: string, value: string])[];

export interface Answer {
  /** The final status, or 0 where none came. */
  status: number;
  /** Fields of all field blocks, interim ones and trailers among them, in their order. */
  readonly fields: [name: string, value: string][];
  body: string;
  /** The code of RST_STREAM, or null. */
  reset: number | null;
  /** Whether END_STREAM came. */
  ended: boolean;
}

export interface Http2Options {
  /** The client's SETTINGS; a large window where left out. */
  readonly settings?: readonly Setting[];
  /** What the window of the connection is opened by at the start. */
  readonly connectionWindow?: number;
  /** Whether SETTINGS of the node are acknowledged. */
  readonly acknowledge?: boolean;
}

const WIDE = 1 << 30;

export class Http2Client {
  readonly wire: Wire;
  /** Every frame that has come, in order. */
  readonly frames: Frame[] = [];
  /** What has come for each stream. */
  readonly answers = new Map<number, Answer>();
  readonly #acknowledge: boolean;
  readonly #decoder: HpackDecoder = new HpackDecoder(h2.DEFAULT_HEADER_TABLE_SIZE);
  #block: Buffer = Buffer.alloc(0);
  #input: Buffer = Buffer.alloc(0);
  #nextId = 1;
  readonly #waiting = new Set<() => void>();

  constructor(wire: Wire, acknowledge = true) {
    this.wire = wire;
    this.#acknowledge = acknowledge;
    const read = async (): Promise<void> => {
      while (await wire.hasMore()) this.#receive(await wire.readBytes(wire.pending.length));
    };
    read()
      .catch(() => undefined)
      .finally(() => this.#changed());
    wire.socket.on('close', () => setImmediate(() => this.#changed()));
  }

  /** Connects by plain TCP and sends the preface. */
  static async plain(target: WireTarget, options: Http2Options = {}): Promise<Http2Client> {
    return Http2Client.#begin(await Wire.tcp(target), options);
  }

  /** Connects by TLS, offering nothing but HTTP/2. */
  static async tls(target: WireTarget, options: Http2Options = {}): Promise<Http2Client> {
    const { socket: raw } = await Wire.tcp(target);
    raw.removeAllListeners('data');
    const socket = connectTls({ socket: raw, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    const secured = Promise.withResolvers<void>();
    socket.once('secureConnect', () => secured.resolve());
    socket.once('error', (error) => secured.reject(error));
    await secured.promise;
    if (socket.alpnProtocol !== 'h2') throw new Error(`The node chose ${socket.alpnProtocol}`);
    return Http2Client.#begin(new Wire(socket, raw), options);
  }

  static #begin(wire: Wire, options: Http2Options): Http2Client {
    const client = new Http2Client(wire, options.acknowledge ?? true);
    wire.write(PREFACE);
    client.settings(options.settings ?? [[h2.SETTINGS_INITIAL_WINDOW_SIZE, WIDE]]);
    const widening = options.connectionWindow ?? WIDE;
    if (widening > 0) client.windowUpdate(0, widening);
    return client;
  }

  /** The identifier for the next stream. */
  nextId(): number {
    const id = this.#nextId;
    this.#nextId += 2;
    return id;
  }

  /** Sends one frame; `length` lies about the payload's where it is given. */
  send(
    type: number,
    flags: number,
    streamId: number,
    payload: Buffer = EMPTY,
    length: number = payload.length,
  ): void {
    this.wire.write(frameOf(type, flags, streamId, payload, length));
  }

  settings(settings: readonly Setting[]): void {
    this.wire.write(settingsFrame(settings));
  }

  windowUpdate(streamId: number, increment: number): void {
    this.send(h2.WINDOW_UPDATE, 0, streamId, uint32(increment));
  }

  reset(streamId: number, code: number = h2.CANCEL): void {
    this.send(h2.RST_STREAM, 0, streamId, uint32(code));
  }

  data(streamId: number, data: string | Buffer, end = false): void {
    const payload = typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
    this.send(h2.DATA, end ? h2.FLAG_END_STREAM : 0, streamId, payload);
  }

  /** A whole field block, in as many frames as it needs. */
  headers(streamId: number, fields: Fields, end = true): void {
    this.wire.write(headerFrames(streamId, literals(fields), end));
  }

  /** Starts a request on the next stream, and returns its identifier. */
  request(fields: Fields = [], options: { method?: string; path?: string; end?: boolean } = {}): number {
    const id = this.nextId();
    this.headers(id, requestFields(options.path ?? '/', fields, options.method), options.end ?? true);
    return id;
  }

  /** A GET from its start to its end. */
  async get(path = '/', fields: Fields = []): Promise<Answer> {
    return await this.answer(this.request(fields, { path }));
  }

  /** What has come for a stream, once it is over. */
  async answer(streamId: number): Promise<Answer> {
    return await this.when(`answer on stream ${streamId}`, () => {
      const answer = this.answers.get(streamId);
      return answer !== undefined && (answer.ended || answer.reset !== null) ? answer : null;
    });
  }

  /** The first frame that `accepts`, among those that have come and those that come. */
  async frame(what: string, accepts: (frame: Frame) => boolean): Promise<Frame> {
    return await this.when(what, () => this.frames.find(accepts) ?? null);
  }

  /** The code of the last GOAWAY, once the node has closed the connection. */
  async goawayAndClose(): Promise<number | null> {
    await this.wire.untilEnd();
    // A connection that was reset may have been cut in the middle of a frame.
    await this.when('end of input', () => (this.wire.pending === '' ? true : null));
    const goaways = this.frames.filter(({ type }) => type === h2.GOAWAY);
    const last = goaways.at(-1);
    return last === undefined ? null : readUint32(last.payload, 4);
  }

  /** A round trip: everything sent before has been read by the node, and answered as far as it is at once. */
  async ping(): Promise<void> {
    const mark = Buffer.alloc(8, this.frames.length);
    mark.writeUInt32BE(++this.#pings);
    this.send(h2.PING, 0, 0, mark);
    await this.frame('PING acknowledgement', (frame) => {
      return frame.type === h2.PING && (frame.flags & h2.FLAG_ACK) !== 0 && frame.payload.equals(mark);
    });
  }

  #pings = 0;

  /** Waits for a reading that is not null; rejects at the deadline, if there is one, or once nothing more can come. */
  async when<T>(what: string, read: () => T | null, patienceMs: number | null = PATIENCE_MS): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const look = (): void => {
      const value = read();
      if (value !== null) resolve(value);
      else if (this.wire.ended && this.wire.pending === '')
        reject(new Error(`No ${what}; ${this.#describe()}`));
    };
    const fail = (): void => reject(new Error(`No ${what} in time; ${this.#describe()}`));
    const timer = patienceMs === null ? undefined : setTimeout(fail, patienceMs);
    this.#waiting.add(look);
    look();
    return await promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(look);
    });
  }

  close(): void {
    this.wire.close();
  }

  #describe(): string {
    const last = this.frames.slice(-8).map(({ type, flags, streamId, payload }) => {
      return `${type}/${flags}/${streamId}/${payload.toString('hex').slice(0, 40)}`;
    });
    return `last frames: ${last.join(' ')}; ended: ${this.wire.ended}`;
  }

  #receive(octets: Buffer): void {
    this.#input = this.#input.length === 0 ? octets : Buffer.concat([this.#input, octets]);
    while (this.#input.length >= h2.FRAME_HEADER_BYTES) {
      const input = this.#input;
      const end = h2.FRAME_HEADER_BYTES + input.readUIntBE(0, 3);
      if (input.length < end) break;
      this.#input = input.subarray(end);
      this.#note({
        type: input[3]!,
        flags: input[4]!,
        streamId: input.readUInt32BE(5) & h2.STREAM_ID_MAX,
        payload: input.subarray(h2.FRAME_HEADER_BYTES, end),
      });
    }
    this.#changed();
  }

  #note(frame: Frame): void {
    this.frames.push(frame);
    const { type, flags, streamId, payload } = frame;
    if (type === h2.SETTINGS && (flags & h2.FLAG_ACK) === 0 && this.#acknowledge) {
      this.send(h2.SETTINGS, h2.FLAG_ACK, 0);
    }
    if (type === h2.PING && (flags & h2.FLAG_ACK) === 0 && this.#acknowledge) {
      this.send(h2.PING, h2.FLAG_ACK, 0, payload);
    }
    if (streamId === 0) return;
    const answer = this.#answerOf(streamId);
    if (type === h2.HEADERS || type === h2.CONTINUATION) this.#noteBlock(answer, flags, payload);
    if (type === h2.DATA) answer.body += payload.toString('latin1');
    if (type === h2.RST_STREAM) answer.reset = readUint32(payload, 0);
    if (type <= h2.HEADERS && (flags & h2.FLAG_END_STREAM) !== 0) answer.ended = true;
  }

  #noteBlock(answer: Answer, flags: number, fragment: Buffer): void {
    this.#block = Buffer.concat([this.#block, fragment]);
    if ((flags & h2.FLAG_END_HEADERS) === 0) return;
    const block = this.#block;
    this.#block = EMPTY;
    const code = this.#decoder.decode(block, 0, block.length, {
      lineBytesMax: 1 << 20,
      field: (bytes, nameStart, nameEnd, valueStart, valueEnd) => {
        const octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        const name = octets.toString('latin1', nameStart, nameEnd);
        const value = octets.toString('latin1', valueStart, valueEnd);
        answer.fields.push([name, value]);
        if (name === ':status' && !value.startsWith('1')) answer.status = Number(value);
        return 0;
      },
      overlong: () => undefined,
    });
    if (code !== 0) throw new Error('The node sent a field block that cannot be decoded');
  }

  #answerOf(streamId: number): Answer {
    let answer = this.answers.get(streamId);
    if (answer === undefined) {
      answer = { status: 0, fields: [], body: '', reset: null, ended: false };
      this.answers.set(streamId, answer);
    }
    return answer;
  }

  #changed(): void {
    for (const look of this.#waiting) look();
  }
}

const EMPTY: Buffer = Buffer.alloc(0);

/** The fields of an ordinary request. */
export function requestFields(path = '/', more: Fields = [], method = 'GET'): Fields {
  return [[':method', method], [':scheme', 'http'], [':authority', 'example.org'], [':path', path], ...more];
}

/** A field block of literals that nobody remembers (RFC 7541 section 6.2.2), without Huffman coding. */
export function literals(fields: Fields): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]));
}

/** The frames of a whole field block. */
export function headerFrames(streamId: number, block: Buffer, end = true): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at === 0 || at < block.length; at += h2.DEFAULT_FRAME_SIZE) {
    const piece = block.subarray(at, at + h2.DEFAULT_FRAME_SIZE);
    const last = at + piece.length === block.length ? h2.FLAG_END_HEADERS : 0;
    const flags = at === 0 && end ? last | h2.FLAG_END_STREAM : last;
    frames.push(frameOf(at === 0 ? h2.HEADERS : h2.CONTINUATION, flags, streamId, piece));
  }
  return Buffer.concat(frames);
}

export function frameOf(
  type: number,
  flags: number,
  streamId: number,
  payload: Buffer = EMPTY,
  length: number = payload.length,
): Buffer {
  const header = Buffer.alloc(h2.FRAME_HEADER_BYTES);
  writeFrameHeader(header, 0, length, type, flags, streamId);
  return Buffer.concat([header, payload]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function literal(text: string): Buffer {
  const octets = Buffer.from(text, 'latin1');
  return Buffer.concat([integer(octets.length, 7), octets]);
}

/** RFC 7541 section 5.1, with all bits in front of the prefix zero. */
function integer(value: number, prefixBits: number): Buffer {
  const max = 2 ** prefixBits - 1;
  if (value < max) return Buffer.from([value]);
  const octets = [max];
  let rest = value - max;
  for (; rest >= 128; rest >>= 7) octets.push((rest & 127) | 128);
  octets.push(rest);
  return Buffer.from(octets);
}
