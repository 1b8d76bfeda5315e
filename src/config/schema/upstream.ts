/** The pool of connections to the origin. */
import { z } from 'zod';
import { SECONDS_MAX } from './values.ts';

export const upstreamSchema = z
  .strictObject({
    connections_max: z
      .int()
      .min(1)
      .max(65_535)
      .default(256)
      .describe('Connections to the origin at once, counted over the whole node.'),
    idle_timeout_seconds: z
      .int()
      .min(1)
      .max(3600)
      .default(4)
      .describe(
        'Seconds that an unused connection is kept. Stay below the keep-alive time of the origin, or it closes while a request is on its way.',
      ),
    response_timeout_seconds: z
      .int()
      .min(1)
      .max(SECONDS_MAX)
      .default(60)
      .describe(
        'Seconds to wait for the head of a response, and between two pieces of one; then the answer is 504.',
      ),
    queue_timeout_ms: z
      .int()
      .min(1)
      .max(600_000)
      .default(5000)
      .describe('Milliseconds that a request waits for a free connection; then the answer is 503.'),
    queue_max: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(1000)
      .describe('Requests that may wait for a free connection; above it the answer is 503 at once.'),
  })
  .prefault({})
  .describe('Connections from the node to the origin.');
