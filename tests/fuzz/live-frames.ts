/** Frames of HTTP/2 drawn from a seed: sequences that are mostly lawful, each frame now and then not. */

import type { Field } from '../../src/http/hpack/testing/collect.ts';
import { TableWriter } from '../../src/http/hpack/testing/table-writer.ts';
import * as h2 from '../../src/http/http2/frame-types.ts';
import { settingsFrame } from '../../src/http/http2/frame-writer.ts';
import { cutAt } from '../../src/http/testing/read.ts';
import { frameOf, uint32 } from '../support/http2-client.ts';
import { drawCuts, drawOctets, pick } from './draw.ts';
import { drawFields, drawRequest, drawResponse, TABLE_BYTES } from './http2-draw.ts';
import type { Random } from './loop.ts';

/** Of so many things one is wrong. */
const WRONG_EVERY = 25;
/** Octets of data that fit a frame with padding. */
const DATA_MAX = 16_000;
const NUMBERS: readonly number[] = [
  0, 1, 100, 65_535, 65_536, 16_384, 16_385, 0x7fffffff, 0x80000000, 0xffffffff,
];
const TYPES: readonly number[] = [...Array(12).keys(), 0x10, 0xff];
const SETTING_IDS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 8, 0xff];

/** The side of a connection that the fuzzer plays. */
export type Side = 'client' | 'origin';

/** Draws the frames of one connection, whose compression state it keeps. */
export class FrameDraw {
  readonly #random: Random;
  readonly #side: Side;
  readonly #writer = new TableWriter(TABLE_BYTES);
  readonly #path: string;
  /** The latest stream; of an origin that of the request. */
  #stream: number;
  /** Streams on which more data may come. */
  readonly #open: number[] = [];

  /** @param path what requests ask for */
  constructor(random: Random, side: Side, path: string) {
    this.#random = random;
    this.#side = side;
    this.#path = path;
    this.#stream = side === 'client' ? -1 : 1;
  }

  /** Frames of up to `stepsMax` steps. */
  draw(stepsMax: number): Buffer {
    return Buffer.concat(Array.from({ length: 1 + this.#random(stepsMax) }, () => this.#step()));
  }

  #step(): Buffer {
    const random = this.#random;
    if (random(WRONG_EVERY) === 0) return this.#wrong();
    switch (random(10)) {
      case 0:
        return frameOf(h2.WINDOW_UPDATE, 0, pick(random, [0, this.#some()]), uint32(1 + random(70_000)));
      case 1:
        return frameOf(h2.PING, random(4) === 0 ? h2.FLAG_ACK : 0, 0, Buffer.alloc(8, random(256)));
      case 2:
        return settingsFrame([[pick(random, [1, 3, 4, 6]), random(100_000)]]);
      case 3:
        return frameOf(h2.RST_STREAM, 0, this.#some(), uint32(random(14)));
      case 4:
        return frameOf(h2.PRIORITY, 0, this.#some(), Buffer.alloc(5, random(4)));
      case 5:
      case 6:
        return this.#more();
      default:
        return this.#message();
    }
  }

  /** A whole message: head, data and perhaps trailers. */
  #message(): Buffer {
    const random = this.#random;
    const frames: Buffer[] = [];
    if (this.#side === 'client') this.#stream += 2;
    const ends = random(2) === 0;
    frames.push(this.#headers(this.#head(), ends));
    if (ends) return frames[0]!;
    for (let count = random(4); count > 0; count--) frames.push(this.#data(this.#stream, false));
    if (random(3) === 0) frames.push(this.#headers(drawFields(random), true));
    else if (random(2) === 0) frames.push(this.#data(this.#stream, true));
    else this.#open.push(this.#stream);
    return Buffer.concat(frames);
  }

  /** Data for a message that has not ended, which it may end. */
  #more(): Buffer {
    const random = this.#random;
    if (this.#open.length === 0) return this.#message();
    const at = random(this.#open.length);
    const stream = this.#open[at]!;
    const ends = random(3) === 0;
    if (ends) this.#open.splice(at, 1);
    return this.#data(stream, ends);
  }

  #head(): readonly Field[] {
    const random = this.#random;
    if (this.#side === 'origin') {
      return random(3) === 0 ? drawResponse(random) : [[':status', '200'], ...sound(drawFields(random))];
    }
    if (random(4) === 0) return drawRequest(random);
    return [
      [':method', pick(random, ['GET', 'POST', 'HEAD', 'PUT'])],
      [':scheme', 'http'],
      [':authority', 'example.org'],
      [':path', this.#path],
      ...sound(drawFields(random)),
    ];
  }

  /** A block in one frame or several, now and then padded and with a priority. */
  #headers(fields: readonly Field[], ends: boolean): Buffer {
    const random = this.#random;
    const written = fields.map((field) => [field, random(4), random(2) === 0] as const);
    const block = Buffer.from(this.#writer.block(written, random(30) === 0 ? random(TABLE_BYTES) : null));
    if (random(60) === 0) block[random(block.length)] = random(256);
    const cuts = random(4) === 0 ? drawCuts(random, 4, block.length + 1) : [];
    const pieces = cutAt(block, cuts);
    const frames = pieces.map((piece, index) => {
      const last = index === pieces.length - 1 ? h2.FLAG_END_HEADERS : 0;
      if (index > 0) return frameOf(h2.CONTINUATION, last, this.#stream, piece);
      return this.#padded(h2.HEADERS, ends ? last | h2.FLAG_END_STREAM : last, this.#stream, piece);
    });
    return Buffer.concat(frames);
  }

  #data(stream: number, ends: boolean): Buffer {
    const length = this.#random(8) === 0 ? this.#random(DATA_MAX) : this.#random(50);
    return this.#padded(h2.DATA, ends ? h2.FLAG_END_STREAM : 0, stream, Buffer.alloc(length, 'x'));
  }

  #padded(type: number, flags: number, stream: number, payload: Buffer): Buffer {
    const random = this.#random;
    if (random(8) !== 0) return frameOf(type, flags, stream, payload);
    const padding = random(256);
    const whole = Buffer.concat([Buffer.from([padding]), payload, Buffer.alloc(padding)]);
    return frameOf(type, flags | h2.FLAG_PADDED, stream, whole);
  }

  /** A frame that no peer should send. */
  #wrong(): Buffer {
    const random = this.#random;
    const stream = pick(random, [0, 1, 2, this.#stream, this.#stream + 2, 0x7fffffff, this.#some()]);
    switch (random(5)) {
      case 0:
        return settingsFrame([[pick(random, SETTING_IDS), pick(random, NUMBERS)]]);
      case 1:
        return frameOf(h2.WINDOW_UPDATE, 0, stream, uint32(pick(random, NUMBERS)));
      case 2:
        return frameOf(h2.GOAWAY, 0, pick(random, [0, stream]), Buffer.alloc(8 + random(20)));
      case 3:
        return frameOf(h2.RST_STREAM, 0, stream, uint32(pick(random, NUMBERS)));
      default: {
        const payload = Buffer.from(drawOctets(random, 40), 'latin1');
        return frameOf(pick(random, TYPES), random(256), stream, payload);
      }
    }
  }

  /** A stream that is or was there. */
  #some(): number {
    const count = (this.#stream + 1) / 2;
    return this.#side === 'origin' || count < 1 ? 1 : 1 + 2 * this.#random(count);
  }
}

/** Without what makes a message malformed, most of the time by far. */
function sound(fields: readonly Field[]): readonly Field[] {
  return fields.filter(([name]) => /^(?:accept|user-agent|x-[a-z]+|referer|cookie)$/.test(name));
}
