/** Heads and trailers as the table of fields that the QUIC library wants, filled by what writes them for HTTP/2. */
import { sliceLatin1 } from '../../core/latin1.ts';
import { STATIC_LINES, STATIC_PLACES } from '../../http/hpack/static-table.ts';
import type { HeadWriter } from '../../http/http2/write-head.ts';

/** Names in lower case; texts are octets as latin-1. */
export type OutgoingFields = Record<string, string | string[]>;

export class FieldTableWriter implements HeadWriter {
  /** What was written since `begin`. */
  fields: OutgoingFields = {};

  begin(): void {
    this.fields = Object.create(null) as OutgoingFields;
  }

  status(code: number): void {
    this.fields[':status'] = String(code);
  }

  named(index: number, value: string): void {
    const place = index * 3;
    this.field(sliceLatin1(STATIC_LINES, STATIC_PLACES[place]!, STATIC_PLACES[place + 1]!), value);
  }

  field(name: string, value: string): void {
    const before = this.fields[name];
    if (before === undefined) this.fields[name] = value;
    else if (typeof before === 'string') this.fields[name] = [before, value];
    else before.push(value);
  }

  copy(from: Buffer, nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    this.field(sliceLatin1(from, nameStart, nameEnd).toLowerCase(), sliceLatin1(from, valueStart, valueEnd));
  }
}

/**
 * The first value of each field but Set-Cookie. The library refuses a second value of fields that have one by their
 * definition; origins that send two mean the same thing twice.
 */
export function firstValues(fields: OutgoingFields): OutgoingFields {
  const first = Object.create(null) as OutgoingFields;
  for (const [name, value] of Object.entries(fields)) {
    first[name] = name === 'set-cookie' || typeof value === 'string' ? value : value[0]!;
  }
  return first;
}
