/** Limits of one connection and one request: sizes, rates and times. */
import { z } from 'zod';
import { BYTES_MAX, SECONDS_MAX } from './values.ts';

const BYTES_PER_SECOND_MAX = 1_073_741_824;

export const httpSchema = z
  .strictObject({
    header_timeout_ms: z
      .int()
      .min(100)
      .max(3_600_000)
      .default(10_000)
      .describe('Milliseconds in which a whole request head must arrive, however its pieces are spread.'),
    body_bytes_per_second_min: z
      .int()
      .min(0)
      .max(BYTES_PER_SECOND_MAX)
      .default(256)
      .describe('Average rate that a request body must keep after a grace of 10 seconds; 0 asks for none.'),
    response_bytes_per_second_min: z
      .int()
      .min(0)
      .max(BYTES_PER_SECOND_MAX)
      .default(1024)
      .describe('Rate at which a client must take its response, at least; 0 asks for none.'),
    idle_timeout_seconds: z
      .int()
      .min(1)
      .max(SECONDS_MAX)
      .default(60)
      .describe('Seconds that a connection may wait for its next request.'),
    request_timeout_seconds: z
      .int()
      .min(1)
      .max(SECONDS_MAX)
      .default(300)
      .describe(
        'Seconds that one request and its response may take in all; WebSocket connections are exempt.',
      ),
    websocket_idle_timeout_seconds: z
      .int()
      .min(1)
      .max(SECONDS_MAX)
      .default(300)
      .describe('Seconds that a WebSocket connection may be silent in both directions.'),
    target_bytes_max: z
      .int()
      .min(64)
      .max(1_048_576)
      .default(8192)
      .describe('Bytes of a request target; above it the answer is 414.'),
    header_bytes_max: z
      .int()
      .min(256)
      .max(1_048_576)
      .default(32_768)
      .describe('Bytes of all header lines of a request together; above it the answer is 431.'),
    header_count_max: z
      .int()
      .min(1)
      .max(10_000)
      .default(100)
      .describe('Header lines of a request; above it the answer is 431.'),
    body_bytes_max: z
      .int()
      .min(0)
      .max(BYTES_MAX)
      .default(67_108_864)
      .describe('Bytes of a request body; above it the answer is 413.'),
    buffered_body_bytes_total_max: z
      .int()
      .min(0)
      .max(BYTES_MAX)
      .default(268_435_456)
      .describe(
        'Bytes of all request bodies that the node holds in memory at once; above it the answer is 503.',
      ),
  })
  .prefault({})
  .describe('What a client may send over a connection, and how slowly.');
