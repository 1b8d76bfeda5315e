/** What the node tells and allows an origin of HTTP/2, the same for all of them. */
import type { FieldLimits } from '../../../http/field-block.ts';
import * as h2 from '../../../http/http2/frame-types.ts';
import { settingsFrame, WINDOW_UPDATE_BYTES, writeWindowUpdate } from '../../../http/http2/frame-writer.ts';
import { PREFACE } from '../../../http/http2/preface.ts';
import type { AbusePolicy } from '../../http2/abuse-budget.ts';

/** A head that needs more room than this is not worth waiting for. */
export const RESPONSE_LIMITS: FieldLimits = { headerBytesMax: 65_536, headerCountMax: 128 };

/** Octets that one field block may have on the wire. */
export const BLOCK_BYTES_MAX: number = 2 * RESPONSE_LIMITS.headerBytesMax;

/** What can pile up for one client that reads slowly. */
export const STREAM_WINDOW_BYTES = 262_144;

/** Opened again for all that has come, so that no stream waits for the client of another one. */
export const CONNECTION_WINDOW_BYTES = 16_777_216;

/** Many clients share a connection, and messages may be small: only a flood is reason to give it up. */
export const PATIENCE: AbusePolicy = { capacity: 10_000, refillPerSecond: 10_000 };

/** The first octets on a connection: preface, settings, and the window of the connection. */
export const GREETING: Buffer = Buffer.concat([
  PREFACE,
  settingsFrame([
    [h2.SETTINGS_ENABLE_PUSH, 0],
    [h2.SETTINGS_INITIAL_WINDOW_SIZE, STREAM_WINDOW_BYTES],
    // Octets of lines here, and 32 for each there (RFC 9113 section 6.5.2).
    [h2.SETTINGS_MAX_HEADER_LIST_SIZE, RESPONSE_LIMITS.headerBytesMax + 32 * RESPONSE_LIMITS.headerCountMax],
  ]),
  widening(),
]);

function widening(): Buffer {
  const frame = Buffer.alloc(WINDOW_UPDATE_BYTES);
  writeWindowUpdate(frame, 0, 0, CONNECTION_WINDOW_BYTES - h2.DEFAULT_WINDOW);
  return frame;
}
