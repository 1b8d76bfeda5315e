/**
 * What the peer asks for in its SETTINGS (RFC 9113 section 6.5.2), read strictly: each value in its range, unknown
 * settings ignored.
 */
import {
  DEFAULT_FRAME_SIZE,
  DEFAULT_HEADER_TABLE_SIZE,
  DEFAULT_WINDOW,
  FLOW_CONTROL_ERROR,
  FRAME_SIZE_ERROR,
  FRAME_SIZE_MAX,
  NO_ERROR,
  PROTOCOL_ERROR,
  SETTINGS_ENABLE_CONNECT_PROTOCOL,
  SETTINGS_ENABLE_PUSH,
  SETTINGS_HEADER_TABLE_SIZE,
  SETTINGS_INITIAL_WINDOW_SIZE,
  SETTINGS_MAX_CONCURRENT_STREAMS,
  SETTINGS_MAX_FRAME_SIZE,
  WINDOW_MAX,
} from './frame-types.ts';
import { readUint32 } from './frame-writer.ts';

const SETTING_BYTES = 6;

export class PeerSettings {
  headerTableSize: number = DEFAULT_HEADER_TABLE_SIZE;
  initialWindowSize: number = DEFAULT_WINDOW;
  maxFrameSize: number = DEFAULT_FRAME_SIZE;
  maxConcurrentStreams: number = Number.POSITIVE_INFINITY;
  enablePush = true;
  enableConnectProtocol = false;

  /** Applies the payload of one SETTINGS frame in order; returns `NO_ERROR` or the connection error. */
  apply(bytes: Buffer, start: number, end: number): number {
    if ((end - start) % SETTING_BYTES !== 0) return FRAME_SIZE_ERROR;
    for (let at = start; at < end; at += SETTING_BYTES) {
      const code = this.#set((bytes[at]! << 8) | bytes[at + 1]!, readUint32(bytes, at + 2));
      if (code !== NO_ERROR) return code;
    }
    return NO_ERROR;
  }

  #set(identifier: number, value: number): number {
    switch (identifier) {
      case SETTINGS_HEADER_TABLE_SIZE:
        this.headerTableSize = value;
        break;
      case SETTINGS_ENABLE_PUSH:
        if (value > 1) return PROTOCOL_ERROR;
        this.enablePush = value === 1;
        break;
      case SETTINGS_MAX_CONCURRENT_STREAMS:
        this.maxConcurrentStreams = value;
        break;
      case SETTINGS_INITIAL_WINDOW_SIZE:
        if (value > WINDOW_MAX) return FLOW_CONTROL_ERROR;
        this.initialWindowSize = value;
        break;
      case SETTINGS_MAX_FRAME_SIZE:
        if (value < DEFAULT_FRAME_SIZE || value > FRAME_SIZE_MAX) return PROTOCOL_ERROR;
        this.maxFrameSize = value;
        break;
      case SETTINGS_ENABLE_CONNECT_PROTOCOL:
        // A sender that has offered extended CONNECT must not take it back (RFC 8441 section 3).
        if (value > 1 || (this.enableConnectProtocol && value === 0)) return PROTOCOL_ERROR;
        this.enableConnectProtocol = value === 1;
        break;
    }
    return NO_ERROR;
  }
}
