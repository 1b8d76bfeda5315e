/**
 * Where the field block fragment lies in a HEADERS frame, between padding and the deprecated priority fields
 * (RFC 9113 section 6.2).
 */
import { FLAG_PADDED, FLAG_PRIORITY, FRAME_SIZE_ERROR, NO_ERROR, PROTOCOL_ERROR } from './frame-types.ts';
import { readUint32 } from './frame-writer.ts';

export class HeaderPayload {
  /** The fragment is `bytes[start, end)` of the frame's octets. */
  start = 0;
  end = 0;
  /** The stream that this one is said to depend on, or -1 where nothing is said. */
  dependency = -1;

  /** Reads the payload `bytes[start, end)`; returns `NO_ERROR` or the connection error. */
  read(bytes: Buffer, start: number, end: number, flags: number): number {
    let at = start;
    let padding = 0;
    this.dependency = -1;
    if ((flags & FLAG_PADDED) !== 0) {
      if (at === end) return FRAME_SIZE_ERROR;
      padding = bytes[at++]!;
    }
    if ((flags & FLAG_PRIORITY) !== 0) {
      if (end - at < 5) return FRAME_SIZE_ERROR;
      this.dependency = readUint32(bytes, at) & 0x7fffffff;
      at += 5;
    }
    if (padding > end - at) return PROTOCOL_ERROR;
    this.start = at;
    this.end = end - padding;
    return NO_ERROR;
  }
}
