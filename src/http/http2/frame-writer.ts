/**
 * Writes frames whose size is known beforehand; all functions return the position behind what they wrote, and leave
 * it to the caller that there is room.
 */
import {
  FLAG_ACK,
  FRAME_HEADER_BYTES,
  GOAWAY,
  PING,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
} from './frame-types.ts';

/** Octets of the frames without a payload of variable size. */
export const RST_STREAM_BYTES: number = FRAME_HEADER_BYTES + 4;
export const PING_BYTES: number = FRAME_HEADER_BYTES + 8;
export const GOAWAY_BYTES: number = FRAME_HEADER_BYTES + 8;
export const WINDOW_UPDATE_BYTES: number = FRAME_HEADER_BYTES + 4;
export const SETTINGS_ACK_BYTES: number = FRAME_HEADER_BYTES;

const SETTING_BYTES = 6;

/** One setting: its number and its value. */
export type Setting = readonly [identifier: number, value: number];

export function writeFrameHeader(
  bytes: Buffer,
  at: number,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): number {
  bytes[at] = length >>> 16;
  bytes[at + 1] = length >>> 8;
  bytes[at + 2] = length;
  bytes[at + 3] = type;
  bytes[at + 4] = flags;
  return writeUint32(bytes, at + 5, streamId);
}

export function writeRstStream(bytes: Buffer, at: number, streamId: number, code: number): number {
  return writeUint32(bytes, writeFrameHeader(bytes, at, 4, RST_STREAM, 0, streamId), code);
}

/** The acknowledgement of a PING whose eight octets are `source[start, start + 8)`. */
export function writePingAck(bytes: Buffer, at: number, source: Buffer, start: number): number {
  const payload = writeFrameHeader(bytes, at, 8, PING, FLAG_ACK, 0);
  source.copy(bytes, payload, start, start + 8);
  return payload + 8;
}

/** A PING of our own; all its octets are `mark`. */
export function writePing(bytes: Buffer, at: number, mark: number): number {
  const payload = writeFrameHeader(bytes, at, 8, PING, 0, 0);
  bytes.fill(mark, payload, payload + 8);
  return payload + 8;
}

export function writeGoaway(bytes: Buffer, at: number, lastStreamId: number, code: number): number {
  const payload = writeFrameHeader(bytes, at, 8, GOAWAY, 0, 0);
  return writeUint32(bytes, writeUint32(bytes, payload, lastStreamId), code);
}

export function writeWindowUpdate(bytes: Buffer, at: number, streamId: number, increment: number): number {
  return writeUint32(bytes, writeFrameHeader(bytes, at, 4, WINDOW_UPDATE, 0, streamId), increment);
}

export function writeSettingsAck(bytes: Buffer, at: number): number {
  return writeFrameHeader(bytes, at, 0, SETTINGS, FLAG_ACK, 0);
}

/** A SETTINGS frame of its own. */
export function settingsFrame(settings: readonly Setting[]): Buffer {
  const length = settings.length * SETTING_BYTES;
  const bytes = Buffer.alloc(FRAME_HEADER_BYTES + length);
  let at = writeFrameHeader(bytes, 0, length, SETTINGS, 0, 0);
  for (const [identifier, value] of settings) {
    bytes[at] = identifier >>> 8;
    bytes[at + 1] = identifier;
    at = writeUint32(bytes, at + 2, value);
  }
  return bytes;
}

export function readUint32(bytes: Buffer, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function writeUint32(bytes: Buffer, at: number, value: number): number {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
  return at + 4;
}
