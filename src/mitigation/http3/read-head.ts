/**
 * Request heads over HTTP/3 (RFC 9114 section 4.3.1): what the QUIC library has decoded goes through the same reader
 * as the fields of HTTP/2, so that every rule about names, values, hosts, lengths and limits is the same.
 *
 * The library gives a name with its values. In which order different names came is lost, and with it whether the
 * pseudo-fields came first; nothing else depends on it. Texts are octets as latin-1.
 */
import { writeLatin1 } from '../../core/latin1.ts';
import type { FieldBlock } from '../../http/field-block.ts';
import type { FieldSink } from '../../http/hpack/field-sink.ts';
import { RequestReader } from '../../http/http2/read-request.ts';
import { TrailerReader } from '../../http/http2/read-trailers.ts';
import { COLON, CR, LF, SP } from '../../http/octets.ts';
import type { RequestLimits } from '../../http/parse-request.ts';
import type { RequestHead } from '../../http/request-head.ts';

/** A field section as the library tells it. */
export type FieldTable = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Reads heads and trailers one after the other; one reader serves a whole thread. */
export class Http3Reader {
  // No key is ever made: a WebSocket over HTTP/3 (RFC 9220) is not offered.
  readonly #requests: RequestReader = new RequestReader(null);
  readonly #trailers: TrailerReader = new TrailerReader();
  #line: Buffer = Buffer.alloc(LINE_BYTES);

  /** Reads into a cleared head; returns 0 or a fault of faults.ts, as `RequestReader.finish` does. */
  readHead(table: FieldTable, head: RequestHead, limits: RequestLimits, endStream: boolean): number {
    const reader = this.#requests;
    reader.begin(head, limits);
    const names = Object.keys(table);
    // A name like `1` comes first in any object, so the pseudo-fields are picked out.
    for (const name of names) if (isPseudo(name)) this.#feed(reader, name, table[name]);
    for (const name of names) if (!isPseudo(name)) this.#feed(reader, name, table[name]);
    const fault = reader.finish(endStream);
    head.protocol = 'HTTP/3.0';
    return fault;
  }

  /** The trailers worth passing on, or null for none; undefined where the section is malformed. */
  readTrailers(table: FieldTable): FieldBlock | null | undefined {
    const reader = this.#trailers;
    reader.begin();
    for (const name of Object.keys(table)) this.#feed(reader, name, table[name]);
    return reader.finish() === 0 ? reader.trailers : undefined;
  }

  #feed(sink: FieldSink, name: string, values: string | readonly string[] | undefined): void {
    if (values === undefined) return;
    if (typeof values === 'string') this.#feedOne(sink, name, values);
    else for (const value of values) this.#feedOne(sink, name, value);
  }

  #feedOne(sink: FieldSink, name: string, value: string): void {
    const length = name.length + value.length + 4;
    if (length > sink.lineBytesMax) {
      sink.overlong();
      return;
    }
    if (length > this.#line.length) this.#line = Buffer.alloc(length * 2);
    const line = this.#line;
    const nameEnd = name.length;
    const valueEnd = nameEnd + 2 + value.length;
    writeLatin1(line, name, 0);
    line[nameEnd] = COLON;
    line[nameEnd + 1] = SP;
    writeLatin1(line, value, nameEnd + 2);
    line[valueEnd] = CR;
    line[valueEnd + 1] = LF;
    sink.field(line, 0, nameEnd, nameEnd + 2, valueEnd, 0);
  }
}

const LINE_BYTES = 4096;

function isPseudo(name: string): boolean {
  return name.charCodeAt(0) === COLON;
}
