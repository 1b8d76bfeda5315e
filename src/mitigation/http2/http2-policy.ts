/** What the node tells and allows its HTTP/2 clients, compiled from the section `http2`. */
import type { Config } from '../../config/schema.ts';
import * as h2 from '../../http/http2/frame-types.ts';
import {
  type Setting,
  settingsFrame,
  WINDOW_UPDATE_BYTES,
  writeWindowUpdate,
} from '../../http/http2/frame-writer.ts';
import type { AbusePolicy } from './abuse-budget.ts';

/** The client's priorities mean nothing here, and it may know (RFC 9218 section 2.1). */
const SETTINGS_NO_RFC7540_PRIORITIES = 0x9;

/** Field blocks up to this size on the wire are read at least, so that too large ones are answered and not cut off. */
const BLOCK_BYTES_MIN = 65_536;

export interface Http2Policy {
  readonly enabled: boolean;
  readonly concurrentStreamsMax: number;
  readonly streamWindowBytes: number;
  readonly connectionWindowBytes: number;
  readonly headerTableBytes: number;
  /** Octets that one field block may have on the wire. */
  readonly blockBytesMax: number;
  readonly abuse: AbusePolicy;
  /** What a connection begins with: the settings, and the window of the connection. */
  readonly greeting: Buffer;
}

export function compileHttp2({ http, http2 }: Config): Http2Policy {
  const { stream_window_bytes: streamWindowBytes, header_table_bytes: headerTableBytes } = http2;
  const connectionWindowBytes = Math.max(http2.connection_window_bytes, streamWindowBytes);
  const settings: Setting[] = [
    [h2.SETTINGS_MAX_CONCURRENT_STREAMS, http2.max_concurrent_streams],
    [h2.SETTINGS_INITIAL_WINDOW_SIZE, streamWindowBytes],
    // Octets of lines here, and 32 for each there (RFC 9113 section 6.5.2).
    [
      h2.SETTINGS_MAX_HEADER_LIST_SIZE,
      http.header_bytes_max + http.target_bytes_max + 32 * http.header_count_max,
    ],
    [h2.SETTINGS_ENABLE_CONNECT_PROTOCOL, 1],
    [SETTINGS_NO_RFC7540_PRIORITIES, 1],
  ];
  if (headerTableBytes !== h2.DEFAULT_HEADER_TABLE_SIZE) {
    settings.push([h2.SETTINGS_HEADER_TABLE_SIZE, headerTableBytes]);
  }
  return {
    enabled: http2.enabled,
    concurrentStreamsMax: http2.max_concurrent_streams,
    streamWindowBytes,
    connectionWindowBytes,
    headerTableBytes,
    blockBytesMax: Math.max(BLOCK_BYTES_MIN, 2 * http.header_bytes_max),
    abuse: { capacity: http2.abuse_budget, refillPerSecond: http2.abuse_budget_per_second },
    greeting: Buffer.concat([settingsFrame(settings), widening(connectionWindowBytes)]),
  };
}

/** Brings the connection's window from its default to `bytes`; nothing where it is that already. */
function widening(bytes: number): Buffer {
  const increment = bytes - h2.DEFAULT_WINDOW;
  if (increment <= 0) return Buffer.alloc(0);
  const frame = Buffer.alloc(WINDOW_UPDATE_BYTES);
  writeWindowUpdate(frame, 0, 0, increment);
  return frame;
}
