/** A sink that keeps what it gets, as text of octets, and checks what every sink may rely on. */
import assert from 'node:assert/strict';
import { HpackDecoder } from '../decoder.ts';
import type { FieldSink } from '../field-sink.ts';

export type Field = readonly [name: string, value: string];

export class Collector implements FieldSink {
  lineBytesMax: number;
  fields: Field[] = [];
  /** Fields that were too long. */
  overlongCount = 0;
  /** Per field: whether it came with the mark that this sink gave it before. */
  known: boolean[] = [];

  constructor(lineBytesMax = 65_536) {
    this.lineBytesMax = lineBytesMax;
  }

  field(
    bytes: Buffer,
    nameStart: number,
    nameEnd: number,
    valueStart: number,
    valueEnd: number,
    mark: number,
  ): number {
    const name = bytes.toString('latin1', nameStart, nameEnd);
    const value = bytes.toString('latin1', valueStart, valueEnd);
    assert.equal(bytes.toString('latin1', nameStart, valueEnd + 2), `${name}: ${value}\r\n`);
    const own = markOf(name, value);
    assert.ok(mark === 0 || mark === own, 'a mark belongs to one name and value');
    this.fields.push([name, value]);
    this.known.push(mark !== 0);
    return own;
  }

  overlong(): void {
    this.overlongCount++;
  }
}

function markOf(name: string, value: string): number {
  let mark = 7;
  for (const octet of Buffer.from(`${name}\0${value}`, 'latin1')) mark = (mark * 31 + octet) | 0;
  return mark === 0 ? 1 : mark;
}

/** Decodes blocks one after the other by one decoder; the fields of each, or null from the first fault on. */
export function decodeBlocks(
  blocks: readonly (readonly number[])[],
  decoder = new HpackDecoder(4096),
): (Field[] | null)[] {
  let failed = false;
  return blocks.map((octets) => {
    const sink = new Collector();
    // The block lies in the middle of other octets, as it does in a frame.
    const block = Buffer.from([0xff, 0x82, ...octets, 0xff, 0x82]);
    failed = failed || decoder.decode(block, 2, block.length - 2, sink) !== 0;
    return failed ? null : sink.fields;
  });
}

/** The fields of one block at the start of a connection, or null where it is refused. */
export function decodeBlock(octets: readonly number[], decoder?: HpackDecoder): Field[] | null {
  return decodeBlocks([octets], decoder)[0] ?? null;
}
